/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Trainings that go on in other processes of this machine: their muscles, and
 * their end.
 */

#include <stdio.h>
#include <string.h>

#include "brain-actions.h"
#include "sh-control.h"
#include "sh-error.h"

static JsonObject *
ask (const ShBrainRequest *request, const char *text, GError **error)
{
  return sh_control_ask (sh_store_get_folder (request->store), request->name,
                         request->version, text, error);
}

/* What is missing in an answer is 0, or "". */
static gint64
get_int (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node)
                                                      : 0;
}

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  const char *text = node != NULL && JSON_NODE_HOLDS_VALUE (node)
                         ? json_node_get_string (node)
                         : NULL;

  return text != NULL ? text : "";
}

static void
print_json (JsonObject *answer)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_object_remove_member (answer, "ok");
  json_node_set_object (node, answer);
  text = json_to_string (node, FALSE);
  puts (text);
}

static void
print_muscles (JsonObject *answer)
{
  JsonNode *node = json_object_get_member (answer, "muscles");
  JsonArray *muscles = node != NULL && JSON_NODE_HOLDS_ARRAY (node)
                           ? json_node_get_array (node)
                           : NULL;
  const guint n = muscles != NULL ? json_array_get_length (muscles) : 0;

  printf ("%s version %" G_GINT64_FORMAT ": %u %s\n",
          get_text (answer, "brain"), get_int (answer, "version"), n,
          n == 1 ? "muscle" : "muscles");
  for (guint i = 0; i < n; i++)
    {
      JsonNode *element = json_array_get_element (muscles, i);
      JsonObject *muscle = JSON_NODE_HOLDS_OBJECT (element)
                               ? json_node_get_object (element)
                               : NULL;

      if (muscle != NULL)
        printf ("%6" G_GINT64_FORMAT "  %-8s %4" G_GINT64_FORMAT
                " simulations  process %" G_GINT64_FORMAT "\n",
                get_int (muscle, "muscle"), get_text (muscle, "state"),
                get_int (muscle, "simulations"), get_int (muscle, "pid"));
    }
}

/* "3", "+1" or "-2" as a request. */
static char *
make_request (const char *text, GError **error)
{
  const gboolean is_change = text[0] == '+' || text[0] == '-';
  gint64 number;

  if (!g_ascii_string_to_signed (text[0] == '+' ? text + 1 : text, 10,
                                 -(gint64) SH_CONDUCTOR_MAX_MUSCLES,
                                 SH_CONDUCTOR_MAX_MUSCLES, &number, NULL) ||
      (text[0] == '+' && !g_ascii_isdigit (text[1])))
    {
      g_set_error (
          error, SH_ERROR, SH_ERROR_USAGE,
          "'%s' is no number of muscles; give COUNT, +N or -N, at most "
          "%u",
          text, SH_CONDUCTOR_MAX_MUSCLES);
      return NULL;
    }
  return g_strdup_printf ("{\"do\":\"muscles\",\"%s\":%" G_GINT64_FORMAT "}",
                          is_change ? "change" : "count", number);
}

gboolean
sh_brain_muscles (const ShBrainRequest *request, GError **error)
{
  g_autofree char *text = request->n_files > 0
                              ? make_request (request->files[0], error)
                              : g_strdup ("{\"do\":\"status\"}");
  g_autoptr (JsonObject) answer =
      text != NULL ? ask (request, text, error) : NULL;

  if (answer == NULL)
    return FALSE;
  if (request->json)
    print_json (answer);
  else
    print_muscles (answer);
  return TRUE;
}

gboolean
sh_brain_stop (const ShBrainRequest *request, GError **error)
{
  g_autoptr (JsonObject) answer = ask (request, "{\"do\":\"stop\"}", error);

  if (answer == NULL)
    return FALSE;
  sh_brain_tell (request, "stopped", (guint) get_int (answer, "version"),
                 "The training of brain '%s' ends.", request->name);
  return TRUE;
}
