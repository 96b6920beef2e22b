/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Both ends of a probe.
 */

#include "sh-probe.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>

#include "sh-child.h"
#include "sh-error.h"
#include "sh-extension.h"
#include "sh-fd.h"
#include "sh-plugin.h"
#include "sh-simulator-json.h"

struct ShProbe
{
  char *path;
  ShSlotPage *page;
  ShChild *child;
  int reply_fd; /* where the answer comes from */
  GSource *reply_source, *deadline_source;
  GByteArray *answer;
  gboolean too_long;
  ShProbeDone done;
  gpointer data;
};

/* ---- the parent ---- */

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    {
      g_source_destroy (*source);
      g_clear_pointer (source, g_source_unref);
    }
}

/* FALSE: there will be no more. */
static gboolean
read_reply (ShProbe *probe)
{
  guint8 bytes[16384];
  gssize n;

  while ((n = read (probe->reply_fd, bytes, sizeof bytes)) > 0)
    {
      if (probe->answer->len + (gsize) n > SH_PROBE_MAX_ANSWER)
        {
          probe->too_long = TRUE;
          sh_child_expire (probe->child, SH_PROBE_DEADLINE);
          return FALSE;
        }
      g_byte_array_append (probe->answer, bytes, (guint) n);
    }
  return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static gboolean
on_reply (int fd, GIOCondition condition, gpointer data)
{
  ShProbe *probe = data;

  if (read_reply (probe))
    return G_SOURCE_CONTINUE;
  clear_source (&probe->reply_source);
  return G_SOURCE_REMOVE;
}

static gboolean
on_deadline (gpointer data)
{
  ShProbe *probe = data;

  sh_child_expire (probe->child, SH_PROBE_DEADLINE);
  clear_source (&probe->deadline_source);
  return G_SOURCE_REMOVE;
}

/* From a good end of the child and its answer. */
static ShPluginInfo *
take_answer (ShProbe *probe, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  ShPluginInfo *info = NULL;

  if (probe->too_long)
    g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                 "describes itself in more than %u bytes", SH_PROBE_MAX_ANSWER);
  else if (probe->answer->len == 0)
    g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                 "ended without describing itself");
  else if ((node = sh_json_parse ((const char *) probe->answer->data,
                                  probe->answer->len, error)) != NULL)
    info = sh_plugin_info_new_from_json (probe->path, node, error);
  if (info == NULL)
    g_prefix_error (error, "%s: ", probe->path);
  return info;
}

/* Every reason starts with the file. */
static ShPluginInfo *
new_failed (ShProbe *probe, const GError *error)
{
  g_auto (GStrv) output = sh_child_dup_lines (probe->child);
  g_autofree char *text =
      g_str_has_prefix (error->message, probe->path)
          ? g_strdup (error->message)
          : g_strdup_printf ("%s: %s", probe->path, error->message);

  return sh_plugin_info_new_failed (probe->path, text,
                                    (const char *const *) output);
}

static void
on_ended (ShChild *child, const GError *end, gpointer data)
{
  ShProbe *probe = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShPluginInfo) info = NULL;
  g_autofree char *answer = NULL;
  gboolean died =
      !probe->too_long && (g_error_matches (end, SH_ERROR, SH_ERROR_CRASHED) ||
                           g_error_matches (end, SH_ERROR, SH_ERROR_HUNG) ||
                           g_error_matches (end, SH_ERROR, SH_ERROR_KILLED));

  clear_source (&probe->deadline_source);
  if (probe->reply_source != NULL)
    on_reply (probe->reply_fd, G_IO_IN, probe);
  clear_source (&probe->reply_source);

  if (end == NULL || probe->too_long)
    info = take_answer (probe, &error);
  if (info == NULL)
    info = new_failed (probe, error != NULL ? error : end);
  answer =
      info->failure != NULL
          ? sh_failure_to_json (info->failure,
                                (const char *const *) info->output)
          : g_strndup ((const char *) probe->answer->data, probe->answer->len);
  probe->done (probe, info, answer, died, probe->data);
}

/* A pipe for the answer; *child_fd is the end to hand on. */
static gboolean
open_reply (ShProbe *probe, int *child_fd, GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  int pipe[2];

  if (!g_unix_open_pipe (pipe, FD_CLOEXEC, error))
    return FALSE;
  g_unix_set_fd_nonblocking (pipe[0], TRUE, NULL);
  probe->reply_fd = pipe[0];
  *child_fd = pipe[1];
  probe->reply_source = g_unix_fd_source_new (pipe[0], G_IO_IN | G_IO_HUP);
  g_source_set_callback (probe->reply_source, G_SOURCE_FUNC (on_reply), probe,
                         NULL);
  g_source_attach (probe->reply_source, context);
  return TRUE;
}

