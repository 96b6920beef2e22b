/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Inkling files.
 */

#include "program-file.h"

#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "sh-error.h"

/* What was given in place of a program. */
static gboolean
check_kind (const char *file, const char *text, gsize length, GError **error)
{
  if (memchr (text, 0, length) == NULL)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX,
               "%s is no text; give a program in Inkling, such as 'simhost "
               "inspect SIMULATOR --inkling' prints",
               file);
  return FALSE;
}

ShProgram *
sh_program_file_compile (const char *file, GError **error)
{
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (GError) first = NULL, own = NULL;
  g_autofree char *text = NULL;
  ShProgram *program;
  guint n_errors = 0;
  gsize length;

  text = sh_cmd_read_file (file, SH_PROGRAM_MAX_BYTES, &length, &own);
  if (g_error_matches (own, SH_ERROR, SH_ERROR_NOT_FOUND))
    g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
                 "%s; 'simhost inspect SIMULATOR --inkling' prints a program",
                 own->message);
  else if (own != NULL)
    g_propagate_error (error, g_steal_pointer (&own));
  if (text == NULL || !check_kind (file, text, length, error))
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
