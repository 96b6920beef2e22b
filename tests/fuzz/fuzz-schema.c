/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds bytes to what reads an engine's schemas. A schema that is accepted must
 * come back equal after it was packed.
 */

#include "sh-guard.h"
#include "sh-schema.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static ShSchema *
read_schema (ShArena *arena, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;
  ProtobufCMessage *message = sh_guard_unpack (
      &sh_wire__descriptor_proto__descriptor, arena, data, size, &error);
  ShSchema *schema = NULL;

  g_assert ((message == NULL) == (error != NULL));
  if (message == NULL)
    return NULL;
  schema = sh_schema_new_from_descriptor ((ShWire__DescriptorProto *) message,
                                          &error);
  g_assert ((schema == NULL) == (error != NULL));
  return schema;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autoptr (ShArena) arena = sh_arena_new (SH_MESSAGE_MAX_MEMORY);
  g_autoptr (ShSchema) schema = read_schema (arena, data, size);
  g_autoptr (ShSchema) again = NULL;
  g_autofree guint8 *packed = NULL;
  ShWire__DescriptorProto *descriptor;
  gsize packed_size;

  if (schema == NULL)
    return 0;
  descriptor = sh_schema_to_descriptor (schema);
  packed_size = sh_wire__descriptor_proto__get_packed_size (descriptor);
  packed = g_malloc (packed_size + 1);
  sh_wire__descriptor_proto__pack (descriptor, packed);
  sh_schema_descriptor_free (descriptor);
  again = read_schema (arena, packed, packed_size);
  g_assert (again != NULL && sh_schema_equal (schema, again));
  return 0;
}
