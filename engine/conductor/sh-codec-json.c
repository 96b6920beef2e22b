/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * States from JSON, and actions to JSON.
 */

#include "sh-codec.h"

#include <math.h>
#include <string.h>

#include "sh-codec-private.h"
#include "sh-error.h"
#include "sh-json-text.h"
#include "sh-member.h"

static const char *
describe_node (JsonNode *node)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    return "an object";
  if (JSON_NODE_HOLDS_ARRAY (node))
    return "an array";
  if (JSON_NODE_HOLDS_NULL (node))
    return "null";
  switch (json_node_get_value_type (node))
    {
    case G_TYPE_STRING:
      return "text";
    case G_TYPE_BOOLEAN:
      return "true or false";
    default:
      return "a number";
    }
}

/* The names or texts of an enumeration, for messages. */
static char *
list_values (const ShType *type)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < type->n_values; i++)
    {
      const ShEnumValue *value = &type->values[i];

      g_string_append_printf (list, "%s\"%s\"", i == 0 ? "" : ", ",
                              value->text != NULL ? value->text : value->name);
      if (list->len > 200 && i + 1 < type->n_values)
        {
          g_string_append (list, ", ...");
          break;
        }
    }
  return g_string_free (list, FALSE);
}

static gboolean
text_from_json (const ShEncoding *encoding,
                const char *text,
                char *member,
                GError **error)
{
  g_autofree char *list = NULL;

  for (guint i = 0; i < encoding->type->n_values; i++)
    if (strcmp (encoding->type->values[i].text, text) == 0)
      {
        g_strlcpy (member, text, SH_CODEC_TEXT_SIZE);
        return TRUE;
      }
  list = list_values (encoding->type);
  g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
               "state field '%s' is \"%.60s\", but must be one of %s",
               encoding->row->name, text, list);
  return FALSE;
}

static gboolean
number_from_name (const ShEncoding *encoding,
                  const char *name,
                  double *value,
                  GError **error)
{
  g_autofree char *list = NULL;

  for (guint i = 0; i < encoding->type->n_values; i++)
    if (g_strcmp0 (encoding->type->values[i].name, name) == 0)
      {
        *value = encoding->type->values[i].value;
        return TRUE;
      }
  list = list_values (encoding->type);
  g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
               "state field '%s' is \"%.60s\", but must be a number or one of "
               "%s",
               encoding->row->name, name, list);
  return FALSE;
}

/* Checks that the member can hold the number as it is. */
static gboolean
check_number (const SimhostField *row, double value, GError **error)
{
  char found[G_ASCII_DTOSTR_BUF_SIZE], least[G_ASCII_DTOSTR_BUF_SIZE],
      greatest[G_ASCII_DTOSTR_BUF_SIZE];
  double low, high;

  sh_member_get_limits (row->type, &low, &high);
  g_ascii_formatd (found, sizeof found, "%.9g", value);
  if (!(value >= low && value <= high))
    {
      g_ascii_formatd (least, sizeof least, "%.9g", low);
      g_ascii_formatd (greatest, sizeof greatest, "%.9g", high);
      g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
                   "state field '%s' is %s, but must be a number from %s to "
                   "%s",
                   row->name, found, least, greatest);
      return FALSE;
    }
  if (sh_member_is_integer (row->type) && value != floor (value))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
                   "state field '%s' is %s, but must be a whole number",
                   row->name, found);
      return FALSE;
    }
  return TRUE;
}

static gboolean
member_from_json (const ShEncoding *encoding,
                  JsonNode *node,
                  char *member,
                  GError **error)
{
  const SimhostField *row = encoding->row;
  GType type = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_value_type (node)
                                            : G_TYPE_NONE;
  const char *wanted = "a number";
  double value;

  if (encoding->kind == SH_ENCODING_ONE_HOT_TEXT)
    {
      if (type == G_TYPE_STRING)
        return text_from_json (encoding, json_node_get_string (node), member,
                               error);
      wanted = "text";
    }
  else if (type == G_TYPE_STRING && encoding->kind == SH_ENCODING_ONE_HOT)
    {
      if (!number_from_name (encoding, json_node_get_string (node), &value,
                             error))
        return FALSE;
      sh_member_store (row->type, member, value);
      return TRUE;
    }
  else if (type == G_TYPE_INT64 || type == G_TYPE_DOUBLE ||
           (type == G_TYPE_BOOLEAN && row->type == SIMHOST_TYPE_BOOL))
    {
      value = type == G_TYPE_BOOLEAN ? json_node_get_boolean (node)
                                     : json_node_get_double (node);
      if (!check_number (row, value, error))
        return FALSE;
      sh_member_store (row->type, member, value);
      return TRUE;
    }
  else if (row->type == SIMHOST_TYPE_BOOL)
    wanted = "true or false";

  g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
               "state field '%s' is %s, but must be %s", row->name,
               describe_node (node), wanted);
  return FALSE;
}

gboolean
sh_codec_state_from_json (const ShCodec *codec,
                          JsonObject *object,
                          gpointer state,
                          GError **error)
{
  g_return_val_if_fail (codec != NULL && object != NULL, FALSE);
  g_return_val_if_fail (state != NULL, FALSE);

  memset (state, 0, codec->state.schema.size);
  for (guint i = 0; i < codec->n_seen; i++)
    {
      const ShEncoding *encoding = &codec->seen[i];
      JsonNode *node = json_object_get_member (object, encoding->row->name);

      if (node == NULL)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
                       "state field '%s' is missing", encoding->row->name);
          return FALSE;
        }
      if (!member_from_json (encoding, node,
                             (char *) state + encoding->row->offset, error))
        return FALSE;
    }
  return TRUE;
}

/* A bool as true or false, others in the fewest digits that read back as the
 * same value. A number that is not finite is null. */
static void
print_member (guint32 simhost_type, gconstpointer member, GString *text)
{
  double value = sh_member_load (simhost_type, member);

  if (simhost_type == SIMHOST_TYPE_BOOL)
    g_string_append (text, value != 0 ? "true" : "false");
  else if (simhost_type == SIMHOST_TYPE_INT64)
    {
      gint64 number;

      memcpy (&number, member, sizeof number);
      g_string_append_printf (text, "%" G_GINT64_FORMAT, number);
    }
  else if (simhost_type == SIMHOST_TYPE_UINT64)
    {
      guint64 number;

      memcpy (&number, member, sizeof number);
      g_string_append_printf (text, "%" G_GUINT64_FORMAT, number);
    }
  else if (sh_member_is_integer (simhost_type))
    g_string_append_printf (text, "%" G_GINT64_FORMAT, (gint64) value);
  else if (simhost_type == SIMHOST_TYPE_FLOAT)
    sh_json_text_append_float (text, (float) value);
  else
    sh_json_text_append_double (text, value);
}

void
sh_codec_action_to_json (const ShCodec *codec,
                         gconstpointer values,
                         GString *text)
{
  g_return_if_fail (codec != NULL && values != NULL && text != NULL);

  g_string_append_c (text, '{');
  for (guint i = 0; i < codec->action.schema.n_fields; i++)
    {
      const SimhostField *row = &codec->action.rows[i];
      const char *member = (const char *) values + row->offset;

      if (i > 0)
        g_string_append_c (text, ',');
      sh_json_text_append_string (text, row->name);
      g_string_append_c (text, ':');
      if (row->type == SIMHOST_TYPE_STRING)
        sh_json_text_append_string (text, member);
      else
        print_member (row->type, member, text);
    }
  g_string_append_c (text, '}');
}
