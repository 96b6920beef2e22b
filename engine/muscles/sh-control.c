/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The door to a training, from inside.
 */

#include "sh-control-private.h"

#include <errno.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "sh-error.h"
#include "sh-fd.h"
#include "sh-json-text.h"

/* Connections that wait to be taken in, or closed. */
#define BACKLOG 64

struct ShControl
{
  ShRun *run;
  ShConductor *conductor; /* or NULL */
  char *brain;
  guint version;
  char *path; /* NULL until it is there */
  int fd;
  guint source;
  GPtrArray *clients; /* Client, owned */
};

/* A connection. */
typedef struct
{
  ShControl *control;
  int fd;
  guint source; /* its request; then, that it is gone */
  guint deadline;
  gboolean waiting; /* for muscles to join or leave */
} Client;

static void
client_free (gpointer data)
{
  Client *client = data;

  g_clear_handle_id (&client->source, g_source_remove);
  g_clear_handle_id (&client->deadline, g_source_remove);
  sh_fd_clear (&client->fd);
  g_free (client);
}

/* ---- answers ---- */

/* What a client does not take at once it does not get. */
static void
answer (Client *client, const GString *text)
{
  if (send (client->fd, text->str, text->len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    g_debug ("an answer by the door to the training was not taken: %s",
             g_strerror (errno));
  g_ptr_array_remove_fast (client->control->clients, client);
}

static void
refuse (Client *client, const char *message)
{
  g_autoptr (GString) text = g_string_new ("{\"ok\":false,\"error\":");

  sh_json_text_append_string (text, message);
  g_string_append_c (text, '}');
  answer (client, text);
}

static const char *
get_state (ShRun *run)
{
  static const char *const names[] = {
    [SH_RUN_PRISTINE] = "pristine", [SH_RUN_RUNNING] = "running",
    [SH_RUN_STOPPING] = "stopping", [SH_RUN_FINISHED] = "finished",
    [SH_RUN_ERROR] = "error",
  };

  return names[sh_run_get_state (run)];
}

static void
append_muscles (GString *text, const ShConductor *conductor)
{
  const guint n =
      conductor != NULL ? sh_conductor_get_n_muscles (conductor) : 0;

  g_string_append (text, ",\"muscles\":[");
  for (guint i = 0; i < n; i++)
    {
      ShConductorMuscle muscle;

      sh_conductor_get_muscle (conductor, i, &muscle);
      g_string_append_printf (
          text,
          "%s{\"muscle\":%u,\"pid\":%d,\"state\":\"%s\",\"simulations\":%u}",
          i > 0 ? "," : "", muscle.number, (int) muscle.pid,
          sh_conductor_muscle_state_to_string (muscle.state),
          muscle.n_instances);
    }
  g_string_append_c (text, ']');
}

static void
tell_status (Client *client)
{
  ShControl *self = client->control;
  g_autoptr (GString) text = g_string_new ("{\"ok\":true,\"brain\":");
  ShRunProgress progress;

  sh_run_get_progress (self->run, &progress);
  sh_json_text_append_string (text, self->brain);
  g_string_append_printf (text, ",\"version\":%u,\"concept\":", self->version);
  sh_json_text_append_string (text, sh_run_get_concept (self->run)->name);
  g_string_append_printf (
      text, ",\"state\":\"%s\",\"lesson\":", get_state (self->run));
  sh_json_text_append_string (text, progress.lesson);
  g_string_append_printf (text,
                          ",\"iterations\":%" G_GUINT64_FORMAT
                          ",\"episodes\":%" G_GUINT64_FORMAT
                          ",\"mean_return\":",
                          progress.iterations, progress.episodes);
  sh_json_text_append_double (text, progress.mean_return);
  append_muscles (text, self->conductor);
  g_string_append_c (text, '}');
  answer (client, text);
}

/* ---- requests ---- */

static gboolean
get_int (JsonObject *object, const char *name, gint64 *number)
{
  JsonNode *node = json_object_get_member (object, name);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *number = json_node_get_int (node);
  return TRUE;
}

static gboolean
on_change_deadline (gpointer data)
{
  Client *client = data;

  client->deadline = 0;
  refuse (client, "the muscles have not all joined or left yet; that goes on");
  return G_SOURCE_REMOVE;
}

/* Whoever waits no more makes room for others. */
static gboolean
on_hang_up (int fd, GIOCondition condition, gpointer data)
{
  Client *client = data;

  client->source = 0;
  g_ptr_array_remove_fast (client->control->clients, client);
  return G_SOURCE_REMOVE;
}

/* Looked at before new connections: they may have the place of one that was closed
 * before they were made. */
static void
watch (Client *client, GIOCondition condition, GUnixFDSourceFunc function)
{
  client->source = g_unix_fd_add_full (G_PRIORITY_HIGH, client->fd, condition,
                                       function, client, NULL);
}

static void
wait_for_muscles (Client *client)
{
  client->waiting = TRUE;
  watch (client, G_IO_HUP, on_hang_up);
  g_clear_handle_id (&client->deadline, g_source_remove);
  client->deadline = g_timeout_add_seconds (SH_CONTROL_CHANGE_DEADLINE,
                                            on_change_deadline, client);
}

static void
change_muscles (Client *client, JsonObject *request)
{
  ShControl *self = client->control;
  g_autoptr (GError) error = NULL;
  gint64 count, change = 0;

  if (self->conductor == NULL)
    {
      refuse (client, "this training has no muscles: its simulator is slow, or "
                      "has a loop of its own, and is played by a worker");
      return;
    }
  if (get_int (request, "count", &count) ==
      get_int (request, "change", &change))
    {
      refuse (client, "give \"count\" or \"change\", a whole number");
      return;
    }
  if (!get_int (request, "count", &count))
    count = (gint64) sh_conductor_get_n_staying (self->conductor) +
            CLAMP (change, -G_MAXINT, G_MAXINT);
  if (!sh_conductor_set_n_muscles (
          self->conductor,
          (guint) (count < 0 ? G_MAXUINT : MIN (count, G_MAXUINT)), &error))
    {
      refuse (client, error->message);
      return;
    }
  if (sh_conductor_is_settled (self->conductor))
    tell_status (client);
  else
    wait_for_muscles (client);
}

static void
serve (Client *client, JsonObject *request)
{
  ShControl *self = client->control;
  JsonNode *node = json_object_get_member (request, "do");
  const char *what = node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
                             json_node_get_value_type (node) == G_TYPE_STRING
                         ? json_node_get_string (node)
                         : "";

  if (strcmp (what, "status") == 0)
    tell_status (client);
  else if (strcmp (what, "muscles") == 0)
    change_muscles (client, request);
  else if (strcmp (what, "stop") == 0)
    {
      sh_run_stop (self->run, SH_RUN_REASON_INTERRUPTED, NULL);
      tell_status (client);
    }
  else
    refuse (client, "\"do\" is \"status\", \"muscles\" or \"stop\"");
}

static gboolean
on_request (int fd, GIOCondition condition, gpointer data)
{
  Client *client = data;
  g_autofree char *text = g_malloc (SH_CONTROL_MAX_PACKET);
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonObject) request = NULL;
  gssize n = recv (fd, text, SH_CONTROL_MAX_PACKET, MSG_DONTWAIT | MSG_TRUNC);

  if (n < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  client->source = 0;
  if (n <= 0)
    g_ptr_array_remove_fast (client->control->clients, client);
  else if ((gsize) n > SH_CONTROL_MAX_PACKET)
    refuse (client, "the request is too long");
  else
    {
      request = sh_json_text_parse_object (text, (gsize) n, &error);
      if (request != NULL)
        serve (client, request);
      else
        refuse (client, error->message);
    }
  return G_SOURCE_REMOVE;
}

static gboolean
on_request_deadline (gpointer data)
{
  Client *client = data;

  client->deadline = 0;
  g_ptr_array_remove_fast (client->control->clients, client);
  return G_SOURCE_REMOVE;
}

static gboolean
is_own (int fd)
{
  struct ucred peer;
  socklen_t size = sizeof peer;

  return getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == geteuid () || peer.uid == 0);
}

static gboolean
on_connection (int fd, GIOCondition condition, gpointer data)
{
  ShControl *self = data;
  sh_autofd accepted = accept4 (fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  Client *client;

  if (accepted < 0 || self->clients->len >= SH_CONTROL_MAX_CLIENTS ||
      !is_own (accepted))
    return G_SOURCE_CONTINUE;
  client = g_new0 (Client, 1);
  client->control = self;
  client->fd = g_steal_fd (&accepted);
  watch (client, G_IO_IN | G_IO_HUP, on_request);
  client->deadline = g_timeout_add_seconds (SH_CONTROL_REQUEST_DEADLINE,
                                            on_request_deadline, client);
  g_ptr_array_add (self->clients, client);
  return G_SOURCE_CONTINUE;
}

/* From the last to the first: whoever is answered leaves the array, and the last
 * one takes its place. */
static void
on_changed (ShConductor *conductor, const GError *error, gpointer data)
{
  ShControl *self = data;

  if (error == NULL && !sh_conductor_is_settled (conductor))
    return;
  for (guint i = self->clients->len; i > 0; i--)
    {
      Client *client = self->clients->pdata[i - 1];

      if (!client->waiting)
        continue;
      if (error != NULL)
        refuse (client, error->message);
      else
        tell_status (client);
    }
}

/* ---- the door ---- */

static gboolean
fail (const char *path, GError **error)
{
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "%s: %s", path,
               g_strerror (errno));
  return FALSE;
}

/* A folder that is ours alone. */
static gboolean
make_folder (const char *folder, GError **error)
{
  struct stat status;

  if (g_mkdir_with_parents (folder, 0700) != 0 || lstat (folder, &status) != 0)
    return fail (folder, error);
  if (S_ISDIR (status.st_mode) && status.st_uid == geteuid () &&
      (status.st_mode & 077) == 0)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
               "%s is not a folder that is the user's alone", folder);
  return FALSE;
}

