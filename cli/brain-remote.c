/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The brains of a running engine.
 */

#include <stdio.h>

#include "brain-actions.h"
#include "sh-error.h"
#include "sh-push.h"
#include "table.h"

/* "/NAME" and more; in `rest` VERSION stands for the version. */
static char *
make_path (const ShBrainRequest *request, const char *rest)
{
  g_autofree char *name = g_uri_escape_string (request->name, NULL, FALSE);
  g_autofree char *version = request->version > 0
                                 ? g_strdup_printf ("%u", request->version)
                                 : g_strdup ("latest");
  g_auto (GStrv) parts = g_strsplit (rest, "VERSION", -1);
  g_autofree char *whole = g_strjoinv (version, parts);

  return g_strconcat ("/", name, whole, NULL);
}

static JsonObject *
ask (const ShBrainRequest *request,
     const char *method,
     const char *rest,
     GError **error)
{
  g_autofree char *path = make_path (request, rest);

  return sh_remote_ask_object (request->remote, method, path, NULL, NULL,
                               error);
}

/* An engine may say anything: what is missing is "", 0 or an empty list. */

static const char *
get_text (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                 json_node_get_value_type (node) == G_TYPE_STRING
             ? json_node_get_string (node)
             : "";
}

static gint64
get_int (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node)
                                                      : 0;
}

/* The objects of a list; borrowed. */
static GPtrArray *
get_objects (JsonObject *object, const char *name)
{
  JsonNode *node = json_object_get_member (object, name);
  GPtrArray *objects = g_ptr_array_new ();
  JsonArray *array;

  if (node == NULL || !JSON_NODE_HOLDS_ARRAY (node))
    return objects;
  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (JSON_NODE_HOLDS_OBJECT (element))
        g_ptr_array_add (objects, json_node_get_object (element));
    }
  return objects;
}

static void
print_object (JsonObject *object)
{
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_node_set_object (node, object);
  text = json_to_string (node, FALSE);
  puts (text);
}

/* Looking. */

static void
add_row (ShTable *table, JsonObject *brain)
{
  g_autofree char *version =
      g_strdup_printf ("%" G_GINT64_FORMAT, get_int (brain, "version"));

  sh_table_add (table, get_text (brain, "name"));
  sh_table_add (table, version);
  sh_table_add (table, get_text (brain, "state"));
  sh_table_add (table, get_text (brain, "last_modified"));
}

gboolean
sh_brain_remote_list (const ShBrainRequest *request, GError **error)
{
  static const char *const headings[] = { "BRAIN", "VERSION", "STATE",
                                          "MODIFIED" };
  g_autoptr (JsonObject) answer =
      sh_remote_ask_object (request->remote, "GET", "", NULL, NULL, error);
  g_autoptr (GPtrArray) brains = NULL;
  g_autoptr (ShTable) table = NULL;

  if (answer == NULL)
    return FALSE;
  brains = get_objects (answer, "brains");
  table = sh_table_new (G_N_ELEMENTS (headings));
  for (guint i = 0; i < G_N_ELEMENTS (headings); i++)
    sh_table_add (table, headings[i]);
  for (guint i = 0; i < brains->len; i++)
    {
      JsonObject *brain = brains->pdata[i];

      if (request->name != NULL &&
          g_ascii_strcasecmp (get_text (brain, "name"), request->name) != 0)
        continue;
      if (request->json)
        print_object (brain);
      else
        add_row (table, brain);
    }
  if (!request->json)
    sh_table_print (table, 0, stdout);
  return TRUE;
}

static void
print_status (JsonObject *status)
{
  g_autoptr (GPtrArray) concepts = get_objects (status, "concepts");
  g_autoptr (GPtrArray) simulators = get_objects (status, "simulators");

  printf ("brain        %s, version %" G_GINT64_FORMAT "\n",
          get_text (status, "name"), get_int (status, "version"));
  printf ("state        %s\n", get_text (status, "state"));
  for (guint i = 0; i < concepts->len; i++)
    printf ("concept      %s, %s\n", get_text (concepts->pdata[i], "name"),
            get_text (concepts->pdata[i], "algorithm"));
  printf ("trained      %" G_GINT64_FORMAT " iterations, %" G_GINT64_FORMAT
          " episodes\n",
          get_int (status, "iteration"), get_int (status, "episode"));
  for (guint i = 0; i < simulators->len; i++)
    printf ("simulator    %s, %" G_GINT64_FORMAT " connected\n",
            get_text (simulators->pdata[i], "name"),
            get_int (simulators->pdata[i], "instances"));
}

gboolean
sh_brain_remote_show (const ShBrainRequest *request, GError **error)
{
  g_autoptr (JsonObject) status = ask (request, "GET", "/status", error);

  if (status == NULL)
    return FALSE;
  if (request->json)
    print_object (status);
  else
    print_status (status);
  return TRUE;
}

