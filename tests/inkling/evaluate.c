/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * For the oracles in Python: compiles a program and does what its input says, a
 * command a line, with one line of answer each.
 *
 *   call NAME number...          runs a function: "= number..." or "! message"
 *   begin LIMIT                  an episode begins: "ok"
 *   state REWARD TERMINAL number...
 *                                the simulator's state: "= reward terminal over earned"
 *                                or "! message"
 *   see number...                a state as what the concept sees: "= number..."
 *   act number...                what the concept chooses as the simulator's
 *                                action: "= number..." or "! message"
 *   mask number...               "= allowed...", or "! message"
 *   finish                       "= success", then success and satisfaction of
 *                                each objective
 *
 * All structs are of doubles, in the order of the program's types.
 */

#include <stdio.h>
#include <string.h>

#include "sh-evaluator.h"

static double
read_number (const char *text)
{
  char *end;
  double number = g_ascii_strtod (text, &end);

  g_assert (end != text);
  return number;
}

static void
print_number (double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  printf (" %s", g_ascii_dtostr (text, sizeof text, number));
}

static const ShCodeFunction *
find_function (const ShBytecode *code, const char *name, guint *index)
{
  for (guint i = 0; i < code->n_functions; i++)
    if (g_strcmp0 (code->functions[i].name, name) == 0)
      {
        *index = i;
        return &code->functions[i];
      }
  g_error ("no function '%s'", name);
}

/* The slots are as the last call left them: that must make no difference. */
static void
call (const ShBytecode *code, double *slots, char **words)
{
  guint index;
  const ShCodeFunction *function = find_function (code, words[1], &index);
  g_autoptr (GError) error = NULL;
  guint next = 2;
  ShFault fault;

  for (guint i = 0; i < function->n_parameters; i++)
    {
      const ShParameter *parameter = &function->parameters[i];

      for (guint j = 0; j < sh_bytecode_count_slots (parameter->type); j++)
        slots[parameter->slot + j] = read_number (words[next++]);
    }
  g_assert (words[next] == NULL);
  if (!sh_bytecode_run (code, index, slots, &fault))
    {
      sh_bytecode_set_error (code, &fault, &error);
      printf ("! %s\n", error->message);
      return;
    }
  putchar ('=');
  for (guint i = 0; i < sh_bytecode_count_slots (function->result); i++)
    print_number (slots[function->result_slot + i]);
  putchar ('\n');
}

/* A struct of doubles with the type's names; `owner` takes what it rests on. */
static SimhostSchema
make_table (const ShType *type, GPtrArray *owner)
{
  SimhostField *rows = g_new0 (SimhostField, type->n_fields + 1);

  for (guint i = 0; i < type->n_fields; i++)
    rows[i] = (SimhostField){
      .name = type->fields[i].name,
      .type = SIMHOST_TYPE_DOUBLE,
      .offset = i * sizeof (double),
      .size = sizeof (double),
      .count = 1,
    };
  g_ptr_array_add (owner, rows);
  return (SimhostSchema){ .fields = rows,
                          .n_fields = type->n_fields,
                          .size = type->n_fields * sizeof (double) };
}

static void
observe (ShEvaluator *evaluator, double *state, guint n, char **words)
{
  g_autoptr (GError) error = NULL;
  ShEvaluation evaluation;

  for (guint i = 0; i < n; i++)
    state[i] = read_number (words[3 + i]);
  g_assert (words[3 + n] == NULL);
  if (!sh_evaluator_observe (evaluator, state, read_number (words[1]),
                             read_number (words[2]) != 0, &evaluation, &error))
    {
      printf ("! %s\n", error->message);
      return;
    }
  putchar ('=');
  print_number (evaluation.reward);
  print_number (evaluation.terminal);
  print_number (evaluation.over);
  print_number (evaluation.earned);
  putchar ('\n');
}

