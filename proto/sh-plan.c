/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Compiles a schema and a table of fields into a plan.
 */

#include "sh-plan-private.h"

#include <string.h>

#include "sh-error.h"
#include "sh-guard.h"

/* Names listed in a message to a person. */
#define MAX_LISTED 20u
/* Beyond the message itself: a key is written with one store of 8 bytes. */
#define SLACK 8u
/* Of a Luminance but its pixels: its length, two keyed varints, a keyed
 * length. */
#define IMAGE_OVERHEAD (5u + 6u + 6u + 6u)

typedef struct
{
  guint8 wire_type; /* of a single value */
  gboolean written; /* by encoders; the original library leaves the others */
} WireKind;

static const WireKind wire_kinds[] = {
  [SH_WIRE_DOUBLE] = { SH_WIRE_64BIT, TRUE },
  [SH_WIRE_FLOAT] = { SH_WIRE_32BIT, TRUE },
  [SH_WIRE_INT64] = { SH_WIRE_VARINT, TRUE },
  [SH_WIRE_UINT64] = { SH_WIRE_VARINT, TRUE },
  [SH_WIRE_INT32] = { SH_WIRE_VARINT, TRUE },
  [SH_WIRE_FIXED64] = { SH_WIRE_64BIT, FALSE },
  [SH_WIRE_FIXED32] = { SH_WIRE_32BIT, FALSE },
  [SH_WIRE_BOOL] = { SH_WIRE_VARINT, TRUE },
  [SH_WIRE_STRING] = { SH_WIRE_BYTES_LIKE, TRUE },
  [SH_WIRE_MESSAGE] = { SH_WIRE_BYTES_LIKE, TRUE },
  [SH_WIRE_BYTES] = { SH_WIRE_BYTES_LIKE, FALSE },
  [SH_WIRE_UINT32] = { SH_WIRE_VARINT, TRUE },
  [SH_WIRE_ENUM] = { SH_WIRE_VARINT, FALSE },
  [SH_WIRE_SFIXED32] = { SH_WIRE_32BIT, FALSE },
  [SH_WIRE_SFIXED64] = { SH_WIRE_64BIT, FALSE },
  [SH_WIRE_SINT32] = { SH_WIRE_VARINT, TRUE },
  [SH_WIRE_SINT64] = { SH_WIRE_VARINT, TRUE },
};

/* Pairs of types between which nothing needs converting. */
static const struct
{
  guint8 wire;
  guint8 type;
  guint8 code;
} direct[] = {
  { SH_WIRE_FLOAT, SIMHOST_TYPE_FLOAT, SH_OP_COPY32 },
  { SH_WIRE_FIXED32, SIMHOST_TYPE_UINT32, SH_OP_COPY32 },
  { SH_WIRE_SFIXED32, SIMHOST_TYPE_INT32, SH_OP_COPY32 },
  { SH_WIRE_DOUBLE, SIMHOST_TYPE_DOUBLE, SH_OP_COPY64 },
  { SH_WIRE_FIXED64, SIMHOST_TYPE_UINT64, SH_OP_COPY64 },
  { SH_WIRE_SFIXED64, SIMHOST_TYPE_INT64, SH_OP_COPY64 },
  { SH_WIRE_INT32, SIMHOST_TYPE_INT32, SH_OP_INT32 },
  { SH_WIRE_ENUM, SIMHOST_TYPE_INT32, SH_OP_INT32 },
  { SH_WIRE_UINT32, SIMHOST_TYPE_UINT32, SH_OP_UINT32 },
  { SH_WIRE_INT64, SIMHOST_TYPE_INT64, SH_OP_VARINT64 },
  { SH_WIRE_UINT64, SIMHOST_TYPE_UINT64, SH_OP_VARINT64 },
  { SH_WIRE_BOOL, SIMHOST_TYPE_BOOL, SH_OP_BOOL },
};

guint
sh_plan_wire_type (ShWireType type)
{
  return wire_kinds[type].wire_type;
}

gboolean
sh_plan_fail (const ShPlan *plan,
              const ShOp *op,
              int code,
              GError **error,
              const char *format,
              ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  g_set_error (error, SH_ERROR, code, "%s: field '%s' of %s: %s", plan->owner,
               op->field->name, plan->table->name, text);
  return FALSE;
}