gboolean
sh_brain_remote_delete (const ShBrainRequest *request, GError **error)
{
  g_autoptr (JsonObject) answer = ask (request, "DELETE", "", error);

  if (answer == NULL)
    return FALSE;
  sh_brain_tell (request, "deleted", 0, "Deleted brain '%s'.", request->name);
  return TRUE;
}

/* Projects. */

static guint
print_findings (JsonObject *compiled, const char *list, const char *kind)
{
  g_autoptr (GPtrArray) findings = get_objects (compiled, list);

  for (guint i = 0; i < findings->len; i++)
    sh_brain_print_finding ("program", get_int (findings->pdata[i], "line"),
                            get_int (findings->pdata[i], "column"), kind,
                            get_text (findings->pdata[i], "text"));
  return findings->len;
}

static gboolean
send_project (const ShBrainRequest *request,
              const char *method,
              const char *path,
              GError **error)
{
  g_autoptr (GPtrArray) files = sh_brain_read_files (request, error);
  g_autoptr (JsonObject) answer = NULL;
  g_autoptr (GBytes) body = NULL;
  g_autofree char *type = NULL;
  JsonNode *compiled;
  guint n_errors;

  if (files == NULL)
    return FALSE;
  body = sh_push_write (
      request->name, request->description != NULL ? request->description : "",
      files, &type);
  answer =
      sh_remote_ask_object (request->remote, method, path, type, body, error);
  if (answer == NULL)
    return FALSE;
  compiled = json_object_get_member (answer, "ink_compile");
  if (compiled == NULL || !JSON_NODE_HOLDS_OBJECT (compiled))
    return TRUE;
  print_findings (json_node_get_object (compiled), "warnings", "warning");
  n_errors =
      print_findings (json_node_get_object (compiled), "errors", "error");
  return n_errors == 0 || sh_brain_fail_findings (n_errors, error);
}

gboolean
sh_brain_remote_create (const ShBrainRequest *request, GError **error)
{
  if (!send_project (request, "POST", "/brains", error))
    return FALSE;
  sh_brain_tell (request, "created", 0, "Created brain '%s'.", request->name);
  return TRUE;
}

gboolean
sh_brain_remote_push (const ShBrainRequest *request, GError **error)
{
  g_autofree char *path = make_path (request, "");

  if (!send_project (request, "PUT", path, error))
    return FALSE;
  sh_brain_tell (request, "pushed", 0, "Pushed %u file%s to brain '%s'.",
                 request->n_files, request->n_files == 1 ? "" : "s",
                 request->name);
  return TRUE;
}

/* Trainings. */

static gboolean
change_training (const ShBrainRequest *request,
                 const char *rest,
                 const char *event,
                 const char *what,
                 GError **error)
{
  g_autoptr (JsonObject) answer = ask (request, "PUT", rest, error);
  guint version;

  if (answer == NULL)
    return FALSE;
  version = (guint) CLAMP (get_int (answer, "version"), 0, G_MAXINT);
  sh_brain_tell (request, event, version,
                 "The training of brain '%s', version %u, %s.", request->name,
                 version, what);
  return TRUE;
}

gboolean
sh_brain_remote_start (const ShBrainRequest *request, GError **error)
{
  return change_training (request, "/train", "started", "begins", error);
}

gboolean
sh_brain_remote_stop (const ShBrainRequest *request, GError **error)
{
  return change_training (request, "/stop", "stopped", "ends", error);
}

gboolean
sh_brain_remote_resume (const ShBrainRequest *request, GError **error)
{
  return change_training (request, "/VERSION/resume", "resumed", "goes on",
                          error);
}

gboolean
sh_brain_remote_export (const ShBrainRequest *request, GError **error)
{
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) own_error = NULL;

  /* How many concepts there are shows when there is no other. */
  while (own_error == NULL && models->len < SH_PROGRAM_MAX_LEARNED)
    {
      g_autofree char *place =
          g_strdup_printf ("/VERSION/policy-%u.onnx", models->len + 1);
      g_autofree char *path = make_path (request, place);
      GBytes *onnx =
          sh_remote_ask (request->remote, "GET", path, NULL, NULL, &own_error);

      if (onnx != NULL)
        g_ptr_array_add (models, onnx);
    }
  if (models->len == 0 ||
      (own_error != NULL &&
       !g_error_matches (own_error, SH_ERROR, SH_ERROR_NOT_FOUND)))
    {
      g_propagate_error (error, g_steal_pointer (&own_error));
      return FALSE;
    }
  return sh_brain_write_export (request, models, NULL, error);
}
