/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The collector of errors and warnings, and the way from offsets to lines and
 * columns.
 */

#include "sh-diagnostics.h"

#include <string.h>

/* The offsets at which lines start, in order. */
static GArray *
find_lines (const char *text, gsize length)
{
  GArray *lines = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 start = g_str_has_prefix (text, "\xEF\xBB\xBF") ? 3 : 0;

  g_array_append_val (lines, start);
  for (gsize i = start; i < length; i++)
    if (text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n'))
      {
        start = (guint32) i + 1;
        g_array_append_val (lines, start);
      }
  return lines;
}

void
sh_diagnostics_init (ShDiagnostics *self, const char *text, gsize length)
{
  g_return_if_fail (self != NULL && text != NULL);

  *self = (ShDiagnostics){ .text = text, .length = length };
  self->lines = find_lines (text, length);
  self->found =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_diagnostic_free);
  self->offsets = g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
sh_diagnostics_clear (ShDiagnostics *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->found, g_ptr_array_unref);
  g_clear_pointer (&self->offsets, g_array_unref);
  g_clear_pointer (&self->lines, g_array_unref);
  self->last = NULL;
}

void
sh_diagnostics_forget (ShDiagnostics *self)
{
  g_ptr_array_set_size (self->found, 0);
  g_array_set_size (self->offsets, 0);
  self->n_errors = self->n_warnings = 0;
  self->last = NULL;
}

gboolean
sh_diagnostics_is_full (const ShDiagnostics *self)
{
  return self->n_errors >= SH_PROGRAM_MAX_ERRORS;
}

/* Where the line of `offset` starts, and which one it is. Every instruction of a
 * function asks: it must not take longer for a long text. */
static const char *
find_line (const ShDiagnostics *self, guint32 offset, guint *line)
{
  const guint32 *starts = (const guint32 *) self->lines->data;
  guint low = 0, high = self->lines->len;

  /* Of `low` it is known that it does not start behind `offset`. */
  while (high - low > 1)
    {
      const guint middle = low + (high - low) / 2;

      if (starts[middle] <= offset)
        low = middle;
      else
        high = middle;
    }
  *line = low + 1;
  return self->text + (starts[low] <= offset ? starts[low] : 0);
}

guint
sh_diagnostics_get_line (const ShDiagnostics *self, guint32 offset)
{
  guint line;

  find_line (self, offset, &line);
  return line;
}

/* Characters from `start`; bytes that are none count one each. */
static guint
count_characters (const char *start, const char *end)
{
  guint n = 0;

  for (const char *c = start; c < end; c++)
    n += ((guchar) *c & 0xC0) != 0x80;
  return n;
}

static gboolean
is_known (const ShDiagnostics *self, guint32 offset, const char *message)
{
  for (guint i = 0; i < self->offsets->len; i++)
    {
      const ShDiagnostic *other = g_ptr_array_index (self->found, i);

      if (g_array_index (self->offsets, guint32, i) == offset &&
          (!self->is_parsed || strcmp (other->message, message) == 0))
        return TRUE;
    }
  return FALSE;
}

G_GNUC_PRINTF (4, 0)
static void
add (ShDiagnostics *self,
     ShSpan span,
     gboolean warning,
     const char *format,
     va_list arguments)
{
  g_autofree char *message = NULL;
  ShDiagnostic *diagnostic;
  const char *line, *start, *end;
  guint *n = warning ? &self->n_warnings : &self->n_errors;

  self->last = NULL;
  span.offset = MIN (span.offset, self->length);
  if (*n >= SH_PROGRAM_MAX_ERRORS)
    return;
  message = g_strdup_vprintf (format, arguments);
  if (is_known (self, span.offset, message))
    return;
  ++*n;

  diagnostic = g_new0 (ShDiagnostic, 1);
  diagnostic->warning = warning;
  diagnostic->message = g_steal_pointer (&message);
  line = find_line (self, span.offset, &diagnostic->line);
  start = self->text + span.offset;
  end = start + strcspn (start, "\r\n");
  end = MIN (end, start + span.length);
  diagnostic->column = count_characters (line, start) + 1;
  diagnostic->length = MAX (count_characters (start, end), 1);

  g_ptr_array_add (self->found, diagnostic);
  g_array_append_val (self->offsets, span.offset);
  self->last = diagnostic;
}

void
sh_diagnostics_error (ShDiagnostics *self, ShSpan span, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add (self, span, FALSE, format, arguments);
  va_end (arguments);
}

void
sh_diagnostics_warning (ShDiagnostics *self,
                        ShSpan span,
                        const char *format,
                        ...)
{
  va_list arguments;

  va_start (arguments, format);
  add (self, span, TRUE, format, arguments);
  va_end (arguments);
}

void
sh_diagnostics_hint (ShDiagnostics *self, const char *format, ...)
{
  va_list arguments;

  if (!sh_diagnostics_wants_hint (self))
    return;
  va_start (arguments, format);
  self->last->hint = g_strdup_vprintf (format, arguments);
  va_end (arguments);
}

gboolean
sh_diagnostics_wants_hint (const ShDiagnostics *self)
{
  return self->last != NULL && self->last->hint == NULL;
}

static gint
compare_places (gconstpointer a, gconstpointer b)
{
  const ShDiagnostic *first = *(ShDiagnostic *const *) a;
  const ShDiagnostic *second = *(ShDiagnostic *const *) b;

  if (first->line != second->line)
    return first->line < second->line ? -1 : 1;
  if (first->column != second->column)
    return first->column < second->column ? -1 : 1;
  return first->warning - second->warning;
}

GPtrArray *
sh_diagnostics_steal (ShDiagnostics *self)
{
  GPtrArray *found = g_steal_pointer (&self->found);

  /* g_ptr_array_sort is stable. */
  g_ptr_array_sort (found, compare_places);
  sh_diagnostics_clear (self);
  return found;
}
