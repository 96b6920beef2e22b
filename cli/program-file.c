/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Inkling files.
 */

#include "program-file.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "sh-error.h"

static char *
read_program (const char *file, gsize *length, GError **error)
{
  GStatBuf info;
  char *text;

  /* Not a pipe or a device, which may have no end. */
  if (g_stat (file, &info) == 0 &&
      (!S_ISREG (info.st_mode) ||
       info.st_size > (goffset) SH_PROGRAM_MAX_BYTES))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "'%s' is no file of at most %u bytes", file,
                   SH_PROGRAM_MAX_BYTES);
      return NULL;
    }
  if (!g_file_get_contents (file, &text, length, error))
    return NULL;
  return text;
}

ShProgram *
sh_program_file_compile (const char *file, GError **error)
{
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (GError) first = NULL;
  g_autofree char *text = NULL;
  ShProgram *program;
  guint n_errors = 0;
  gsize length;

  text = read_program (file, &length, error);
  if (text == NULL)
    return NULL;
  program =
      sh_program_compile (text, (gssize) length, file, &diagnostics, &first);
  for (guint i = 0; diagnostics != NULL && i < diagnostics->len; i++)
    {
      const ShDiagnostic *diagnostic = diagnostics->pdata[i];
      g_autofree char *shown = sh_diagnostic_format (diagnostic, file, text);

      n_errors += !diagnostic->warning;
      fprintf (stderr, g_str_has_suffix (shown, "\n") ? "%s" : "%s\n", shown);
    }
  if (program == NULL && n_errors == 0)
    g_propagate_error (error, g_steal_pointer (&first));
  else if (program == NULL)
    g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX,
                 n_errors == 1 ? "%s has %u error" : "%s has %u errors", file,
                 n_errors);
  return program;
}
