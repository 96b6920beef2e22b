/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A schema that became known at run time: the flat message type in which
 * configs, actions or states travel. It is made from the DescriptorProto that
 * an engine sends, or, on the engine's side, from a table of fields.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

#include "descriptor.pb-c.h"

G_BEGIN_DECLS

#define SH_SCHEMA_MAX_FIELDS 4096u
#define SH_SCHEMA_MAX_NAME 1024u
/* The type_name of an image; one leading dot is accepted too. */
#define SH_SCHEMA_LUMINANCE "bonsai.inkling_types.proto.Luminance"

/* protobuf's type codes. */
typedef enum
{
  SH_WIRE_DOUBLE = 1,
  SH_WIRE_FLOAT = 2,
  SH_WIRE_INT64 = 3,
  SH_WIRE_UINT64 = 4,
  SH_WIRE_INT32 = 5,
  SH_WIRE_FIXED64 = 6,
  SH_WIRE_FIXED32 = 7,
  SH_WIRE_BOOL = 8,
  SH_WIRE_STRING = 9,
  SH_WIRE_GROUP = 10,
  SH_WIRE_MESSAGE = 11, /* always a Luminance */
  SH_WIRE_BYTES = 12,
  SH_WIRE_UINT32 = 13,
  SH_WIRE_ENUM = 14,
  SH_WIRE_SFIXED32 = 15,
  SH_WIRE_SFIXED64 = 16,
  SH_WIRE_SINT32 = 17,
  SH_WIRE_SINT64 = 18
} ShWireType;

typedef struct
{
  char *name;
  guint32 number;
  ShWireType type;
  gboolean repeated;
} ShSchemaField;

/* Immutable, reference-counted; any thread. */
typedef struct
{
  char *name; /* "__INTERNAL_ANONYMOUS__" when the engine sent none */
  guint n_fields;
  ShSchemaField *fields; /* in the order of declaration */
} ShSchema;

/*
 * NULL for `descriptor` gives a schema without fields. Errors: SH_ERROR_SCHEMA
 * naming schema and field: a number outside 1..2^29-1 or in 19000..19999, a
 * number or name twice, an unknown type code, a group, a message type other
 * than Luminance, too many fields, an empty or over-long name.
 */
ShSchema *
sh_schema_new_from_descriptor (const ShWire__DescriptorProto *descriptor,
                               GError **error);

/*
 * The schema that an engine sends for a table of fields: numbers count from 1
 * in the table's order, types as in `sh_wire_type_for`, arrays are repeated.
 */
ShSchema *sh_schema_new_from_table (const SimhostSchema *table);

/* INT8..INT32 INT32, INT64 INT64, UINT8..UINT32 UINT32, UINT64 UINT64,
 * FLOAT FLOAT, DOUBLE DOUBLE, BOOL BOOL, STRING STRING, LUMINANCE MESSAGE. */
ShWireType sh_wire_type_for (guint32 simhost_type);

/* "int32", "float", ... for messages to people. */
const char *sh_wire_type_to_string (ShWireType type);

/*
 * The schema as a DescriptorProto ready to be packed; it borrows from `schema`
 * and is freed with sh_schema_descriptor_free.
 */
ShWire__DescriptorProto *sh_schema_to_descriptor (const ShSchema *schema);
void sh_schema_descriptor_free (ShWire__DescriptorProto *descriptor);

ShSchema *sh_schema_ref (ShSchema *schema);
void sh_schema_unref (ShSchema *schema);
gboolean sh_schema_equal (const ShSchema *a, const ShSchema *b);
/* NULL if there is none. */
const ShSchemaField *sh_schema_find (const ShSchema *schema, const char *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShSchema, sh_schema_unref)

G_END_DECLS
