/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One error or warning as people see it: place, message, the line with a caret
 * under what is meant, advice. Of a long line only the part around the place is
 * shown.
 */

#include "sh-program.h"

#include <string.h>

/* Characters of a line that are shown, and how many of them before the place
 * when the line is longer. */
#define MAX_SHOWN 160
#define SHOWN_BEFORE 60

void
sh_diagnostic_free (ShDiagnostic *diagnostic)
{
  if (diagnostic == NULL)
    return;
  g_free (diagnostic->message);
  g_free (diagnostic->hint);
  g_free (diagnostic);
}

/* The start of line `number`, counted from 1; NULL when there are fewer. */
static const char *
find_line (const char *text, guint number)
{
  if (g_str_has_prefix (text, "\xEF\xBB\xBF"))
    text += 3;
  for (guint line = 1; line < number; line++)
    {
      text += strcspn (text, "\r\n");
      if (*text == '\0')
        return NULL;
      text += strncmp (text, "\r\n", 2) == 0 ? 2 : 1;
    }
  return text;
}

/* One character of valid text; one byte of what is not. */
static const char *
next_character (const char *c)
{
  gunichar character = g_utf8_get_char_validated (c, -1);

  return character < 0x110000 ? g_utf8_next_char (c) : c + 1;
}

static const char *
skip_characters (const char *c, const char *end, guint n)
{
  while (n-- > 0 && c < end)
    c = next_character (c);
  return MIN (c, end);
}

/* Copies [start, end), so that a terminal shows each character in its place. */
static void
append_source (GString *out, const char *start, const char *end)
{
  for (const char *next, *c = start; c < end; c = next)
    {
      gunichar character = g_utf8_get_char_validated (c, end - c);

      next = MIN (next_character (c), end);
      if (character >= 0x110000 ||
          (character != '\t' && !g_unichar_isprint (character)))
        g_string_append (out, "\xEF\xBF\xBD");
      else
        g_string_append_len (out, c, next - c);
    }
}

/* What stands under [start, end) when it is to be left blank: tabs stay tabs. */
static void
append_blank (GString *out, const char *start, const char *end)
{
  for (const char *next, *c = start; c < end; c = next)
    {
      gunichar character = g_utf8_get_char_validated (c, end - c);

      next = MIN (next_character (c), end);
      if (*c == '\t')
        g_string_append_c (out, '\t');
      else if (character >= 0x110000 || !g_unichar_isprint (character))
        g_string_append_c (out, ' ');
      else if (!g_unichar_iszerowidth (character))
        g_string_append (out, g_unichar_iswide (character) ? "  " : " ");
    }
}

static void
append_marked_line (GString *out,
                    const ShDiagnostic *diagnostic,
                    const char *text)
{
  const char *line = text != NULL ? find_line (text, diagnostic->line) : NULL;
  const char *end, *place, *shown, *shown_end, *mark_end;
  g_autoptr (GString) mark = NULL;

  if (line == NULL)
    return;
  end = line + strcspn (line, "\r\n");
  place = skip_characters (line, end, diagnostic->column - 1);
  mark_end = skip_characters (place, end, diagnostic->length);

  shown = line;
  if (skip_characters (line, end, MAX_SHOWN) < end &&
      diagnostic->column > SHOWN_BEFORE)
    shown = skip_characters (line, end, diagnostic->column - SHOWN_BEFORE);
  shown_end = skip_characters (shown, end, MAX_SHOWN);
  mark_end = MIN (mark_end, shown_end);

  g_string_append_printf (out, "\n%6u | %s", diagnostic->line,
                          shown > line ? "..." : "");
  append_source (out, shown, shown_end);
  g_string_append_printf (out, "%s\n       | %s", shown_end < end ? "..." : "",
                          shown > line ? "   " : "");
  append_blank (out, shown, place);

  mark = g_string_new (NULL);
  append_blank (mark, place, mark_end);
  for (gsize i = 0; i < mark->len; i++)
    mark->str[i] = i == 0 ? '^' : '~';
  g_string_append (out, mark->len > 0 ? mark->str : "^");
}

char *
sh_diagnostic_format (const ShDiagnostic *diagnostic,
                      const char *file,
                      const char *text)
{
  GString *out;

  g_return_val_if_fail (diagnostic != NULL, NULL);
  g_return_val_if_fail (file != NULL, NULL);

  out = g_string_new (NULL);
  g_string_append_printf (
      out, "%s:%u:%u: %s: %s", file, diagnostic->line, diagnostic->column,
      diagnostic->warning ? "warning" : "error", diagnostic->message);
  append_marked_line (out, diagnostic, text);
  if (diagnostic->hint != NULL)
    g_string_append_printf (out, "\nhint: %s", diagnostic->hint);
  g_string_append_c (out, '\n');
  return g_string_free (out, FALSE);
}