gboolean
sh_plan_fail_value (const ShPlan *plan,
                    const ShOp *op,
                    const char *expected,
                    const ShValue *found,
                    GError **error)
{
  g_autofree char *described = sh_value_describe (found);

  return sh_plan_fail (plan, op, SH_ERROR_VALUE, error, "expected %s, found %s",
                       expected, described);
}

static ShPlan *
plan_new (ShSchema *schema, const SimhostSchema *table, const char *owner)
{
  ShPlan *plan = g_new0 (ShPlan, 1);

  plan->schema = sh_schema_ref (schema);
  plan->table = table;
  plan->owner = g_strdup (owner);
  plan->ops = g_new0 (ShOp, schema->n_fields + 1);
  return plan;
}

static ShOpCode
find_code (ShWireType wire, guint32 type)
{
  if (wire == SH_WIRE_MESSAGE)
    return SH_OP_IMAGE;
  for (guint i = 0; i < G_N_ELEMENTS (direct); i++)
    if (direct[i].wire == wire && direct[i].type == type)
      return (ShOpCode) direct[i].code;
  return SH_OP_CONVERT;
}

/* Adds the operation for one field and its row. */
static gboolean
add_op (ShPlan *plan,
        const ShSchemaField *field,
        const SimhostField *row,
        GError **error)
{
  ShOp *op = &plan->ops[plan->n_ops];
  guint8 key_bytes[8] = { 0 };

  if (!sh_table_check_field (plan->table, row, plan->owner, error))
    return FALSE;
  op->field = field;
  op->row = row;
  if ((field->type == SH_WIRE_MESSAGE) != (row->type == SIMHOST_TYPE_LUMINANCE))
    return sh_plan_fail (plan, op, SH_ERROR_SCHEMA, error,
                         "the engine's schema %s has %s, the simulator %s; "
                         "only an image goes with a Luminance",
                         plan->schema->name,
                         sh_wire_type_to_string (field->type),
                         sh_table_type_to_string (row->type));
  if (row->count > 1 && !field->repeated)
    return sh_plan_fail (plan, op, SH_ERROR_SCHEMA, error,
                         "the engine's schema %s has a single %s, the "
                         "simulator an array of %u",
                         plan->schema->name,
                         sh_wire_type_to_string (field->type), row->count);

  op->key = field->number << 3 | wire_kinds[field->type].wire_type;
  op->key_size =
      (guint8) (sh_wire_write_varint (key_bytes, op->key) - key_bytes);
  memcpy (&op->key_bytes, key_bytes, sizeof op->key_bytes);
  op->code = (guint8) find_code (field->type, row->type);
  op->wire = (guint8) field->type;
  op->offset = row->offset;
  op->count = row->count;
  op->element_size = row->size / row->count;
  plan->n_ops++;
  return TRUE;
}

static gboolean
check_size (const SimhostSchema *table, const char *owner, GError **error)
{
  if (table->size <= SH_MESSAGE_MAX_BYTES)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
               "%s: the struct of %s has %u bytes; at most %u can be sent",
               owner, table->name, table->size, SH_MESSAGE_MAX_BYTES);
  return FALSE;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint32 x = ((const ShOp *) a)->key, y = ((const ShOp *) b)->key;

  return (x > y) - (x < y);
}

/* Gives out the memory that decoding fills. */
static void
prepare_decoding (ShPlan *plan)
{
  plan->blank = g_malloc0 (plan->table->size);
  sh_table_fill_defaults (plan->table, plan->blank);
  for (guint i = 0; i < plan->n_ops; i++)
    {
      ShOp *op = &plan->ops[i];

      if (op->code == SH_OP_IMAGE)
        {
          op->slot = plan->n_images;
          plan->n_images += op->count;
        }
      else if (op->field->repeated)
        {
          op->code = SH_OP_ARRAY;
        }
      plan->has_repeated |= op->field->repeated;
    }
  qsort (plan->ops, plan->n_ops, sizeof (ShOp), compare_numbers);
  plan->ops[plan->n_ops].key = G_MAXUINT32;
  plan->ops[plan->n_ops].code = SH_OP_END;
  plan->images = g_new0 (ShPlanImage, plan->n_images);
  plan->counters = g_new0 (guint32, plan->n_ops + 1);
}

