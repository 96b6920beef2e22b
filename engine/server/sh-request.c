/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A request, and what all that answer one ask of it.
 */

#include "sh-request.h"

#include <string.h>

#include "sh-respond.h"

GBytes *
sh_request_get_body (const ShRequest *request)
{
  SoupMessageBody *body =
      soup_server_message_get_request_body (request->message);

  return soup_message_body_flatten (body);
}

char *
sh_request_dup_boundary (const ShRequest *request)
{
  GHashTable *parameters = NULL;
  const char *type = soup_message_headers_get_content_type (
      soup_server_message_get_request_headers (request->message), &parameters);
  char *boundary = NULL;

  if (type != NULL && g_ascii_strncasecmp (type, "multipart/", 10) == 0)
    {
      const char *value = g_hash_table_lookup (parameters, "boundary");

      boundary = g_strdup (value != NULL ? value : "");
    }
  g_clear_pointer (&parameters, g_hash_table_unref);
  return boundary;
}

gboolean
sh_request_check (const ShRequest *request, gboolean done, GError *const *error)
{
  if (!done)
    sh_respond_gerror (request->message, *error);
  return done;
}

ShServedBrain *
sh_request_find_brain (const ShRequest *request)
{
  g_autoptr (GError) error = NULL;
  ShServedBrain *brain = sh_registry_get_brain (request->rest->registry,
                                                request->route->brain, &error);

  sh_request_check (request, brain != NULL, &error);
  return brain;
}

ShHistory *
sh_request_find_history (const ShRequest *request)
{
  g_autoptr (GError) error = NULL;
  ShHistory *history =
      sh_registry_get_history (request->rest->registry, &error);

  sh_request_check (request, history != NULL, &error);
  return history;
}

GPtrArray *
sh_request_get_files (const ShRequest *request, const ShServedBrain *brain)
{
  ShHistory *history = sh_request_find_history (request);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) files = NULL;

  if (history == NULL)
    return NULL;
  files = sh_history_get_files (history, brain->name, &error);
  if (!sh_request_check (request, files != NULL, &error))
    return NULL;
  if (files->len == 0)
    {
      g_autofree char *path = g_strconcat (brain->name, ".ink", NULL);
      g_autofree char *text =
          sh_registry_dup_program (request->rest->registry, brain->name);

      if (text != NULL)
        {
          g_autoptr (GBytes) content = g_bytes_new (text, strlen (text));

          g_ptr_array_add (files, sh_project_file_new (path, content));
        }
    }
  return g_steal_pointer (&files);
}

gboolean
sh_request_wants_project (const ShRequest *request)
{
  const char *accept = soup_message_headers_get_list (
      soup_server_message_get_request_headers (request->message), "Accept");

  return accept != NULL && strstr (accept, "multipart/mixed") != NULL;
}
