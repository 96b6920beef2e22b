/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A check in a child process, both ends. The child writes lines to a
 * descriptor that it inherits: "at NAME" before each simulator, and at last
 * its verdict, "pass", "fail REASON" or "not-applicable REASON".
 */

#include "sh-conform.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

#include "sh-child.h"
#include "sh-error.h"
#include "sh-fd.h"
#include "sh-text.h"

/* The whole check may take so many times what one call may. */
#define WHOLE_TIMES 12u
/* Bytes of an answer. */
#define MAX_ANSWER 65536u

typedef struct
{
  GMainContext *context;
  ShChild *child;
  guint timeout;
  GError *end; /* why the child ended; NULL: as it should */
  gboolean ended;
} Watch;

/* ---- the parent ---- */

static void
on_ended (ShChild *child, const GError *error, gpointer data)
{
  Watch *watch = data;

  watch->end = error != NULL ? g_error_copy (error) : NULL;
  watch->ended = TRUE;
}

static gboolean
on_deadline (gpointer data)
{
  Watch *watch = data;

  sh_child_expire (watch->child, watch->timeout * WHOLE_TIMES);
  return G_SOURCE_REMOVE;
}

/* What lies in the pipe; the child, and all that it started, is gone. */
static char *
read_answer (int fd)
{
  GString *answer = g_string_new (NULL);
  char bytes[4096];
  gssize n;

  while (
      answer->len < MAX_ANSWER &&
      ((n = read (fd, bytes, sizeof bytes)) > 0 || (n < 0 && errno == EINTR)))
    if (n > 0)
      g_string_append_len (answer, bytes, n);
  return g_string_free (answer, FALSE);
}

/* FALSE: there is no verdict in it. *where is the simulator that was tried. */
static gboolean
parse_answer (const char *answer, ShConformResult *result, char **where)
{
  g_auto (GStrv) lines = g_strsplit (answer, "\n", -1);

  for (guint i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++)
    {
      char *rest = strchr (lines[i], ' ');

      if (rest != NULL)
        *rest++ = '\0';
      if (rest != NULL && g_str_equal (lines[i], "at"))
        {
          g_free (*where);
          *where = g_strdup (rest);
          continue;
        }
      for (guint v = SH_CONFORM_PASS; v <= SH_CONFORM_NOT_APPLICABLE; v++)
        if (g_str_equal (lines[i],
                         sh_conform_verdict_to_string ((ShConformVerdict) v)))
          {
            result->verdict = (ShConformVerdict) v;
            result->reason = rest != NULL ? sh_text_to_line (rest, -1) : NULL;
            return TRUE;
          }
    }
  return FALSE;
}

/* A child that died after its verdict, in the end of the process: failed. */
static void
judge (const Watch *watch, const char *answer, ShConformResult *result)
{
  g_autofree char *where = NULL;
  gboolean answered = parse_answer (answer, result, &where);

  if (answered && (watch->end == NULL || result->verdict == SH_CONFORM_FAIL))
    return;
  sh_conform_result_clear (result);
  result->verdict = SH_CONFORM_FAIL;
  if (watch->end == NULL)
    result->reason = g_strdup ("it ended the process");
  else
    result->reason =
        where != NULL
            ? g_strdup_printf ("simulator '%s': %s", where, watch->end->message)
            : g_strdup (watch->end->message);
}

static GSource *
start_deadline (Watch *watch)
{
  GSource *source = g_timeout_source_new (watch->timeout * WHOLE_TIMES);

  g_source_set_callback (source, on_deadline, watch, NULL);
  g_source_attach (source, watch->context);
  return source;
}

static gboolean
run_child (Watch *watch,
           const ShChildSetup *setup,
           int reply_fd,
           ShConformResult *result,
           GError **error)
{
  g_autoptr (GSource) deadline = NULL;
  g_autofree char *answer = NULL;

  watch->child = sh_child_new (setup, on_ended, watch, error);
  if (watch->child == NULL)
    return FALSE;
  deadline = start_deadline (watch);
  while (!watch->ended)
    g_main_context_iteration (watch->context, TRUE);
  g_source_destroy (deadline);
  answer = read_answer (reply_fd);
  judge (watch, answer, result);
  sh_child_free (watch->child);
  g_clear_error (&watch->end);
  return TRUE;
}

gboolean
sh_conform_run_child (const ShConform *check,
                      const char *path,
                      guint64 seed,
                      guint timeout,
                      ShConformResult *result,
                      GError **error)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (ShSlotPage) page = sh_slot_page_new (1, error);
  g_autofree char *number = g_strdup_printf ("%" G_GUINT64_FORMAT, seed);
  const char *const arguments[] = {
    "check-one", "--", sh_conform_get_id (check), number, path, NULL
  };
  Watch watch = { .context = context, .timeout = timeout };
  int pipe[2];
  gboolean good;

  *result = (ShConformResult){ SH_CONFORM_FAIL, NULL };
  if (page == NULL || !g_unix_open_pipe (pipe, FD_CLOEXEC, error))
    return FALSE;
  g_unix_set_fd_nonblocking (pipe[0], TRUE, NULL);

  const ShChildSetup setup = {
    .name = path,
    .subject = "it",
    .arguments = arguments,
    .page = page,
    .call_deadline = timeout,
    .stop_deadline = timeout,
    .reply_fd = pipe[1],
    .quiet = TRUE,
  };

  g_main_context_push_thread_default (context);
  good = run_child (&watch, &setup, pipe[0], result, error);
  g_main_context_pop_thread_default (context);
  sh_fd_clear (&pipe[0]);
  sh_fd_clear (&pipe[1]);
  return good;
}

/* ---- the child ---- */

static void
answer (int fd, const char *word, const char *text)
{
  g_autofree char *line = text != NULL
                              ? g_strconcat (word, " ", text, "\n", NULL)
                              : g_strconcat (word, "\n", NULL);

  /* A parent that is gone does not wait for it. A pipe takes a line whole. */
  if (write (fd, line, strlen (line)) < 0)
    g_debug ("the answer '%s' was not taken: %s", word, g_strerror (errno));
}

static void
on_progress (const char *simulator, gpointer data)
{
  answer (*(int *) data, "at", simulator);
}

gboolean
sh_conform_answer (const ShConform *check,
                   const char *path,
                   guint64 seed,
                   GError **error)
{
  sh_autofd fd = sh_child_take_reply_fd ();
  g_autoptr (ShSlotPage) page = sh_slot_page_new_from_environment ();
  g_auto (ShConformResult) result = { SH_CONFORM_FAIL, NULL };

  if (fd < 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "there is nobody to answer to; use 'simhost check'");
      return FALSE;
    }
  dup2 (STDERR_FILENO, STDOUT_FILENO);
  result = sh_conform_run (check, path, seed, page->slots, on_progress, &fd);
  answer (fd, sh_conform_verdict_to_string (result.verdict), result.reason);
  return TRUE;
}
