/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Whole programs. Each file in good/ compiles to what stands in its sibling
 * .expected: the warnings, then the model. Each file in bad/ begins with the
 * errors that it must give, in lines that start with "#!".
 */

#include "corpus.h"

#include "sh-error.h"

static void
test_good (gconstpointer data)
{
  const char *name = data;
  gsize length;
  g_autofree char *text = corpus_read ("good", name, ".ink", &length);
  g_autofree char *expected = corpus_read ("good", name, ".expected", NULL);
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShProgram) program =
      sh_program_compile (text, length, name, &diagnostics, &error);
  g_autofree char *report = NULL, *model = NULL, *found = NULL;

  g_assert_no_error (error);
  g_assert_nonnull (program);
  g_assert_cmpstr (program->text, ==, text);
  report = corpus_report (diagnostics);
  model = sh_program_dump (program);
  found = g_strconcat (report, model, NULL);
  g_assert_cmpstr (found, ==, expected);
}

/* The lines of `text` that start with "#! ", without that. */
static char *
get_expected (const char *text)
{
  GString *out = g_string_new (NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; g_str_has_prefix (lines[i], "#! "); i++)
    g_string_append_printf (out, "%s\n", lines[i] + 3);
  return g_string_free (out, FALSE);
}

static void
test_bad (gconstpointer data)
{
  const char *name = data;
  gsize length;
  g_autofree char *text = corpus_read ("bad", name, ".ink", &length);
  g_autofree char *expected = get_expected (text);
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (GError) error = NULL;
  ShProgram *program =
      sh_program_compile (text, length, name, &diagnostics, &error);
  g_autofree char *found = NULL;

  g_assert_error (error, SH_ERROR, SH_ERROR_SYNTAX);
  g_assert_null (program);
  g_assert_true (g_str_has_prefix (error->message, name));
  g_assert_null (strchr (error->message, '\n'));
  found = corpus_report (diagnostics);
  g_assert_cmpstr (found, ==, expected);

  for (guint i = 0; i < diagnostics->len; i++)
    {
      g_autofree char *shown =
          sh_diagnostic_format (g_ptr_array_index (diagnostics, i), name, text);

      g_assert_true (g_utf8_validate (shown, -1, NULL));
      g_assert_nonnull (strchr (shown, '^'));
    }
}

/* What is shipped compiles without a word. */
static void
test_shipped (gconstpointer data)
{
  const char *name = data;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data",
                                                 "curricula", name, NULL);
  g_autofree char *text = NULL, *report = NULL;
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  program = sh_program_compile (text, -1, name, &diagnostics, &error);
  g_assert_no_error (error);
  report = corpus_report (diagnostics);
  g_assert_cmpstr (report, ==, "");
}

/* The numbers that the rest of the engine goes by. */
static void
test_cartpole (void)
{
  g_autofree char *path = g_test_build_filename (
      G_TEST_DIST, "..", "data", "curricula", "cartpole.ink", NULL);
  g_autofree char *text = NULL;
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (GError) error = NULL;
  const ShConcept *concept;
  const ShLesson *lesson;
  const ShType *command;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  program = sh_program_compile (text, -1, "cartpole.ink", NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (program->n_concepts, ==, 1);
  g_assert_cmpuint (program->output, ==, 0);
  concept = &program->concepts[0];
  g_assert_cmpstr (concept->source.name, ==, "cartpole");
  g_assert_null (concept->source.package);
  g_assert_null (concept->algorithm);
  g_assert_cmpuint (concept->n_settings, ==, 0);
  g_assert_cmpuint (concept->n_hidden_layers, ==, 0);
  g_assert_cmpstr (concept->input->name, ==, "GameState");
  g_assert_cmpuint (concept->input->n_fields, ==, 4);
  g_assert_cmpstr (concept->input->fields[3].name, ==, "rotation");
  g_assert_cmpint (concept->input->fields[3].type->number, ==,
                   SH_NUMBER_FLOAT32);

  command = sh_type_find_field (concept->output, "command")->type;
  g_assert_null (sh_type_find_field (concept->output, "angle"));
  g_assert_cmpint (command->constraint, ==, SH_CONSTRAINT_NOMINAL);
  g_assert_cmpuint (sh_type_get_n_choices (command), ==, 2);
  g_assert_cmpfloat (sh_type_get_choice (command, 1), ==, 1);
  g_assert_cmpstr (command->values[1].name, ==, "Right");

  g_assert_cmpuint (concept->n_lessons, ==, 1);
  lesson = &concept->lessons[0];
  g_assert_cmpstr (lesson->name, ==, "balance");
  g_assert_cmpuint (lesson->scenario->n_fields, ==, 2);
  g_assert_cmpstr (lesson->scenario->fields[0].name, ==, "episode_length");
  g_assert_cmpint (lesson->scenario->fields[0].type->number, ==,
                   SH_NUMBER_INT32);
  g_assert_cmpfloat (lesson->scenario->fields[0].type->min, ==, -1);
  g_assert_cmpfloat (lesson->scenario->fields[0].type->max, ==, -1);
  g_assert_cmpuint (lesson->training.episode_iteration_limit, ==, 500);
  g_assert_cmpuint (lesson->training.total_iteration_limit, ==, 50000000);
  g_assert_cmpuint (lesson->training.no_progress_iteration_limit, ==, 250000);
  g_assert_cmpuint (lesson->training.lesson_assessment_window, ==, 100);
  g_assert_cmpfloat (lesson->training.lesson_reward_threshold, ==, 475);
}

static void
add_tests (const char *folder, GTestDataFunc func)
{
  g_autoptr (GPtrArray) names = corpus_list (folder);

  g_assert_cmpuint (names->len, >=, 40);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      g_autofree char *path = g_strdup_printf ("/inkling/%s/%s", folder, name);

      g_test_add_data_func_full (path, g_strdup (name), func, g_free);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add_tests ("good", test_good);
  add_tests ("bad", test_bad);
  g_test_add_data_func ("/inkling/shipped/cartpole", "cartpole.ink",
                        test_shipped);
  g_test_add_data_func ("/inkling/shipped/find_center", "find_center.ink",
                        test_shipped);
  g_test_add_func ("/inkling/shipped/cartpole-model", test_cartpole);
  return g_test_run ();
}
