/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-unit-log.h"

#include <string.h>

#include "sh-text.h"

void
sh_unit_log_init (ShUnitLog *log)
{
  g_queue_init (&log->lines);
  log->n_bytes = 0;
}

static void
drop_oldest (ShUnitLog *log)
{
  ShUnitLine *line = g_queue_pop_head (&log->lines);

  log->n_bytes -= strlen (line->text);
  g_free (line->text);
  g_free (line);
}

void
sh_unit_log_clear (ShUnitLog *log)
{
  while (log->lines.length > 0)
    drop_oldest (log);
}

const ShUnitLine *
sh_unit_log_add (ShUnitLog *log, const char *text)
{
  ShUnitLine *line = g_new (ShUnitLine, 1);

  line->time = g_get_real_time ();
  line->text = sh_text_to_line (text, -1);
  g_queue_push_tail (&log->lines, line);
  log->n_bytes += strlen (line->text);
  while (log->lines.length > SH_UNIT_LOG_MAX_LINES ||
         log->n_bytes > SH_UNIT_LOG_MAX_BYTES)
    drop_oldest (log);
  return line;
}

GPtrArray *
sh_unit_log_get_last (const ShUnitLog *log, guint n)
{
  GPtrArray *last = g_ptr_array_new ();
  const GList *link = log->lines.tail;
  guint left = MIN (n, log->lines.length);

  if (left == 0)
    return last;
  for (guint i = 1; i < left; i++)
    link = link->prev;
  for (; link != NULL; link = link->next)
    g_ptr_array_add (last, link->data);
  return last;
}
