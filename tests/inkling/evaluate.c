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
 * The concept is the program's, or the one that the second argument names. Where it
 * asks the policy of another one, the line "? CONCEPT number..." comes before the
 * answer, with "| allowed..." behind it if that one has a mask, and a line of
 * numbers is wanted.
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
  if (!sh_bytecode_run (code, index, NULL, slots, &fault))
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

/* Asks our peer what a policy decides: "? CONCEPT INPUT ... | ALLOWED ...". */
static gboolean
ask (gpointer data,
     guint k,
     gconstpointer input,
     const guint8 *allowed,
     gpointer output,
     GError **error)
{
  const ShConcept *concept = data;
  const ShConcept *other = &concept->all[concept->asked[k]];
  char line[4096];
  g_auto (GStrv) words = NULL;

  printf ("? %s", other->name);
  for (guint i = 0; i < other->input->n_fields; i++)
    print_number (((const double *) input)[i]);
  g_assert_true ((allowed != NULL) == (other->mask != SH_NO_FUNCTION));
  if (allowed != NULL)
    printf (" |");
  for (guint i = 0; allowed != NULL &&
                    i < other->code->functions[other->mask].result->length;
       i++)
    print_number (allowed[i]);
  putchar ('\n');
  fflush (stdout);
  g_assert_nonnull (fgets (line, sizeof line, stdin));
  words = g_strsplit (g_strchomp (line), " ", -1);
  g_assert_cmpuint (g_strv_length (words), ==, other->output->n_fields);
  for (guint i = 0; i < other->output->n_fields; i++)
    ((double *) output)[i] = read_number (words[i]);
  return TRUE;
}

/* Tables of those that `concept` asks. */
static const ShEvaluatorAsked *
make_asked (const ShConcept *concept, GPtrArray *owner)
{
  ShEvaluatorAsked *asked = g_new0 (ShEvaluatorAsked, concept->n_asked + 1);

  g_ptr_array_add (owner, asked);
  for (guint i = 0; i < concept->n_asked; i++)
    {
      const ShConcept *other = &concept->all[concept->asked[i]];
      SimhostSchema *tables = g_new0 (SimhostSchema, 2);

      g_ptr_array_add (owner, tables);
      tables[0] = make_table (other->input, owner);
      tables[1] = make_table (other->output, owner);
      asked[i] = (ShEvaluatorAsked){ &tables[0], &tables[1] };
    }
  return asked;
}

static void
serve (ShProgram *program, const ShConcept *concept)
{
  const ShType *type = concept->source.state;
  g_autoptr (GPtrArray) owner = g_ptr_array_new_with_free_func (g_free);
  const SimhostSchema state_table = make_table (type, owner);
  const SimhostSchema action_table = make_table (concept->source.action, owner);
  const SimhostSchema input_table = make_table (concept->input, owner);
  const SimhostSchema output_table = make_table (concept->output, owner);
  const ShEvaluatorTables tables = { &state_table, &action_table, &input_table,
                                     &output_table,
                                     make_asked (concept, owner) };
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
  sh_evaluator_set_ask (evaluator, ask, (gpointer) concept);
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

static const ShConcept *
find_concept (const ShProgram *program, const char *name)
{
  guint found = program->output;

  for (guint i = 0; name != NULL && i < program->n_concepts; i++)
    if (strcmp (program->concepts[i].name, name) == 0)
      found = i;
  g_assert (name == NULL || strcmp (program->concepts[found].name, name) == 0);
  return &program->concepts[found];
}

int
main (int argc, char **argv)
{
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  gsize length;

  g_assert (argc == 2 || argc == 3);
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
  serve (program, find_concept (program, argc == 3 ? argv[2] : NULL));
  return 0;
}
