/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-brains-file.h"

#include "sh-error.h"
#include "sh-json.h"

static gboolean
fail (const char *path, const char *what, GError **error)
{
  g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX,
               "%s: %s; expected {\"brains\": [{\"name\": \"x\", "
               "\"default\": true}]}",
               path, what);
  return FALSE;
}

static JsonNode *
get_member (JsonNode *node, const char *name)
{
  return node != NULL && JSON_NODE_HOLDS_OBJECT (node)
             ? json_object_get_member (json_node_get_object (node), name)
             : NULL;
}

static gboolean
is_true (JsonNode *node)
{
  return node != NULL && json_node_get_value_type (node) == G_TYPE_BOOLEAN &&
         json_node_get_boolean (node);
}

/* Takes the name of the first entry that is the default. */
static gboolean
read_entries (const char *path, JsonArray *array, char **found, GError **error)
{
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *entry = json_array_get_element (array, i);
      JsonNode *name = get_member (entry, "name");

      if (name == NULL || json_node_get_value_type (name) != G_TYPE_STRING)
        return fail (path, "an entry of \"brains\" has no name", error);
      if (*found == NULL && is_true (get_member (entry, "default")))
        *found = g_strdup (json_node_get_string (name));
    }
  return TRUE;
}

char *
sh_brains_file_parse (const char *path, const char *text, GError **error)
{
  g_autoptr (JsonNode) root = sh_json_parse (text, -1, error);
  g_autofree char *found = NULL;
  JsonNode *brains;

  if (root == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }
  brains = get_member (root, "brains");
  if (brains == NULL || !JSON_NODE_HOLDS_ARRAY (brains))
    {
      fail (path, "it has no list \"brains\"", error);
      return NULL;
    }
  return read_entries (path, json_node_get_array (brains), &found, error)
             ? g_steal_pointer (&found)
             : NULL;
}