/* One struct to another; `values` has room for either. */
static void
transform (ShEvaluator *evaluator,
           gconstpointer (*func) (ShEvaluator *, gconstpointer, GError **),
           double *values,
           guint n,
           guint n_results,
           char **words)
{
  g_autoptr (GError) error = NULL;
  const double *result;

  for (guint i = 0; i < n; i++)
    values[i] = read_number (words[1 + i]);
  g_assert (words[1 + n] == NULL);
  result = func (evaluator, values, &error);
  if (result == NULL)
    {
      printf ("! %s\n", error->message);
      return;
    }
  putchar ('=');
  for (guint i = 0; i < n_results; i++)
    print_number (result[i]);
  putchar ('\n');
}

static void
mask (ShEvaluator *evaluator, double *state, guint n, char **words)
{
  guint n_masked = sh_evaluator_get_n_masked (evaluator);
  g_autofree guint8 *allowed = g_new0 (guint8, n_masked);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < n; i++)
    state[i] = read_number (words[1 + i]);
  if (!sh_evaluator_mask (evaluator, state, allowed, &error))
    {
      printf ("! %s\n", error->message);
      return;
    }
  putchar ('=');
  for (guint i = 0; i < n_masked; i++)
    print_number (allowed[i]);
  putchar ('\n');
}

static void
finish (ShEvaluator *evaluator, guint n_objectives)
{
  ShOutcome outcomes[SH_GOAL_MAX_OBJECTIVES] = { 0 };

  putchar ('=');
  print_number (sh_evaluator_finish (evaluator, outcomes));
  for (guint i = 0; i < n_objectives; i++)
    {
      print_number (outcomes[i].success);
      print_number (outcomes[i].satisfaction);
    }
  putchar ('\n');
}

static void
serve (ShProgram *program)
{
  const ShConcept *concept = &program->concepts[program->output];
  const ShType *type = concept->source.state;
  g_autoptr (GPtrArray) owner = g_ptr_array_new_with_free_func (g_free);
  const SimhostSchema state_table = make_table (type, owner);
  const SimhostSchema action_table = make_table (concept->source.action, owner);
  const SimhostSchema input_table = make_table (concept->input, owner);
  const SimhostSchema output_table = make_table (concept->output, owner);
  const ShEvaluatorTables tables = { &state_table, &action_table, &input_table,
                                     &output_table };
  ShLesson lesson = concept->lessons[0];
  g_autoptr (GError) error = NULL;
  g_autoptr (ShEvaluator) evaluator =
      sh_evaluator_new (concept, &tables, &error);
  g_autofree double *state = g_new0 (double, SH_TYPE_MAX_FIELDS);
  g_autofree double *slots =
      program->code != NULL
          ? g_memdup2 (program->code->initial,
                       program->code->n_slots * sizeof (double))
          : NULL;
  static char line[1 << 20];

  g_assert_no_error (error);
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      g_auto (GStrv) words = g_strsplit (g_strchomp (line), " ", -1);

      if (strcmp (words[0], "call") == 0)
        call (program->code, slots, words);
      else if (strcmp (words[0], "state") == 0)
        observe (evaluator, state, type->n_fields, words);
      else if (strcmp (words[0], "see") == 0)
        transform (evaluator, sh_evaluator_see, state, type->n_fields,
                   concept->input->n_fields, words);
      else if (strcmp (words[0], "act") == 0)
        transform (evaluator, sh_evaluator_act, state,
                   concept->output->n_fields, concept->source.action->n_fields,
                   words);
      else if (strcmp (words[0], "mask") == 0)
        mask (evaluator, state, type->n_fields, words);
      else if (strcmp (words[0], "finish") == 0)
        finish (evaluator, concept->n_objectives);
      else
        {
          g_assert_cmpstr (words[0], ==, "begin");
          lesson.training.episode_iteration_limit =
              (guint64) read_number (words[1]);
          sh_evaluator_begin (evaluator, &lesson);
          puts ("ok");
        }
      fflush (stdout);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_assert (argc == 2);
  g_file_get_contents (argv[1], &text, &length, &error);
  g_assert_no_error (error);
  program = sh_program_compile (text, length, "test.ink", NULL, &error);
  if (program == NULL)
    {
      printf ("compile %s\n", error->message);
      return 3;
    }
  puts ("ready");
  fflush (stdout);
  serve (program);
  return 0;
}
