/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of a codec, for the files that implement it.
 */

#pragma once

#include "sh-codec.h"

G_BEGIN_DECLS

/* A struct laid out for an Inkling struct type. `rows` and `types` run in
 * parallel: the table's row of a member, and what it was made of. */
typedef struct
{
  SimhostSchema schema; /* its fields are `rows` */
  SimhostField *rows;
  ShType **types;
} ShCodecTable;

typedef enum
{
  SH_ENCODING_NUMBER, /* one float */
  SH_ENCODING_ONE_HOT, /* nominal numbers */
  SH_ENCODING_ONE_HOT_TEXT
} ShEncodingKind;

/* How a state member becomes part of an observation. */
typedef struct
{
  ShEncodingKind kind;
  const SimhostField *row; /* of the state table */
  ShType *type; /* as the concept's input declares it */
  guint n_floats;
  double *values; /* one-hot: as the member's C type can hold them */
} ShEncoding;

/* How an action component becomes a member. */
typedef struct
{
  const SimhostField *row; /* of the action table */
  ShType *type;
  guint n_choices; /* 0: continuous */
  double low, high;
} ShDecoding;

struct ShCodec
{
  gatomicrefcount ref_count;
  char *simulator; /* "simulator 'lift'", the start of messages */
  ShCodecTable state, action, config;
  guint n_encodings, n_decodings;
  ShEncoding *encodings;
  ShDecoding *decodings;
  ShSpace *space;
};

G_END_DECLS
