/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Walks over a message's bytes along its descriptor. What passes here,
 * protobuf-c unpacks: so this is as strict as protobuf-c, and stricter where
 * protobuf-c accepts what C strings or our bounds cannot hold.
 */

#include "sh-guard.h"

#include "sh-error.h"
#include "sh-wire.h"

typedef struct
{
  guint depth;
  guint n_parts;
  guint n_unknown;
  GError **error;
} Walk;

/* Of a field's single value, by ProtobufCType. */
static const guint8 wire_types[] = {
  [PROTOBUF_C_TYPE_INT32] = SH_WIRE_VARINT,
  [PROTOBUF_C_TYPE_SINT32] = SH_WIRE_VARINT,
  [PROTOBUF_C_TYPE_SFIXED32] = SH_WIRE_32BIT,
  [PROTOBUF_C_TYPE_INT64] = SH_WIRE_VARINT,
  [PROTOBUF_C_TYPE_SINT64] = SH_WIRE_VARINT,
  [PROTOBUF_C_TYPE_SFIXED64] = SH_WIRE_64BIT,
  [PROTOBUF_C_TYPE_UINT32] = SH_WIRE_VARINT,
  [PROTOBUF_C_TYPE_FIXED32] = SH_WIRE_32BIT,
  [PROTOBUF_C_TYPE_UINT64] = SH_WIRE_VARINT,
  [PROTOBUF_C_TYPE_FIXED64] = SH_WIRE_64BIT,
  [PROTOBUF_C_TYPE_FLOAT] = SH_WIRE_32BIT,
  [PROTOBUF_C_TYPE_DOUBLE] = SH_WIRE_64BIT,
  [PROTOBUF_C_TYPE_BOOL] = SH_WIRE_VARINT,
  [PROTOBUF_C_TYPE_ENUM] = SH_WIRE_VARINT,
  [PROTOBUF_C_TYPE_STRING] = SH_WIRE_BYTES_LIKE,
  [PROTOBUF_C_TYPE_BYTES] = SH_WIRE_BYTES_LIKE,
  [PROTOBUF_C_TYPE_MESSAGE] = SH_WIRE_BYTES_LIKE,
};

static gboolean check_message (Walk *walk,
                               const ProtobufCMessageDescriptor *descriptor,
                               const guint8 *data,
                               gsize size);

static gboolean
fail (Walk *walk,
      ShError code,
      const ProtobufCMessageDescriptor *descriptor,
      const char *what)
{
  g_set_error (walk->error, SH_ERROR, code, "message %s from the peer: %s",
               descriptor->short_name, what);
  return FALSE;
}

static gboolean
fail_field (Walk *walk,
            const ProtobufCMessageDescriptor *descriptor,
            const ProtobufCFieldDescriptor *field,
            const char *what)
{
  g_set_error (walk->error, SH_ERROR, SH_ERROR_PROTOCOL,
               "message %s from the peer: field '%s' %s",
               descriptor->short_name, field->name, what);
  return FALSE;
}

static gboolean
check_packed (const guint8 *p, const guint8 *end, guint wire_type)
{
  while (p < end)
    if (!sh_wire_skip (&p, end, wire_type))
      return FALSE;
  return TRUE;
}

/* A value with a length: text, bytes, a message, or packed numbers. */
static gboolean
check_bytes (Walk *walk,
             const ProtobufCMessageDescriptor *descriptor,
             const ProtobufCFieldDescriptor *field,
             const guint8 *data,
             gsize size)
{
  switch (field->type)
    {
    case PROTOBUF_C_TYPE_BYTES:
      return TRUE;
    case PROTOBUF_C_TYPE_STRING:
      if (!g_utf8_validate_len ((const char *) data, size, NULL))
        return fail_field (walk, descriptor, field,
                           "is not UTF-8 text without NUL");
      return TRUE;
    case PROTOBUF_C_TYPE_MESSAGE:
      if (++walk->n_parts > SH_MESSAGE_MAX_PARTS)
        return fail (walk, SH_ERROR_LIMIT, descriptor,
                     "too many messages inside it");
      return check_message (walk, field->descriptor, data, size);
    default:
      if (!check_packed (data, data + size, wire_types[field->type]))
        return fail_field (walk, descriptor, field, "is not well packed");
      return TRUE;
    }
}

