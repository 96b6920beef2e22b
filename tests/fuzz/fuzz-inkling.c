/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds bytes to the Inkling compiler. Every text compiles or has an error; each
 * diagnostic can be shown, each program printed.
 */

#include "sh-program.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShProgram) program = sh_program_compile (
      (const char *) data, size, "fuzz.ink", &diagnostics, &error);
  g_autofree char *model = NULL;

  g_assert ((program == NULL) == (error != NULL));
  for (guint i = 0; i < diagnostics->len; i++)
    {
      g_autofree char *shown = sh_diagnostic_format (
          g_ptr_array_index (diagnostics, i), "fuzz.ink", text);

      g_assert (g_utf8_validate (shown, -1, NULL));
    }
  if (program != NULL)
    model = sh_program_dump (program);
  return 0;
}
