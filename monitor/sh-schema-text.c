/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-schema-text.h"

#include <json-glib/json-glib.h>
#include <math.h>

#include "sh-tick.h"

/* Names of values that are listed before "…". */
#define VALUES_MAX 8u

static void
field_free (gpointer data)
{
  ShSchemaField *field = data;

  g_free (field->name);
  g_free (field->type);
  g_free (field->description);
  g_free (field);
}

static JsonNode *
get_member (JsonObject *object, const char *name, JsonNodeType type)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_TYPE (node) == type ? node : NULL;
}

static const char *
get_string (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name, JSON_NODE_VALUE);

  return node != NULL && json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : "";
}

static double
get_number (JsonObject *object, const char *name)
{
  JsonNode *node = get_member (object, name, JSON_NODE_VALUE);

  if (node == NULL || (json_node_get_value_type (node) != G_TYPE_INT64 &&
                       json_node_get_value_type (node) != G_TYPE_DOUBLE))
    return NAN;
  return json_node_get_double (node);
}

/* "left, right or none" */
static gboolean
append_values (GString *text, JsonObject *field)
{
  JsonNode *node = get_member (field, "values", JSON_NODE_ARRAY);
  guint n =
      node == NULL ? 0 : json_array_get_length (json_node_get_array (node));
  guint shown = MIN (n, VALUES_MAX);
  guint i;

  for (i = 0; i < shown; i++)
    {
      JsonNode *value = json_array_get_element (json_node_get_array (node), i);

      if (i > 0)
        g_string_append (text, i + 1 == n ? " or " : ", ");
      if (JSON_NODE_HOLDS_OBJECT (value))
        g_string_append (text,
                         get_string (json_node_get_object (value), "name"));
    }
  if (shown < n)
    g_string_append (text, "\xe2\x80\xa6");
  return n > 0;
}

static gboolean
append_range (GString *text, double low, double high)
{
  g_autofree char *from = sh_number_text (low);
  g_autofree char *to = sh_number_text (high);

  if (!isnan (low) && !isnan (high))
    g_string_append_printf (text, ", %s to %s", from, to);
  else if (!isnan (low))
    g_string_append_printf (text, ", from %s", from);
  else if (!isnan (high))
    g_string_append_printf (text, ", up to %s", to);
  return !isnan (low) || !isnan (high);
}

static char *
make_type (JsonObject *field)
{
  GString *text = g_string_new (NULL);
  const char *unit = get_string (field, "unit");
  double count = get_number (field, "count");
  gboolean has_range;

  if (!append_values (text, field))
    {
      g_string_append (text, get_string (field, "type"));
      if (count > 1)
        g_string_append_printf (text, "[%.0f]", count);
      has_range = append_range (text, get_number (field, "min"),
                                get_number (field, "max"));
      if (unit[0] != '\0')
        g_string_append_printf (text, "%s %s", has_range ? "" : " in", unit);
    }
  return g_string_free (text, FALSE);
}

static void
add_field (JsonArray *array, guint index, JsonNode *node, gpointer data)
{
  GPtrArray *fields = data;
  ShSchemaField *field;
  JsonObject *object;

  if (!JSON_NODE_HOLDS_OBJECT (node) || fields->len >= SH_SCHEMA_FIELDS_MAX)
    return;
  object = json_node_get_object (node);
  field = g_new0 (ShSchemaField, 1);
  field->name = g_strdup (get_string (object, "name"));
  field->type = make_type (object);
  field->description = g_strdup (get_string (object, "description"));
  g_ptr_array_add (fields, field);
}

GPtrArray *
sh_schema_fields_new (const char *schemas, const char *part)
{
  GPtrArray *fields = g_ptr_array_new_with_free_func (field_free);
  g_autoptr (JsonNode) root = NULL;
  JsonNode *node;

  g_return_val_if_fail (schemas != NULL && part != NULL, fields);

  root = json_from_string (schemas, NULL);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    return fields;
  node = get_member (json_node_get_object (root), part, JSON_NODE_OBJECT);
  if (node == NULL)
    return fields;
  node = get_member (json_node_get_object (node), "fields", JSON_NODE_ARRAY);
  if (node != NULL)
    json_array_foreach_element (json_node_get_array (node), add_field, fields);
  return fields;
}
