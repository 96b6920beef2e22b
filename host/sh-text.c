/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Text from others, and numbers for people.
 */

#include "sh-text.h"

#include <math.h>
#include <simhost/plugin.h>
#include <string.h>

char *
sh_text_to_line (const char *text, gssize length)
{
  g_autofree char *start = NULL;
  char *line;
  gsize size;

  if (text == NULL)
    return g_strdup ("");
  size = strnlen (text, length < 0 ? SH_TEXT_MAX_LINE
                                   : MIN ((gsize) length, SH_TEXT_MAX_LINE));
  start = g_strndup (text, size);
  line = g_utf8_make_valid (start, -1);
  for (guchar *p = (guchar *) line; *p != '\0'; p++)
    if (*p < 0x20 || *p == 0x7f)
      *p = ' ';
    else if (p[0] == 0xc2 && p[1] < 0xa0)
      /* U+0080 to U+009F: terminals take them for commands too. */
      p[0] = p[1] = ' ';
  return g_strstrip (line);
}

void
sh_text_log (const char *who, guint32 level, const char *text)
{
  static const GLogLevelFlags levels[] = {
    [SIMHOST_LOG_DEBUG] = G_LOG_LEVEL_DEBUG,
    [SIMHOST_LOG_INFO] = G_LOG_LEVEL_INFO,
    [SIMHOST_LOG_WARNING] = G_LOG_LEVEL_WARNING,
    [SIMHOST_LOG_ERROR] = G_LOG_LEVEL_WARNING,
  };
  g_autofree char *line = sh_text_to_line (text, -1);

  g_log_structured (G_LOG_DOMAIN, levels[MIN (level, SIMHOST_LOG_ERROR)],
                    "MESSAGE", "%s: %s", who, line);
}

char *
sh_text_from_number (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  /* 1000000 and not 1e+06, which readers do not take for a whole number. */
  for (int digits = value == trunc (value) ? 15 : 6; digits <= 17; digits++)
    {
      char format[8];

      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (buffer, sizeof buffer, format, value);
      if (g_ascii_strtod (buffer, NULL) == value)
        break;
    }
  return g_strdup (buffer);
}

/* Letters to insert, delete or replace to get from one name to the other. */
static guint
distance (const char *a, const char *b)
{
  gsize length = strlen (b);
  g_autofree guint *row = g_new (guint, length + 1);

  for (gsize j = 0; j <= length; j++)
    row[j] = (guint) j;
  for (gsize i = 0; a[i] != '\0'; i++)
    {
      guint diagonal = row[0];

      row[0] = (guint) i + 1;
      for (gsize j = 0; j < length; j++)
        {
          guint above = row[j + 1];
          guint replaced = diagonal + (a[i] != b[j]);

          row[j + 1] = MIN (MIN (above, row[j]) + 1, replaced);
          diagonal = above;
        }
    }
  return row[length];
}

gboolean
sh_text_is_near (const char *typed, const char *name)
{
  return g_str_has_prefix (name, typed) ||
         distance (typed, name) <= 1 + strlen (name) / 4;
}
