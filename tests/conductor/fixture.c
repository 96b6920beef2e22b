/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Programs and a learner for the tests.
 */

#include "fixture.h"

#include <string.h>

ShProgram *
fixture_compile (const char *text)
{
  g_autoptr (GError) error = NULL;
  ShProgram *program = sh_program_compile (text, (gssize) strlen (text),
                                           "test.ink", NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (program);
  return program;
}

ShProgram *
fixture_program (const char *state,
                 const char *action,
                 const char *config,
                 const char *curriculum)
{
  g_autofree char *text = g_strdup_printf (
      "inkling \"2.0\" using Goal\n"
      "type State %s\n"
      "type Action %s\n"
      "type Config %s\n"
      "simulator Sim (action: Action, config: Config): State { }\n"
      "graph (input: State): Action {\n"
      "  concept Walk (input): Action {\n"
      "    curriculum { source Sim %s }\n"
      "  }\n"
      "  output Walk\n"
      "}\n",
      state, action, config, curriculum);

  return fixture_compile (text);
}

const ShConcept *
fixture_concept (const ShProgram *program)
{
  return &program->concepts[program->output];
}

const SimhostField *
fixture_row (const SimhostSchema *table, const char *name)
{
  for (guint i = 0; i < table->n_fields; i++)
    if (strcmp (table->fields[i].name, name) == 0)
      return &table->fields[i];
  g_error ("no field '%s'", name);
}

gpointer
fixture_member (const SimhostSchema *table, gpointer values, const char *name)
{
  return (char *) values + fixture_row (table, name)->offset;
}

/* The learner */

typedef struct
{
  ShLearner parent;
  ShSpace *space;
  ShPolicy *policy;
  guint batch_size;
  GPtrArray *batches;
} Recorder;

static void
recorder_free (ShLearner *learner)
{
  Recorder *self = (Recorder *) learner;

  sh_space_free (self->space);
  sh_policy_free (self->policy);
  g_ptr_array_unref (self->batches);
  g_free (self);
}

static ShPolicy *
recorder_get_policy (ShLearner *learner)
{
  return ((Recorder *) learner)->policy;
}

static guint
recorder_get_batch_size (ShLearner *learner)
{
  return ((Recorder *) learner)->batch_size;
}

static void
recorder_learn (ShLearner *learner,
                ShFragment *const *fragments,
                guint n_fragments,
                ShLearnerStats *stats)
{
  Recorder *self = (Recorder *) learner;
  gsize n_observations = self->space->n_observations;
  gsize n_actions = self->space->n_actions;
  GPtrArray *batch =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_fragment_free);

  for (guint i = 0; i < n_fragments; i++)
    {
      const ShFragment *from = fragments[i];
      gsize n = from->n_steps;
      ShFragment *to = sh_fragment_new (self->space, from->n_steps);

      to->n_steps = from->n_steps;
      to->end = from->end;
      memcpy (to->observations, from->observations,
              (n + 1) * n_observations * sizeof (float));
      memcpy (to->actions, from->actions, n * n_actions * sizeof (float));
      memcpy (to->log_probs, from->log_probs, n * sizeof (float));
      memcpy (to->values, from->values, n * sizeof (float));
      memcpy (to->rewards, from->rewards, n * sizeof (float));
      if (from->masks != NULL)
        {
          sh_fragment_need_masks (to, self->space);
          memcpy (to->masks, from->masks,
                  (n + 1) * sh_space_get_n_choices (self->space));
        }
      g_ptr_array_add (batch, to);
    }
  g_ptr_array_add (self->batches, batch);
}

static const ShLearnerClass recorder_class = {
  .name = "RECORDER",
  .free = recorder_free,
  .get_policy = recorder_get_policy,
  .get_batch_size = recorder_get_batch_size,
  .learn = recorder_learn,
};

ShLearner *
fixture_learner_new (const ShSpace *space, guint batch_size, guint64 seed)
{
  Recorder *self = g_new0 (Recorder, 1);
  const guint layers[] = { 8 };

  self->parent.klass = &recorder_class;
  self->space = sh_space_copy (space);
  self->policy = sh_policy_new (space, layers, G_N_ELEMENTS (layers), seed);
  self->batch_size = batch_size;
  self->batches =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_ptr_array_unref);
  return &self->parent;
}

GPtrArray *
fixture_learner_get_batches (ShLearner *learner)
{
  return ((Recorder *) learner)->batches;
}
