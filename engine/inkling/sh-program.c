/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From text to program: limits on the text, the stages in turn, and the life of
 * what comes out.
 */

#include "sh-program.h"

#include "sh-compile.h"
#include "sh-error.h"
#include "sh-parser.h"

#include <string.h>

static void
clear_source (ShSource *source)
{
  g_free (source->name);
  g_free (source->package);
  g_clear_pointer (&source->state, sh_type_unref);
  g_clear_pointer (&source->action, sh_type_unref);
  g_clear_pointer (&source->config, sh_type_unref);
}

static void
clear_objective (ShObjective *objective)
{
  g_free (objective->name);
  g_free (objective->low);
  g_free (objective->high);
  g_free (objective->centre);
  g_free (objective->scale);
  g_free (objective->bounds);
  g_free (objective->region_text);
}

static void
clear_concept (ShConcept *concept)
{
  g_free (concept->name);
  g_clear_pointer (&concept->input, sh_type_unref);
  g_clear_pointer (&concept->output, sh_type_unref);
  clear_source (&concept->source);
  g_free (concept->algorithm);
  for (guint i = 0; i < concept->n_settings; i++)
    {
      g_free (concept->settings[i].name);
      g_free (concept->settings[i].text);
    }
  g_free (concept->settings);
  g_free (concept->hidden_layers);
  g_free (concept->hidden_activations);
  g_free (concept->q_hidden_layers);
  g_free (concept->q_hidden_activations);
  for (guint i = 0; i < concept->n_lessons; i++)
    {
      g_free (concept->lessons[i].name);
      g_free (concept->lessons[i].reward);
      g_clear_pointer (&concept->lessons[i].scenario, sh_type_unref);
    }
  g_free (concept->lessons);
  for (guint i = 0; i < concept->n_objectives; i++)
    clear_objective (&concept->objectives[i]);
  g_free (concept->objectives);
  g_free (concept->asked);
}

static void
clear_graph_concept (ShGraphConcept *concept)
{
  g_free (concept->name);
  g_strfreev (concept->inputs);
  g_strfreev (concept->choices);
  g_strfreev (concept->masked);
  g_free (concept->function);
  g_clear_pointer (&concept->output, sh_type_unref);
}

ShProgram *
sh_program_ref (ShProgram *program)
{
  g_return_val_if_fail (program != NULL, NULL);

  g_atomic_ref_count_inc (&program->ref_count);
  return program;
}

void
sh_program_unref (ShProgram *program)
{
  g_return_if_fail (program != NULL);

  if (!g_atomic_ref_count_dec (&program->ref_count))
    return;
  for (guint i = 0; i < program->n_concepts; i++)
    clear_concept (&program->concepts[i]);
  g_free (program->concepts);
  for (guint i = 0; i < program->n_graph; i++)
    clear_graph_concept (&program->graph[i]);
  g_free (program->graph);
  g_clear_pointer (&program->code, sh_bytecode_free);
  g_free (program->text);
  g_free (program->file);
  g_free (program);
}

/* Whether the text can be read at all; reports why not. */
static gboolean
check_text (ShDiagnostics *diagnostics, const char *text, gsize length)
{
  const char *end;
  ShSpan span = { .length = 1 };

  if (length > SH_PROGRAM_MAX_BYTES)
    {
      sh_diagnostics_error (diagnostics, span,
                            "the program is larger than %u KiB",
                            SH_PROGRAM_MAX_BYTES / 1024);
      return FALSE;
    }
  if (g_utf8_validate_len (text, length, &end))
    return TRUE;
  span.offset = end - text;
  if (*end == '\0')
    sh_diagnostics_error (diagnostics, span, "the file has a zero byte");
  else
    {
      sh_diagnostics_error (diagnostics, span, "the byte 0x%02X is not UTF-8",
                            (guint) (guchar) *end);
      sh_diagnostics_hint (diagnostics, "save the file as UTF-8");
    }
  return FALSE;
}

/* Whether a function reads a field of its parameter `place`. */
static gboolean
function_reads (const ShBytecode *code,
                guint function,
                guint place,
                const char *field)
{
  const ShParameter *parameter;

  if (function == SH_NO_FUNCTION ||
      code->functions[function].n_parameters <= place)
    return FALSE;
  parameter = &code->functions[function].parameters[place];
  for (guint i = 0; i < parameter->type->n_fields; i++)
    if (strcmp (parameter->type->fields[i].name, field) == 0)
      return parameter->is_read[i];
  return FALSE;
}

gboolean
sh_concept_sees_state (const ShConcept *concept, const char *field)
{
  g_return_val_if_fail (concept != NULL && field != NULL, FALSE);

  if (concept->state == SH_NO_FUNCTION &&
      sh_type_find_field (concept->input, field) != NULL)
    return TRUE;
  return function_reads (concept->code, concept->state, 0, field) ||
         function_reads (concept->code, concept->mask, 0, field) ||
         function_reads (concept->code, concept->action, 1, field);
}

static gboolean
objective_reads (const ShConcept *concept,
                 const ShObjective *objective,
                 const char *field)
{
  for (guint i = 0; i < objective->n_bounds; i++)
    if (function_reads (concept->code, objective->bounds[i], 0, field))
      return TRUE;
  return function_reads (concept->code, objective->function, 0, field);
}

