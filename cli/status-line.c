/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Parts of a line, and which of them fit.
 */

#include "status-line.h"

#include <langinfo.h>
#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_WIDTH 80u
#define CURVE_WIDTH 24u

/* In their order in the line. */
typedef enum
{
  PART_LESSON,
  PART_ITERATIONS,
  PART_EPISODES,
  PART_RETURN,
  PART_RATE,
  PART_SECONDS,
  PART_CURVE,
  N_PARTS
} Part;

/* The parts that are left out first, one after the other. */
static const Part dispensable[] = { PART_SECONDS, PART_EPISODES,
                                    PART_CURVE,   PART_RATE,
                                    PART_LESSON,  PART_ITERATIONS,
                                    PART_RETURN };

gboolean
sh_status_can_write_over (int fd)
{
  const char *term = g_getenv ("TERM");

  return isatty (fd) && term != NULL && *term != '\0' &&
         strcmp (term, "dumb") != 0;
}

void
sh_status_style_init (ShStatusStyle *style, int fd)
{
  const char *no_color = g_getenv ("NO_COLOR");
  struct winsize size;

  style->width = ioctl (fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
                     ? size.ws_col
                     : DEFAULT_WIDTH;
  style->blocks = strcmp (nl_langinfo (CODESET), "UTF-8") == 0;
  /* https://no-color.org: set, and not empty. */
  style->colours = no_color == NULL || *no_color == '\0';
}

/* "950/s", "31.5k/s", "1.25M/s" */
static char *
format_rate (double rate)
{
  if (rate < 1000)
    return g_strdup_printf ("%.0f/s", rate);
  if (rate < 1e6)
    return g_strdup_printf (rate < 1e5 ? "%.1fk/s" : "%.0fk/s", rate / 1e3);
  return g_strdup_printf ("%.2fM/s", rate / 1e6);
}

static char *
draw_curve (const ShCurve *curve, const ShStatusStyle *style)
{
  GString *text = g_string_new (NULL);

  sh_curve_draw (curve, CURVE_WIDTH, style->blocks, text);
  return g_string_free (text, FALSE);
}

/* What stands between a part and the one before it. */
static const char *
get_separator (Part part, Part before)
{
  return before == PART_LESSON || part == PART_CURVE ? " " : ", ";
}

/* The parts that are there; *width: how many characters these are. */
static char *
join (char **parts, gboolean colours, guint *width)
{
  GString *line = g_string_new (NULL);
  Part before = N_PARTS;

  *width = 0;
  for (Part i = 0; i < N_PARTS; i++)
    {
      gboolean coloured = i == PART_CURVE && colours;

      if (parts[i] == NULL)
        continue;
      if (before != N_PARTS)
        {
          g_string_append (line, get_separator (i, before));
          *width += (guint) strlen (get_separator (i, before));
        }
      before = i;
      g_string_append_printf (line, "%s%s%s", coloured ? "\033[36m" : "",
                              parts[i], coloured ? "\033[0m" : "");
      *width += (guint) g_utf8_strlen (parts[i], -1);
    }
  return g_string_free (line, FALSE);
}

char *
sh_status_line_new (const ShRunProgress *progress,
                    const ShCurve *curve,
                    const ShStatusStyle *style)
{
  char *parts[N_PARTS] = { NULL };
  char *line;
  guint width;

  parts[PART_LESSON] = g_strconcat (progress->lesson, ":", NULL);
  parts[PART_CURVE] = draw_curve (curve, style);
  if (*parts[PART_CURVE] == '\0')
    g_clear_pointer (&parts[PART_CURVE], g_free);
  if (isfinite (progress->mean_return))
    parts[PART_RETURN] =
        progress->n_objectives > 0
            ? g_strdup_printf ("%.0f%% successful",
                               100 * progress->success_rate)
            : g_strdup_printf ("mean return %.2f", progress->mean_return);
  parts[PART_ITERATIONS] = g_strdup_printf ("%" G_GUINT64_FORMAT " iterations",
                                            progress->iterations);
  parts[PART_EPISODES] =
      g_strdup_printf ("%" G_GUINT64_FORMAT " episodes", progress->episodes);
  parts[PART_RATE] = format_rate (progress->iterations_per_second);
  parts[PART_SECONDS] = g_strdup_printf ("%.1f s", progress->seconds);
  line = join (parts, style->colours, &width);
  /* A character less than there are: some terminals wrap after the last. */
  for (guint i = 0; i < G_N_ELEMENTS (dispensable) && width >= style->width;
       i++)
    {
      g_clear_pointer (&parts[dispensable[i]], g_free);
      g_free (line);
      line = join (parts, style->colours, &width);
    }
  for (guint i = 0; i < N_PARTS; i++)
    g_free (parts[i]);
  return line;
}
