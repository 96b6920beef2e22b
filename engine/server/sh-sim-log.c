/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A queue of lines of which the oldest go.
 */

#include "sh-sim-log.h"

typedef struct
{
  guint number;
  char *text;
} Line;

struct ShSimLog
{
  GQueue lines; /* Line, the oldest first */
  guint64 n_added;
};

static void
line_free (gpointer data)
{
  Line *line = data;

  g_free (line->text);
  g_free (line);
}

ShSimLog *
sh_sim_log_new (void)
{
  ShSimLog *log = g_new0 (ShSimLog, 1);

  g_queue_init (&log->lines);
  return log;
}

void
sh_sim_log_free (ShSimLog *log)
{
  if (log == NULL)
    return;
  g_queue_clear_full (&log->lines, line_free);
  g_free (log);
}

void
sh_sim_log_add (ShSimLog *log, guint number, const char *format, ...)
{
  g_autoptr (GDateTime) now = NULL;
  g_autofree char *time = NULL;
  g_autofree char *message = NULL;
  Line *line;
  va_list args;

  if (log == NULL)
    return;
  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);

  now = g_date_time_new_now_utc ();
  time = g_date_time_format (now, "%FT%TZ");
  line = g_new0 (Line, 1);
  line->number = number;
  line->text = g_strdup_printf ("%s %s", time, message);
  g_queue_push_tail (&log->lines, line);
  log->n_added++;
  if (log->lines.length > SH_SIM_LOG_MAX_LINES)
    line_free (g_queue_pop_head (&log->lines));
}

const char *
sh_sim_log_read (const ShSimLog *log, guint number, guint64 *next)
{
  const guint64 first = log->n_added - log->lines.length;
  const GList *at;

  g_return_val_if_fail (next != NULL, NULL);

  *next = MAX (*next, first);
  at = g_queue_peek_nth_link ((GQueue *) &log->lines, (guint) (*next - first));
  for (; at != NULL; at = at->next)
    {
      const Line *line = at->data;

      (*next)++;
      if (line->number == number)
        return line->text;
    }
  return NULL;
}
