/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Asks a server's pages for anything, in any order, without a socket. An input is
 * a script of requests with the byte 0x1e between them; each is a line
 *
 *   METHOD TARGET [FLAGS]
 *
 * with 'm' among the flags for a body that is multipart with the boundary "b",
 * 'a' for a client that accepts multipart; and then the body. Each request is
 * answered: by a page that is what its type says, or by an error that says
 * something.
 */

#include <glib/gstdio.h>
#include <string.h>

#include "sh-json.h"
#include "sh-json-text.h"
#include "sh-rest.h"
#include "sh-status-hub.h"

#define MAX_REQUESTS 12u
#define SEPARATOR 0x1e

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

typedef struct
{
  char *folder;
  ShStore *store;
  ShTurn *turn;
  ShRest rest;
} Server;

static void
on_turn (gpointer data)
{
  Server *server = data;

  sh_registry_dispatch (server->rest.registry);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      if (g_file_test (inner, G_FILE_TEST_IS_DIR) &&
          !g_file_test (inner, G_FILE_TEST_IS_SYMLINK))
        remove_folder (inner);
      else
        g_unlink (inner);
    }
  g_rmdir (path);
}

/* In memory where there is such a folder: a store is made for each input. */
static void
server_init (Server *server)
{
  const char *memory = "/dev/shm";
  g_autofree char *template = g_build_filename (
      g_access (memory, W_OK) == 0 ? memory : g_get_tmp_dir (),
      "simhost-fuzz-XXXXXX", NULL);

  server->folder = g_steal_pointer (&template);
  g_assert (g_mkdtemp (server->folder) != NULL);
  server->store = sh_store_new (server->folder);
  server->turn = sh_turn_new (on_turn, server);
  server->rest.registry = sh_registry_new (server->store, server->turn);
  server->rest.status_hub = sh_status_hub_new (server->rest.registry);
  server->rest.seed = 1;
}

static void
server_clear (Server *server)
{
  sh_status_hub_free (server->rest.status_hub);
  sh_registry_free (server->rest.registry);
  sh_turn_free (server->turn);
  sh_store_free (server->store);
  remove_folder (server->folder);
  g_free (server->folder);
}

static void
check_error (const char *body, gsize size)
{
  g_autoptr (JsonObject) object = sh_json_text_parse_object (body, size, NULL);
  JsonObject *error;
  const char *message;

  g_assert (object != NULL);
  error = json_object_get_object_member (object, "error");
  g_assert (*json_object_get_string_member (error, "code") != '\0');
  message = json_object_get_string_member (error, "message");
  g_assert (*message != '\0' && strchr (message, '\n') == NULL);
}

static void
check_answer (SoupServerMessage *message)
{
  const char *type = soup_message_headers_get_content_type (
      soup_server_message_get_response_headers (message), NULL);
  g_autoptr (GBytes) body = soup_message_body_flatten (
      soup_server_message_get_response_body (message));
  const guint status = soup_server_message_get_status (message);
  gsize size;
  const char *text = g_bytes_get_data (body, &size);

  g_assert (status >= 200 && status < 600 && type != NULL);
  if (status >= 300)
    {
      check_error (text, size);
      return;
    }
  g_assert (status == SOUP_STATUS_OK);
  if (strcmp (type, "application/json") == 0)
    {
      g_autoptr (JsonNode) node = sh_json_parse (text, (gssize) size, NULL);

      g_assert (node != NULL);
    }
}

static void
ask (Server *server,
     const char *method,
     const char *target,
     const char *flags,
     GBytes *body)
{
  g_autoptr (SoupServerMessage) message =
      g_object_new (SOUP_TYPE_SERVER_MESSAGE, NULL);
  SoupMessageHeaders *headers =
      soup_server_message_get_request_headers (message);
  g_autofree char *path = g_strndup (target, strcspn (target, "?"));
  g_autoptr (GHashTable) query = NULL;
  g_auto (ShRoute) route = { 0 };

  if (target[strlen (path)] == '?')
    query = soup_form_decode (target + strlen (path) + 1);
  sh_route_parse (path, &route);
  if (route.kind == SH_ROUTE_NONE || sh_route_is_websocket (route.kind) ||
      !sh_route_takes (route.kind, method))
    return;
  if (strchr (flags, 'm') != NULL)
    soup_message_headers_append (headers, "Content-Type",
                                 "multipart/mixed; boundary=b");
  if (strchr (flags, 'a') != NULL)
    soup_message_headers_append (headers, "Accept", "multipart/mixed");
  if (g_bytes_get_size (body) > 0)
    soup_message_body_append_bytes (
        soup_server_message_get_request_body (message), body);
  sh_rest_handle (&(const ShRequest){
      &server->rest, message, method, &route,
      query != NULL ? g_hash_table_lookup (query, "file") : NULL });
  check_answer (message);
}

/* One request of the script, without the separator. */
static void
run_request (Server *server, const char *text, gsize size)
{
  const char *end = memchr (text, '\n', size);
  const gsize length = end != NULL ? (gsize) (end - text) : size;
  g_autofree char *line = g_strndup (text, length);
  g_auto (GStrv) words = g_strsplit (line, " ", 3);
  g_autoptr (GBytes) body = end != NULL
                                ? g_bytes_new (end + 1, size - length - 1)
                                : g_bytes_new (NULL, 0);

  if (g_strv_length (words) >= 2)
    ask (server, words[0], words[1], words[2] != NULL ? words[2] : "", body);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

/* Of all that is said a critical one alone is worth reading: it ends us. */
static GLogWriterOutput
write_log (GLogLevelFlags level,
           const GLogField *log_fields,
           gsize n_fields,
           gpointer data)
{
  if ((level & G_LOG_LEVEL_CRITICAL) != 0)
    return g_log_writer_standard_streams (level, log_fields, n_fields, data);
  return G_LOG_WRITER_HANDLED;
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL);
  g_log_set_writer_func (write_log, NULL, NULL);
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  const char *at = (const char *) data, *end = at + size;
  Server server;

  server_init (&server);
  for (guint i = 0; i < MAX_REQUESTS && at < end; i++)
    {
      const char *stop = memchr (at, SEPARATOR, (gsize) (end - at));

      if (stop == NULL)
        stop = end;
      run_request (&server, at, (gsize) (stop - at));
      at = stop + 1;
    }
  server_clear (&server);
  return 0;
}
