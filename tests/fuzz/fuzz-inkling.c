/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Feeds bytes to the Inkling compiler. Every text compiles or has an error; each
 * diagnostic can be shown, each program printed, and each of its functions run
 * on numbers of all kinds: it ends, with finite results or a message.
 */

#include <math.h>
#include <string.h>

#include "sh-program.h"

int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

static void
run (const ShBytecode *code, guint index, double *slots, double number)
{
  const ShCodeFunction *function = &code->functions[index];
  g_autoptr (GError) error = NULL;
  ShFault fault;

  for (guint i = 0; i < function->n_parameters; i++)
    for (guint j = 0;
         j < sh_bytecode_count_slots (function->parameters[i].type); j++)
      slots[function->parameters[i].slot + j] = number;
  if (!sh_bytecode_run (code, index, NULL, slots, &fault))
    {
      sh_bytecode_set_error (code, &fault, &error);
      g_assert (error != NULL && strchr (error->message, '\n') == NULL);
      return;
    }
  for (guint i = 0; i < sh_bytecode_count_slots (function->result); i++)
    g_assert (isfinite (slots[function->result_slot + i]));
}

static void
run_all (const ShBytecode *code)
{
  static const double numbers[] = { 0, 1, -1, 0.5, 3, -1e-300, 1e300 };
  g_autofree double *slots =
      g_memdup2 (code->initial, code->n_slots * sizeof (double));

  g_assert (sh_bytecode_verify (code));
  for (guint i = 0; i < code->n_functions; i++)
    for (guint j = 0; j < G_N_ELEMENTS (numbers); j++)
      run (code, i, slots, numbers[j]);
}

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
  if (program != NULL && program->code != NULL)
    run_all (program->code);
  return 0;
}
