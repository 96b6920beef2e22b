/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Frames of the websocket protocol: headers, masks, close codes.
 */

#include "sh-frame.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define BIT_FINAL 0x80u
#define BITS_RESERVED 0x70u
#define BITS_OPCODE 0x0fu
#define BIT_MASKED 0x80u
#define BITS_LENGTH 0x7fu
#define LENGTH_16 126u
#define LENGTH_64 127u

static guint64
read_big_endian (const guint8 *data, gsize size)
{
  guint64 value = 0;

  for (gsize i = 0; i < size; i++)
    value = value << 8 | data[i];
  return value;
}

static gboolean
opcode_is_known (guint opcode)
{
  return opcode <= SH_OPCODE_BINARY ||
         (opcode >= SH_OPCODE_CLOSE && opcode <= SH_OPCODE_PONG);
}

static const char *
find_fault (const ShFrame *frame, const guint8 *data, gboolean masked)
{
  guint length = data[1] & BITS_LENGTH;

  if ((data[0] & BITS_RESERVED) != 0)
    return "a reserved bit is set";
  if (!opcode_is_known (frame->opcode))
    return "unknown opcode";
  if (masked != ((data[1] & BIT_MASKED) != 0))
    return masked ? "a client's frames must be masked"
                  : "a server's frames must not be masked";
  if (frame->opcode >= SH_OPCODE_CLOSE && !frame->final)
    return "a control frame in fragments";
  if (frame->opcode >= SH_OPCODE_CLOSE && length > SH_FRAME_MAX_CONTROL)
    return "a control frame that is too long";
  return NULL;
}

ShFrameStatus
sh_frame_parse (const guint8 *data,
                gsize size,
                gboolean masked,
                ShFrame *frame,
                const char **fault)
{
  gsize mask_size = masked ? sizeof frame->mask : 0;
  guint length;
  gsize extended;

  if (size < 2)
    return SH_FRAME_SHORT;

  frame->final = (data[0] & BIT_FINAL) != 0;
  frame->opcode = (ShOpcode) (data[0] & BITS_OPCODE);
  *fault = find_fault (frame, data, masked);
  if (*fault != NULL)
    return SH_FRAME_BAD;

  length = data[1] & BITS_LENGTH;
  extended = length == LENGTH_16 ? 2 : length == LENGTH_64 ? 8 : 0;
  frame->header_size = 2 + extended + mask_size;
  if (size < frame->header_size)
    return SH_FRAME_SHORT;

  frame->payload_size =
      extended == 0 ? length : read_big_endian (data + 2, extended);
  if ((extended == 2 && frame->payload_size < LENGTH_16) ||
      (extended == 8 && frame->payload_size <= G_MAXUINT16) ||
      frame->payload_size > G_MAXINT64)
    {
      *fault = "a length that is not in its shortest form";
      return SH_FRAME_BAD;
    }
  memset (frame->mask, 0, sizeof frame->mask);
  memcpy (frame->mask, data + 2 + extended, mask_size);
  return SH_FRAME_OK;
}

/* A system call for every mask would cost as much as a tenth of a message. */
void
sh_frame_make_mask (guint8 mask[4])
{
  static _Thread_local struct
  {
    guint8 bytes[256]; /* getrandom gives as many in one piece */
    gsize left;
  } pool;

  if (pool.left == 0)
    {
      while (getrandom (pool.bytes, sizeof pool.bytes, 0) < 0)
        g_assert (errno == EINTR);
      pool.left = sizeof pool.bytes;
    }
  pool.left -= 4;
  memcpy (mask, pool.bytes + pool.left, 4);
}

void
sh_frame_apply_mask (guint8 *data, gsize size, const guint8 mask[4])
{
  guint64 wide;
  gsize i = 0;

  memcpy (&wide, mask, 4);
  memcpy ((guint8 *) &wide + 4, mask, 4);
  for (; i + sizeof wide <= size; i += sizeof wide)
    {
      guint64 word;

      memcpy (&word, data + i, sizeof word);
      word ^= wide;
      memcpy (data + i, &word, sizeof word);
    }
  for (; i < size; i++)
    data[i] ^= mask[i % 4];
}

gsize
sh_frame_write_header (guint8 header[SH_FRAME_MAX_HEADER],
                       ShOpcode opcode,
                       gsize payload_size,
                       const guint8 *mask)
{
  gsize extended = payload_size < LENGTH_16      ? 0
                   : payload_size <= G_MAXUINT16 ? 2
                                                 : 8;

  header[0] = (guint8) (BIT_FINAL | opcode);
  header[1] = (guint8) (extended == 0   ? payload_size
                        : extended == 2 ? LENGTH_16
                                        : LENGTH_64);
  for (gsize i = 0; i < extended; i++)
    header[2 + i] = (guint8) ((guint64) payload_size >> 8 * (extended - 1 - i));
  if (mask == NULL)
    return 2 + extended;
  header[1] |= BIT_MASKED;
  memcpy (header + 2 + extended, mask, 4);
  return 2 + extended + 4;
}

/* RFC 6455 section 7.4: codes that may stand in a close frame. */
static gboolean
close_code_is_legal (guint code)
{
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

gboolean
sh_frame_parse_close (const guint8 *payload,
                      gsize size,
                      guint *code,
                      char **reason)
{
  *code = 1005;
  *reason = NULL;
  if (size == 0)
    return TRUE;
  if (size == 1)
    return FALSE;

  *code = (guint) read_big_endian (payload, 2);
  if (!close_code_is_legal (*code) ||
      !g_utf8_validate_len ((const char *) payload + 2, size - 2, NULL))
    return FALSE;
  if (size > 2)
    *reason = g_strndup ((const char *) payload + 2, size - 2);
  return TRUE;
}
