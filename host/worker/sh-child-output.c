/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A child's stdout and stderr.
 */

#include "sh-child-output.h"

#include <string.h>

#include "sh-line-reader.h"
#include "sh-log.h"

#define WARNING_PREFIX "warning: "
#define COMMAND_PREFIX "simhost: "

struct ShChildOutput
{
  char *name;
  gboolean quiet;
  ShLineFunc line; /* may be NULL */
  gpointer line_data;
  ShLineReader *out, *err; /* out: may be NULL */
  GQueue lines;
  char *words; /* the last line of stderr */
  gint64 second; /* when the one that is counted began */
  guint n_logged, n_hidden; /* in it */
};

static const char *
without_prefix (const char *line, const char *prefix)
{
  return g_str_has_prefix (line, prefix) ? line + strlen (prefix) : line;
}

static const char *
without_name (const ShChildOutput *output, const char *line)
{
  gsize length = strlen (output->name);

  return strncmp (line, output->name, length) == 0 && line[length] == ':' &&
                 line[length + 1] == ' '
             ? line + length + 2
             : line;
}

static void
log_line (ShChildOutput *output, GLogLevelFlags level, const char *line)
{
  g_log_structured (G_LOG_DOMAIN, output->quiet ? G_LOG_LEVEL_DEBUG : level,
                    "MESSAGE", "%s: %s", output->name, line);
  if (output->line != NULL)
    output->line (line, output->line_data);
}

static void
tell_hidden (ShChildOutput *output)
{
  g_autofree char *text =
      g_strdup_printf ("%u more lines are not shown", output->n_hidden);

  if (output->n_hidden > 0)
    log_line (output, G_LOG_LEVEL_MESSAGE, text);
  output->n_logged = output->n_hidden = 0;
}

static void
limit_line (ShChildOutput *output, GLogLevelFlags level, const char *line)
{
  gint64 now = g_get_monotonic_time ();

  if (now - output->second >= G_USEC_PER_SEC)
    {
      tell_hidden (output);
      output->second = now;
    }
  if (output->n_logged < SH_CHILD_MAX_LINES_PER_SECOND)
    {
      output->n_logged++;
      log_line (output, level, line);
    }
  else
    output->n_hidden++;
}

static void
keep_line (ShChildOutput *output, const char *line)
{
  g_queue_push_tail (&output->lines, g_strdup (line));
  if (output->lines.length > SH_CHILD_MAX_LINES)
    g_free (g_queue_pop_head (&output->lines));
}

static void
on_out (const char *line, gpointer data)
{
  ShChildOutput *output = data;

  limit_line (output, G_LOG_LEVEL_MESSAGE, line);
  keep_line (output, line);
}

static void
on_err (const char *line, gpointer data)
{
  ShChildOutput *output = data;
  const char *text =
      without_name (output, without_prefix (line, WARNING_PREFIX));
  gboolean warning = g_str_has_prefix (line, WARNING_PREFIX);
  ShLogDomain domain;
  const char *wanted = sh_log_parse (line, &domain);

  /* As many as there are: somebody asked for them. */
  if (wanted != NULL)
    {
      SH_LOG (domain, "%s: %s", output->name, wanted);
      return;
    }

  /* A command's last words become the error that says why it ended. */
  if (!g_str_has_prefix (line, COMMAND_PREFIX))
    limit_line (output, warning ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_MESSAGE,
                text);
  keep_line (output, text);
  g_free (output->words);
  output->words = g_strdup (text);
}

ShChildOutput *
sh_child_output_new (const char *name, gboolean quiet, int out, int err)
{
  ShChildOutput *output = g_new0 (ShChildOutput, 1);

  output->name = g_strdup (name);
  output->quiet = quiet;
  g_queue_init (&output->lines);
  if (out >= 0)
    output->out = sh_line_reader_new (out, on_out, output);
  output->err = sh_line_reader_new (err, on_err, output);
  return output;
}

void
sh_child_output_set_line (ShChildOutput *output,
                          ShLineFunc line,
                          gpointer line_data)
{
  output->line = line;
  output->line_data = line_data;
}

void
sh_child_output_finish (ShChildOutput *output)
{
  if (output->out != NULL)
    sh_line_reader_finish (output->out);
  sh_line_reader_finish (output->err);
  tell_hidden (output);
}

const GQueue *
sh_child_output_get_lines (const ShChildOutput *output)
{
  return &output->lines;
}

const char *
sh_child_output_get_words (const ShChildOutput *output)
{
  return output->words;
}

void
sh_child_output_free (ShChildOutput *output)
{
  if (output == NULL)
    return;
  sh_line_reader_free (output->out);
  sh_line_reader_free (output->err);
  g_queue_clear_full (&output->lines, g_free);
  g_free (output->words);
  g_free (output->name);
  g_free (output);
}
