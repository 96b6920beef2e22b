/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Frames of the websocket protocol (RFC 6455 section 5): headers, masks, close
 * codes. Frames of clients are masked, those of servers are not.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes of the longest header, mask included. */
#define SH_FRAME_MAX_HEADER 14u
/* Bytes in a ping, a pong or a close. */
#define SH_FRAME_MAX_CONTROL 125u

typedef enum
{
  SH_OPCODE_CONTINUATION = 0,
  SH_OPCODE_TEXT = 1,
  SH_OPCODE_BINARY = 2,
  SH_OPCODE_CLOSE = 8,
  SH_OPCODE_PING = 9,
  SH_OPCODE_PONG = 10
} ShOpcode;

/* The header of a frame. */
typedef struct
{
  gboolean final;
  ShOpcode opcode;
  gsize header_size;
  guint64 payload_size;
  guint8 mask[4]; /* zeros when there is none */
} ShFrame;

typedef enum
{
  SH_FRAME_OK,
  SH_FRAME_SHORT, /* more bytes are needed */
  SH_FRAME_BAD
} ShFrameStatus;

/*
 * Reads the header at the start of `size` bytes; `masked`: a client sent it. On
 * SH_FRAME_BAD *fault says what is against the protocol: a reserved bit or
 * opcode, no mask or one, a length not in its shortest form, a control frame
 * that is long or in fragments.
 */
ShFrameStatus sh_frame_parse (const guint8 *data,
                              gsize size,
                              gboolean masked,
                              ShFrame *frame,
                              const char **fault);

/* A mask that nobody can foresee (RFC 6455 section 10.3). Any thread. */
void sh_frame_make_mask (guint8 mask[4]);

/* Masks or unmasks in place. */
void sh_frame_apply_mask (guint8 *data, gsize size, const guint8 mask[4]);

/* Writes the header of a final frame; returns its length. `mask`: what its
 * payload is masked with; NULL: nothing. */
gsize sh_frame_write_header (guint8 header[SH_FRAME_MAX_HEADER],
                             ShOpcode opcode,
                             gsize payload_size,
                             const guint8 *mask);

/*
 * Reads the payload of a close frame: *code is 1005 when there is none; *reason
 * (free with g_free) may be NULL. FALSE when it is malformed: one byte, a code
 * that may not be sent, text that is not UTF-8.
 */
gboolean sh_frame_parse_close (const guint8 *payload,
                               gsize size,
                               guint *code,
                               char **reason);

G_END_DECLS