gboolean
sh_concept_reads_state (const ShConcept *concept, const char *field)
{
  g_return_val_if_fail (concept != NULL && field != NULL, FALSE);

  for (guint i = 0; i < concept->n_objectives; i++)
    if (objective_reads (concept, &concept->objectives[i], field))
      return TRUE;
  return sh_concept_sees_state (concept, field) ||
         function_reads (concept->code, concept->reward, 0, field) ||
         function_reads (concept->code, concept->terminal, 0, field);
}

/* Marks the policies that a function asks; those that it calls ask none. */
static void
mark_asked (const ShBytecode *code, guint function, gboolean *asked)
{
  const ShCodeFunction *at;

  if (function == SH_NO_FUNCTION)
    return;
  at = &code->functions[function];
  for (guint32 i = 0; i < at->n_instructions; i++)
    if (code->instructions[at->start + i].op == SH_OP_ASK)
      asked[code->instructions[at->start + i].c] = TRUE;
}

static void
link_concept (ShProgram *program, guint place)
{
  ShConcept *concept = &program->concepts[place];
  gboolean asked[SH_PROGRAM_MAX_LEARNED] = { FALSE };

  concept->code = program->code;
  concept->place = place;
  concept->all = program->concepts;
  mark_asked (program->code, concept->state, asked);
  mark_asked (program->code, concept->action, asked);
  concept->asked = g_new (guint, place + 1);
  for (guint i = 0; i < place; i++)
    if (asked[i])
      concept->asked[concept->n_asked++] = i;
}

static void
link_code (ShProgram *program, ShFunctions *functions, const char *file)
{
  program->code = sh_functions_link (functions, file);
  for (guint i = 0; i < program->n_concepts; i++)
    link_concept (program, i);
}

static ShProgram *
compile (const char *text,
         gsize length,
         const char *file,
         ShDiagnostics *diagnostics)
{
  g_autoptr (ShPool) pool = sh_pool_new ();
  g_autoptr (ShProgram) program = NULL;
  ShProgramNode tree;
  ShScope scope;

  if (!check_text (diagnostics, text, length))
    return NULL;
  tree = sh_parser_parse (diagnostics, pool);
  if (diagnostics->n_errors > 0 &&
      (tree.items == NULL || sh_diagnostics_is_full (diagnostics)))
    return NULL;
  diagnostics->is_parsed = TRUE;

  program = g_new0 (ShProgram, 1);
  g_atomic_ref_count_init (&program->ref_count);
  program->text = g_strndup (text, length);
  program->file = g_strdup (file);
  sh_scope_init (&scope, &tree, diagnostics, pool);
  scope.functions = sh_functions_new (&scope);
  sh_compile (&scope, program);
  if (diagnostics->n_errors == 0)
    link_code (program, scope.functions, file);
  sh_functions_free (scope.functions);
  sh_scope_clear (&scope);
  return diagnostics->n_errors == 0 ? g_steal_pointer (&program) : NULL;
}

static void
set_error (GError **error, const GPtrArray *found, const char *file)
{
  for (guint i = 0; i < found->len; i++)
    {
      const ShDiagnostic *first = g_ptr_array_index (found, i);

      if (first->warning)
        continue;
      g_set_error (error, SH_ERROR, SH_ERROR_SYNTAX, "%s:%u:%u: %s%s%s", file,
                   first->line, first->column, first->message,
                   first->hint != NULL ? "; " : "",
                   first->hint != NULL ? first->hint : "");
      return;
    }
}

ShProgram *
sh_program_compile (const char *text,
                    gssize length,
                    const char *file,
                    GPtrArray **diagnostics,
                    GError **error)
{
  ShDiagnostics collected;
  g_autofree char *copy = NULL;
  g_autoptr (GPtrArray) found = NULL;
  ShProgram *program;
  gsize size;

  g_return_val_if_fail (text != NULL || length == 0, NULL);
  g_return_val_if_fail (file != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  size = length >= 0 ? (gsize) length : strlen (text);
  /* The lexer looks ahead up to a NUL. */
  copy = g_malloc (size + 1);
  if (size > 0)
    memcpy (copy, text, size);
  copy[size] = '\0';

  sh_diagnostics_init (&collected, copy, size);
  program = compile (copy, size, file, &collected);
  found = sh_diagnostics_steal (&collected);
  if (program == NULL)
    set_error (error, found, file);
  if (diagnostics != NULL)
    *diagnostics = g_steal_pointer (&found);
  return program;
}

const char *
sh_program_find_version (const char *text)
{
  ShDiagnostics diagnostics;
  g_autoptr (GPtrArray) found = NULL;
  const gsize length = text != NULL ? strlen (text) : 0;
  gboolean is_first;

  g_return_val_if_fail (text != NULL, NULL);

  sh_diagnostics_init (&diagnostics, text, length);
  is_first = check_text (&diagnostics, text, length) &&
             sh_parser_is_first_version (&diagnostics);
  found = sh_diagnostics_steal (&diagnostics);
  return is_first ? "1.0" : "2.0";
}
