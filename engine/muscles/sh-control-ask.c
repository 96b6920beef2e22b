/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The door to a training, from outside.
 */

#include "sh-control-private.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "sh-error.h"
#include "sh-fd.h"
#include "sh-json-text.h"

/* Seconds: whatever the training waits for, and then some. */
#define ANSWER_DEADLINE                                                        \
  (SH_CONTROL_REQUEST_DEADLINE + SH_CONTROL_CHANGE_DEADLINE)

char *
sh_control_get_folder (void)
{
  return g_build_filename (g_get_user_runtime_dir (), "simhost", NULL);
}

char *
sh_control_make_prefix (const char *folder, const char *brain)
{
  g_autofree char *key = g_ascii_strdown (brain, -1);
  g_autofree char *text = g_strconcat (folder, "\n", key, NULL);
  g_autofree char *hash =
      g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);

  return g_strdup_printf ("train-%.16s-", hash);
}

gboolean
sh_control_make_address (const char *path,
                         struct sockaddr_un *address,
                         GError **error)
{
  *address = (struct sockaddr_un){ .sun_family = AF_UNIX };
  if (g_strlcpy (address->sun_path, path, sizeof address->sun_path) <
      sizeof address->sun_path)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
               "%s: the path is too long for a socket", path);
  return FALSE;
}

/* The versions whose doors are there, the highest first. */
static int
compare_versions (gconstpointer a, gconstpointer b)
{
  const guint first = *(const guint *) a, second = *(const guint *) b;

  return first < second ? 1 : first > second ? -1 : 0;
}

static GArray *
list_versions (const char *folder, const char *prefix)
{
  GArray *versions = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      guint64 number;

      if (g_str_has_prefix (name, prefix) &&
          g_ascii_string_to_unsigned (name + strlen (prefix), 10, 1, G_MAXUINT,
                                      &number, NULL))
        {
          const guint version = (guint) number;

          g_array_append_val (versions, version);
        }
    }
  g_array_sort (versions, compare_versions);
  return versions;
}

/* A door that nobody is behind, or none, is -1 without an error. */
static int
open_door (const char *path, GError **error)
{
  const struct timeval patience = { .tv_sec = ANSWER_DEADLINE };
  struct sockaddr_un address;
  sh_autofd fd = -1;

  if (!sh_control_make_address (path, &address, error))
    return -1;
  fd = socket (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
  if (fd >= 0)
    {
      setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
      setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
  if (fd >= 0 &&
      connect (fd, (const struct sockaddr *) &address, sizeof address) == 0)
    return g_steal_fd (&fd);
  if (errno != ENOENT && errno != ECONNREFUSED)
    g_set_error (error, SH_ERROR, SH_ERROR_NETWORK,
                 "cannot reach the training by %s: %s", path,
                 g_strerror (errno));
  return -1;
}

static int
find_door (const char *folder, const char *brain, guint version, GError **error)
{
  g_autofree char *place = sh_control_get_folder ();
  g_autofree char *prefix = sh_control_make_prefix (folder, brain);
  g_autoptr (GArray) versions = list_versions (place, prefix);
  g_autoptr (GError) own = NULL;

  for (guint i = 0; i < versions->len && own == NULL; i++)
    {
      const guint found = g_array_index (versions, guint, i);
      g_autofree char *path = g_strdup_printf ("%s/%s%u", place, prefix, found);
      int fd = version == 0 || version == found ? open_door (path, &own) : -1;

      if (fd >= 0)
        return fd;
    }
  if (own != NULL)
    g_propagate_error (error, g_steal_pointer (&own));
  else if (version == 0)
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "brain '%s' is not being trained by 'simhost train' on this "
                 "machine",
                 brain);
  else
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "version %u of brain '%s' is not being trained by 'simhost "
                 "train' on this machine",
                 version, brain);
  return -1;
}

static JsonObject *
read_answer (const char *text, gsize length, GError **error)
{
  g_autoptr (JsonObject) answer =
      sh_json_text_parse_object (text, length, error);
  JsonNode *ok, *said;

  if (answer == NULL)
    {
      g_prefix_error (error, "the training's answer makes no sense: ");
      return NULL;
    }
  ok = json_object_get_member (answer, "ok");
  if (ok != NULL && JSON_NODE_HOLDS_VALUE (ok) && json_node_get_boolean (ok))
    return g_steal_pointer (&answer);
  said = json_object_get_member (answer, "error");
  g_set_error (error, SH_ERROR, SH_ERROR_REFUSED, "%s",
               said != NULL && JSON_NODE_HOLDS_VALUE (said) &&
                       json_node_get_string (said) != NULL
                   ? json_node_get_string (said)
                   : "the training refuses");
  return NULL;
}

JsonObject *
sh_control_ask (const char *folder,
                const char *brain,
                guint version,
                const char *request,
                GError **error)
{
  g_autofree char *answer = g_malloc (SH_CONTROL_MAX_PACKET);
  sh_autofd fd = -1;
  gssize n;

  g_return_val_if_fail (folder != NULL && brain != NULL, NULL);
  g_return_val_if_fail (request != NULL, NULL);

  fd = find_door (folder, brain, version, error);
  if (fd < 0)
    return NULL;
  n = send (fd, request, strlen (request), MSG_NOSIGNAL);
  if (n >= 0)
    do
      n = recv (fd, answer, SH_CONTROL_MAX_PACKET, 0);
    while (n < 0 && errno == EINTR);
  if (n > 0)
    return read_answer (answer, (gsize) n, error);
  g_set_error (error, SH_ERROR, SH_ERROR_NETWORK,
               "the training of brain '%s' does not answer: %s", brain,
               n == 0            ? "it has ended"
               : errno == EAGAIN ? "it has had its time"
                                 : g_strerror (errno));
  return NULL;
}