ShPlan *
sh_plan_new_decoder (ShSchema *schema,
                     const SimhostSchema *table,
                     const char *owner,
                     char ***ignored,
                     GError **error)
{
  g_autoptr (ShPlan) plan = NULL;
  g_autoptr (GStrvBuilder) names = NULL;
  guint n_ignored = 0;

  g_return_val_if_fail (schema != NULL, NULL);
  g_return_val_if_fail (table != NULL, NULL);
  g_return_val_if_fail (owner != NULL, NULL);

  if (ignored != NULL)
    *ignored = NULL;
  if (!check_size (table, owner, error))
    return NULL;
  plan = plan_new (schema, table, owner);
  names = g_strv_builder_new ();
  for (guint i = 0; i < schema->n_fields; i++)
    {
      const ShSchemaField *field = &schema->fields[i];
      const SimhostField *row = sh_table_find (table, field->name);

      if (row == NULL)
        {
          g_strv_builder_add (names, field->name);
          n_ignored++;
        }
      else if (!add_op (plan, field, row, error))
        {
          return NULL;
        }
    }
  prepare_decoding (plan);
  if (ignored != NULL && n_ignored > 0)
    *ignored = g_strv_builder_end (names);
  return g_steal_pointer (&plan);
}

static gboolean
fail_missing (const SimhostSchema *table,
              const ShSchema *schema,
              const ShSchemaField *field,
              const char *owner,
              GError **error)
{
  g_autoptr (GString) names = g_string_new (NULL);

  for (guint i = 0; i < MIN (table->n_fields, MAX_LISTED); i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "",
                            sh_table_field (table, i)->name);
  if (table->n_fields > MAX_LISTED)
    g_string_append (names, ", ...");
  g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
               "%s: the engine's schema %s names a field '%s' that the "
               "simulator's %s lacks; it has %s",
               owner, schema->name, field->name, table->name,
               names->len > 0 ? names->str : "none");
  return FALSE;
}

static gsize
find_bound (const ShOp *op)
{
  gsize element = SH_WIRE_MAX_VARINT;

  if (op->code == SH_OP_IMAGE)
    element = IMAGE_OVERHEAD;
  else if (op->wire == SH_WIRE_STRING)
    element = 5 + MAX (op->element_size, SH_VALUE_TEXT_SIZE);
  return op->count * (op->key_size + element);
}

ShPlan *
sh_plan_new_encoder (ShSchema *schema,
                     const SimhostSchema *table,
                     const char *owner,
                     GError **error)
{
  g_autoptr (ShPlan) plan = NULL;

  g_return_val_if_fail (schema != NULL, NULL);
  g_return_val_if_fail (table != NULL, NULL);
  g_return_val_if_fail (owner != NULL, NULL);

  if (!check_size (table, owner, error))
    return NULL;
  plan = plan_new (schema, table, owner);
  plan->bound = SLACK;
  for (guint i = 0; i < schema->n_fields; i++)
    {
      const ShSchemaField *field = &schema->fields[i];
      const SimhostField *row = sh_table_find (table, field->name);

      if (row == NULL)
        {
          fail_missing (table, schema, field, owner, error);
          return NULL;
        }
      if (!wire_kinds[field->type].written)
        continue;
      if (!add_op (plan, field, row, error))
        return NULL;
      plan->bound += find_bound (&plan->ops[plan->n_ops - 1]);
      plan->n_images += field->type == SH_WIRE_MESSAGE ? row->count : 0;
    }
  return g_steal_pointer (&plan);
}

void
sh_plan_free (ShPlan *plan)
{
  if (plan == NULL)
    return;
  sh_schema_unref (plan->schema);
  g_free (plan->owner);
  g_free (plan->ops);
  g_free (plan->blank);
  g_free (plan->counters);
  g_free (plan->images);
  g_free (plan->pixels);
  g_free (plan);
}