static void
start_deadline (ShProbe *probe)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  probe->deadline_source = g_timeout_source_new (SH_PROBE_DEADLINE);
  g_source_set_callback (probe->deadline_source, on_deadline, probe, NULL);
  g_source_attach (probe->deadline_source, context);
}

ShProbe *
sh_probe_new (const char *path, ShProbeDone done, gpointer data, GError **error)
{
  g_autoptr (ShProbe) probe = g_new0 (ShProbe, 1);
  g_autofree char *subject = g_strconcat (path, ":", NULL);
  const char *const arguments[] = { "probe", "--", path, NULL };
  sh_autofd child_fd = -1;

  probe->path = g_strdup (path);
  probe->done = done;
  probe->data = data;
  probe->reply_fd = -1;
  probe->answer = g_byte_array_new ();
  probe->page = sh_slot_page_new (1, error);
  if (probe->page == NULL || !open_reply (probe, &child_fd, error))
    return NULL;

  const ShChildSetup setup = {
    .name = path,
    .subject = subject,
    .arguments = arguments,
    .page = probe->page,
    .stop_deadline = SH_PROBE_DEADLINE,
    .reply_fd = child_fd,
    .quiet = TRUE,
  };

  probe->child = sh_child_new (&setup, on_ended, probe, error);
  if (probe->child == NULL)
    return NULL;
  start_deadline (probe);
  return g_steal_pointer (&probe);
}

void
sh_probe_free (ShProbe *probe)
{
  if (probe == NULL)
    return;
  sh_child_free (probe->child);
  clear_source (&probe->reply_source);
  clear_source (&probe->deadline_source);
  sh_fd_clear (&probe->reply_fd);
  sh_slot_page_free (probe->page);
  g_byte_array_unref (probe->answer);
  g_free (probe->path);
  g_free (probe);
}

/* ---- the child ---- */

/* The descriptor for the answer, out of the plugin's way. */
static int
take_reply_fd (void)
{
  const char *number = g_getenv (SH_CHILD_REPLY_VARIABLE);
  guint64 value;
  int fd;

  if (number != NULL &&
      g_ascii_string_to_unsigned (number, 10, 3, G_MAXINT, &value, NULL) &&
      fcntl ((int) value, F_SETFD, FD_CLOEXEC) == 0)
    fd = (int) value;
  else
    fd = fcntl (STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
  g_unsetenv (SH_CHILD_REPLY_VARIABLE);
  return fd;
}

static gboolean
write_all (int fd, const char *text, GError **error)
{
  gsize length = strlen (text);

  while (length > 0)
    {
      gssize n = write (fd, text, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                       "cannot write the answer: %s", g_strerror (errno));
          return FALSE;
        }
      text += n;
      length -= (gsize) n;
    }
  return TRUE;
}

static char *
describe (const ShPlugin *plugin, ShCallSlot *slot)
{
  GString *json = g_string_new (NULL);

  sh_json_open (json, '{');
  sh_plugin_add_json (sh_plugin_get_table (plugin), json);
  sh_json_member (json, "simulators");
  sh_json_open (json, '[');
  for (guint i = 0; i < sh_plugin_get_n_simulators (plugin); i++)
    {
      const SimhostSimulator *simulator = sh_plugin_get_simulator (plugin, i);

      sh_json_open (json, '{');
      sh_simulator_add_json (simulator, sh_extension_list (simulator, slot),
                             json);
      sh_json_close (json, '}');
    }
  sh_json_close (json, ']');
  sh_json_close (json, '}');
  return g_string_free (json, FALSE);
}

gboolean
sh_probe_run_child (const char *path, GError **error)
{
  gboolean has_parent = g_getenv (SH_CHILD_REPLY_VARIABLE) != NULL;
  sh_autofd reply_fd = take_reply_fd ();
  g_autoptr (ShSlotPage) page = sh_slot_page_new_from_environment ();
  g_autofree char *answer = NULL;
  g_autofree char *line = NULL;
  g_autoptr (GError) own = NULL;
  ShPlugin *plugin;

  dup2 (STDERR_FILENO, STDOUT_FILENO);
  plugin = sh_plugin_load_watched (path, page->slots, &own);
  answer = plugin != NULL ? describe (plugin, page->slots)
                          : sh_failure_to_json (own->message, NULL);
  sh_plugin_close (plugin);
  line = g_strconcat (answer, "\n", NULL);
  if ((plugin != NULL || has_parent) && !write_all (reply_fd, line, error))
    return FALSE;
  if (own == NULL || has_parent)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own));
  return FALSE;
}
