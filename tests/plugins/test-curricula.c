/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Each curriculum that is shipped fits its simulator: it compiles without a
 * word, names fields that the plugin's own tables have, and asks for no value
 * that they do not allow.
 *
 *   test-curricula FILE.so FILE.ink ...
 */

#include <dlfcn.h>
#include <glib.h>
#include <math.h>
#include <simhost/plugin.h>
#include <string.h>

#include "sh-program.h"

typedef struct
{
  const SimhostSimulator *simulator;
  const char *path;
} Pair;

static const SimhostSimulator *
load (const char *path, guint index)
{
  void *handle = dlopen (path, RTLD_NOW | RTLD_LOCAL);
  const SimhostPlugin *plugin;

  g_assert_nonnull (handle);
  plugin = dlsym (handle, "simhost_plugin");
  g_assert_nonnull (plugin);
  return index < plugin->get_n_simulators () ? plugin->get_simulator (index)
                                             : NULL;
}

static const SimhostField *
find_field (const SimhostSchema *schema, const char *name)
{
  for (guint i = 0; i < schema->n_fields; i++)
    if (g_str_equal (schema->fields[i].name, name))
      return &schema->fields[i];
  return NULL;
}

static gboolean
allows (const SimhostField *field, double value)
{
  if ((field->flags & SIMHOST_FIELD_HAS_MIN) && value < field->min)
    return FALSE;
  if ((field->flags & SIMHOST_FIELD_HAS_MAX) && value > field->max)
    return FALSE;
  for (guint i = 0; i < field->n_values; i++)
    if (field->values[i].value == value)
      return TRUE;
  return field->n_values == 0;
}

/* Every field of `type` is one of `schema`, and what it can be is allowed. */
static void
check_fits (const ShType *type, const SimhostSchema *schema)
{
  for (guint i = 0; type != NULL && i < type->n_fields; i++)
    {
      const ShTypeField *asked = &type->fields[i];
      const SimhostField *field = find_field (schema, asked->name);

      g_test_message ("%s.%s", schema->name, asked->name);
      g_assert_nonnull (field);
      for (guint j = 0; j < asked->type->n_values; j++)
        g_assert_true (allows (field, asked->type->values[j].value));
      if (asked->type->constraint == SH_CONSTRAINT_RANGE ||
          asked->type->constraint == SH_CONSTRAINT_STEPS)
        {
          g_assert_true (allows (field, asked->type->min));
          g_assert_true (allows (field, asked->type->max));
        }
    }
}

/* A choice of the brain's is one of all those that the simulator has. */
static void
check_choices (const ShType *action, const SimhostSchema *schema)
{
  g_assert_cmpuint (action->n_fields, ==, schema->n_fields);
  for (guint i = 0; i < action->n_fields; i++)
    {
      const SimhostField *field = find_field (schema, action->fields[i].name);

      g_assert_cmpuint (sh_type_get_n_choices (action->fields[i].type), ==,
                        field->n_values);
    }
}

static void
check_concept (const ShConcept *concept, const SimhostSimulator *simulator)
{
  g_assert_cmpstr (concept->source.name, ==, simulator->name);
  check_fits (concept->source.state, &simulator->state);
  check_fits (concept->source.action, &simulator->action);
  check_fits (concept->source.config, &simulator->config);
  check_choices (concept->source.action, &simulator->action);
  for (guint i = 0; i < concept->n_lessons; i++)
    {
      const ShLesson *lesson = &concept->lessons[i];

      check_fits (lesson->scenario, &simulator->config);
      /* One of both says when it is learnt. */
      g_assert_true (isnan (lesson->training.lesson_reward_threshold) ==
                     (concept->n_objectives > 0));
    }
}

static void
test_curriculum (gconstpointer data)
{
  const Pair *pair = data;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) diagnostics = NULL;
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (pair->path, &text, NULL, &error);
  g_assert_no_error (error);
  program = sh_program_compile (text, -1, pair->path, &diagnostics, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (diagnostics->len, ==, 0);

  g_assert_cmpuint (program->n_concepts, >=, 1);
  for (guint i = 0; i < program->n_concepts; i++)
    check_concept (&program->concepts[i], pair->simulator);
}

/* The one with the longest name that the file's begins with: "cartpole_goal" is
 * for cartpole, too. */
static const SimhostSimulator *
find_simulator (GHashTable *simulators, const char *file)
{
  g_autofree char *name = g_strdup (file);
  const SimhostSimulator *simulator;
  char *end;

  while ((simulator = g_hash_table_lookup (simulators, name)) == NULL &&
         (end = strrchr (name, '_')) != NULL)
    *end = '\0';
  return simulator;
}

int
main (int argc, char **argv)
{
  g_autoptr (GHashTable) simulators =
      g_hash_table_new (g_str_hash, g_str_equal);
  const SimhostSimulator *simulator;

  g_test_init (&argc, &argv, NULL);

  for (int i = 1; i < argc; i++)
    if (g_str_has_suffix (argv[i], ".so"))
      for (guint j = 0; (simulator = load (argv[i], j)) != NULL; j++)
        g_hash_table_insert (simulators, (gpointer) simulator->name,
                             (gpointer) simulator);

  for (int i = 1; i < argc; i++)
    if (g_str_has_suffix (argv[i], ".ink"))
      {
        g_autofree char *file = g_path_get_basename (argv[i]);
        g_autofree char *name = g_strndup (file, strlen (file) - 4);
        g_autofree char *path = g_strconcat ("/curricula/", name, NULL);
        Pair *pair = g_new (Pair, 1);

        pair->path = argv[i];
        pair->simulator = find_simulator (simulators, name);
        g_assert_nonnull (pair->simulator);
        g_test_add_data_func_full (path, pair, test_curriculum, g_free);
      }

  return g_test_run ();
}