static gboolean
listen_at (ShControl *self, const char *path, GError **error)
{
  struct sockaddr_un address;

  if (!sh_control_make_address (path, &address, error))
    return FALSE;
  self->fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (self->fd < 0)
    return fail (path, error);
  /* One that was left behind: this process alone trains the version. */
  g_unlink (path);
  if (bind (self->fd, (const struct sockaddr *) &address, sizeof address) != 0)
    return fail (path, error);
  self->path = g_strdup (path);
  if (chmod (path, 0600) != 0 || listen (self->fd, BACKLOG) != 0)
    return fail (path, error);
  self->source = g_unix_fd_add (self->fd, G_IO_IN, on_connection, self);
  return TRUE;
}

ShControl *
sh_control_new (const ShControlOptions *options, GError **error)
{
  g_autoptr (ShControl) self = g_new0 (ShControl, 1);
  g_autofree char *folder = sh_control_get_folder ();
  g_autofree char *prefix = NULL, *path = NULL;

  g_return_val_if_fail (SH_IS_RUN (options->run), NULL);

  self->fd = -1;
  self->run = g_object_ref (options->run);
  self->conductor = options->conductor;
  self->brain = g_strdup (options->brain);
  self->version = options->version;
  self->clients = g_ptr_array_new_with_free_func (client_free);
  prefix = sh_control_make_prefix (options->folder, options->brain);
  path = g_strdup_printf ("%s/%s%u", folder, prefix, options->version);
  if (!make_folder (folder, error) || !listen_at (self, path, error))
    return NULL;
  if (self->conductor != NULL)
    sh_conductor_set_changed (self->conductor, on_changed, self);
  return g_steal_pointer (&self);
}

void
sh_control_free (ShControl *control)
{
  if (control == NULL)
    return;
  if (control->conductor != NULL)
    sh_conductor_set_changed (control->conductor, NULL, NULL);
  g_clear_handle_id (&control->source, g_source_remove);
  g_clear_pointer (&control->clients, g_ptr_array_unref);
  if (control->path != NULL)
    g_unlink (control->path);
  sh_fd_clear (&control->fd);
  g_free (control->path);
  g_free (control->brain);
  g_object_unref (control->run);
  g_free (control);
}
