/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Inkling files.
 */

#include "program-file.h"

#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "sh-error.h"

ShProgram *
sh_program_file_compile (const char *file, GError **error)
{
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (GError) first = NULL;
  g_autofree char *text = NULL;
  ShProgram *program;
  guint n_errors = 0;
  gsize length;

  text = sh_cmd_read_file (file, SH_PROGRAM_MAX_BYTES, &length, error);
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
