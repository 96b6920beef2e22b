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
  const SimhostField *row; /* of the input table, or that of the state */
  ShType *type; /* as the concept's input declares it, or the simulator */
  guint n_floats;
  double *values; /* one-hot: as the member's C type can hold them */
} ShEncoding;

/* How an action component becomes a member. */
typedef struct
{
  const SimhostField *row; /* of the output table */
  ShType *type;
  guint n_choices; /* 0: continuous */
  double low, high;
} ShDecoding;

/* A concept that the codec's asks. */
typedef struct
{
  ShCodec *codec; /* without any that it asks itself */
  ShPolicy *policy; /* NULL: there is none */
  const ShConcept *concept;
  float *observation, *action; /* of the last answer */
  guint8 *mask; /* so, too; NULL: it has no mask function */
} ShCodecAsked;

struct ShCodec
{
  gatomicrefcount ref_count;
  char *simulator; /* "simulator 'lift'", the start of messages */
  ShCodecTable state, action, config;
  gboolean has_input, has_output; /* tables of their own */
  ShCodecTable own_input, own_output;
  guint n_encodings, n_decodings;
  ShEncoding *encodings;
  /* How what the concept sees of a state is read and checked: its encodings
   * when there is no state function. */
  guint n_seen;
  ShEncoding *seen;
  ShDecoding *decodings;
  ShSpace *space;
  /* Where the values that the mask function speaks of are among all choices of
   * the space; NULL: there is no mask function. */
  guint n_masked;
  guint *masked;
  GPtrArray *policies; /* ShPolicy; may be NULL */
  guint n_asked;
  ShCodecAsked *asked; /* as those of the concept */
};

/* Tables: sh-codec-table.c */

/* Whether a field must be in a table; one that need not be is left out when it
 * cannot be. */
typedef gboolean (*ShCodecNeeded) (const char *field, const ShConcept *concept);

/* `table` is zeroed memory, to be cleared whether this fails or not. `where`
 * is "state", "action" or "config" in messages. */
gboolean sh_codec_table_init (ShCodecTable *table,
                              const ShType *type,
                              const char *where,
                              gboolean free_text,
                              ShCodecNeeded needed,
                              const ShConcept *concept,
                              GError **error);
void sh_codec_table_clear (ShCodecTable *table);

/* NULL if there is none. */
const SimhostField *sh_codec_table_find (const ShCodecTable *table,
                                         const char *name);

/* Whether each text of an enumeration fits a member. */
gboolean sh_codec_check_texts (const ShType *type,
                               const char *where,
                               const char *field,
                               GError **error);

/* Masks: sh-codec-mask.c. When there are decodings and a space. */
void sh_codec_init_mask (ShCodec *codec, const ShConcept *concept);
/* From `told`, as sh_evaluator_mask has it, to `mask`, as sh_codec_mask has it. */
void
sh_codec_spread_mask (const ShCodec *codec, const guint8 *told, guint8 *mask);

/* Concepts that are asked: sh-codec-ask.c. `policies` as in
 * sh_codec_new_for_graph. */
gboolean sh_codec_init_asked (ShCodec *codec,
                              const ShConcept *concept,
                              GPtrArray *policies,
                              GError **error);
void sh_codec_clear_asked (ShCodec *codec);
ShEvaluator *sh_codec_make_evaluator (const ShCodec *codec,
                                      const ShConcept *concept,
                                      GError **error);
/* A codec of which no evaluator is made. */
ShCodec *sh_codec_new_plain (const ShConcept *concept, GError **error);

/* "an array", "text", ... for messages. */
const char *sh_codec_describe_type (const ShType *type);

G_END_DECLS