static gboolean
check_known (Walk *walk,
             const ProtobufCMessageDescriptor *descriptor,
             const ProtobufCFieldDescriptor *field,
             guint wire_type,
             const guint8 **cursor,
             const guint8 *end)
{
  gboolean packed = field->label == PROTOBUF_C_LABEL_REPEATED &&
                    wire_type == SH_WIRE_BYTES_LIKE;

  if (wire_type != wire_types[field->type] && !packed)
    return fail_field (walk, descriptor, field, "has the wrong wire type");
  if (wire_type == SH_WIRE_BYTES_LIKE)
    {
      const guint8 *data;
      guint32 size;

      if (!sh_wire_read_bytes (cursor, end, &data, &size))
        return fail_field (walk, descriptor, field, "goes past the end");
      return check_bytes (walk, descriptor, field, data, size);
    }
  if (!sh_wire_skip (cursor, end, wire_type))
    return fail_field (walk, descriptor, field, "is cut off or too long");
  return TRUE;
}

static gboolean
check_unknown (Walk *walk,
               const ProtobufCMessageDescriptor *descriptor,
               guint wire_type,
               const guint8 **cursor,
               const guint8 *end)
{
  if (wire_type == 3 || wire_type == 4)
    return fail (walk, SH_ERROR_PROTOCOL, descriptor,
                 "holds a group, which is not supported");
  if (++walk->n_unknown > SH_MESSAGE_MAX_UNKNOWN)
    return fail (walk, SH_ERROR_LIMIT, descriptor, "too many unknown fields");
  if (!sh_wire_skip (cursor, end, wire_type))
    return fail (walk, SH_ERROR_PROTOCOL, descriptor,
                 "an unknown field is malformed");
  return TRUE;
}

static gboolean
check_message (Walk *walk,
               const ProtobufCMessageDescriptor *descriptor,
               const guint8 *data,
               gsize size)
{
  const guint8 *p = data, *end = data + size;

  if (++walk->depth > SH_MESSAGE_MAX_DEPTH)
    return fail (walk, SH_ERROR_LIMIT, descriptor, "nested too deep");
  while (p < end)
    {
      const ProtobufCFieldDescriptor *field;
      guint32 key;

      if (!sh_wire_read_uint32 (&p, end, &key) || key >> 3 == 0)
        return fail (walk, SH_ERROR_PROTOCOL, descriptor,
                     "a field's key is malformed");
      field = protobuf_c_message_descriptor_get_field (descriptor, key >> 3);
      if (field == NULL
              ? !check_unknown (walk, descriptor, key & 7, &p, end)
              : !check_known (walk, descriptor, field, key & 7, &p, end))
        return FALSE;
    }
  walk->depth--;
  return TRUE;
}

gboolean
sh_guard_check (const ProtobufCMessageDescriptor *descriptor,
                const guint8 *data,
                gsize size,
                GError **error)
{
  return sh_guard_check_within (descriptor, data, size, SH_MESSAGE_MAX_BYTES,
                                error);
}

gboolean
sh_guard_check_within (const ProtobufCMessageDescriptor *descriptor,
                       const guint8 *data,
                       gsize size,
                       gsize max_bytes,
                       GError **error)
{
  Walk walk = { .error = error };

  g_return_val_if_fail (descriptor != NULL, FALSE);
  g_return_val_if_fail (data != NULL || size == 0, FALSE);

  if (size > max_bytes)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "message %s from the peer: %" G_GSIZE_FORMAT
                   " bytes are more than the %" G_GSIZE_FORMAT " allowed",
                   descriptor->short_name, size, max_bytes);
      return FALSE;
    }
  return size == 0 || check_message (&walk, descriptor, data, size);
}

ProtobufCMessage *
sh_guard_unpack (const ProtobufCMessageDescriptor *descriptor,
                 ShArena *arena,
                 const guint8 *data,
                 gsize size,
                 GError **error)
{
  ProtobufCMessage *message;

  g_return_val_if_fail (arena != NULL, NULL);

  if (!sh_guard_check (descriptor, data, size, error))
    return NULL;
  sh_arena_reset (arena);
  message = protobuf_c_message_unpack (
      descriptor, sh_arena_get_allocator (arena), size, data);
  if (message == NULL)
    g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                 "message %s from the peer: takes too much memory",
                 descriptor->short_name);
  return message;
}
