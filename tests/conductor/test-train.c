/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The parts together: a program, its learner, and a run on a pole that is
 * balanced in the process (A. G. Barto, R. S. Sutton, C. W. Anderson: Neuronlike
 * adaptive elements that can solve difficult learning control problems, IEEE
 * Transactions on Systems, Man, and Cybernetics 13, 1983; sizes as in Gym).
 */

#include <math.h>
#include <string.h>
#include <simhost/random.h>

#include "fixture.h"
#include "sh-algorithm.h"
#include "sh-error.h"
#include "sh-run.h"

#define N_POLES 8u

typedef struct
{
  ShRun *run;
  ShActor *actor;
  SimhostRandom random;
  double x, v, angle, spin;
  gboolean begun;
} Pole;

static void act (ShActor *actor, gconstpointer action, gpointer data);

static ShRunVerdict
observe (Pole *self, double reward, gboolean terminal)
{
  const float state[] = { (float) self->x, (float) self->v, (float) self->angle,
                          (float) self->spin };

  return sh_run_observe (self->run, self->actor, state, reward, terminal);
}

static void
begin (Pole *self)
{
  guint64 config[8];
  guint lesson;

  self->begun = sh_run_begin_episode (self->run, self->actor, config, &lesson);
  if (!self->begun)
    return;
  self->x = simhost_random_uniform (&self->random, -0.05, 0.05);
  self->v = simhost_random_uniform (&self->random, -0.05, 0.05);
  self->angle = simhost_random_uniform (&self->random, -0.05, 0.05);
  self->spin = simhost_random_uniform (&self->random, -0.05, 0.05);
  observe (self, 0, FALSE);
}

static void
push (Pole *self, double force)
{
  const double tau = 0.02, cart = 1, pole = 0.1, half_length = 0.5;
  double sine = sin (self->angle), cosine = cos (self->angle);
  double shared =
      (force + pole * half_length * self->spin * self->spin * sine) /
      (cart + pole);
  double spin_rate =
      (9.8 * sine - cosine * shared) /
      (half_length * (4.0 / 3 - pole * cosine * cosine / (cart + pole)));
  double rate =
      shared - pole * half_length * spin_rate * cosine / (cart + pole);

  self->x += tau * self->v;
  self->v += tau * rate;
  self->angle += tau * self->spin;
  self->spin += tau * spin_rate;
}

static void
act (ShActor *actor, gconstpointer action, gpointer data)
{
  Pole *self = data;
  gboolean fallen;

  if (action == NULL)
    return;
  push (self, *(const int8_t *) action == 1 ? 10 : -10);
  fallen = fabs (self->x) > 2.4 || fabs (self->angle) > 12 * G_PI / 180;
  if (observe (self, 1, fallen) != SH_RUN_ACT)
    begin (self);
}

#define STATE                                                                  \
  "{ position: Number.Float32, velocity: Number.Float32,"                      \
  "  angle: Number.Float32, rotation: Number.Float32 }"

static void
play (ShRun *run)
{
  Pole poles[N_POLES];

  for (guint i = 0; i < N_POLES; i++)
    {
      poles[i] = (Pole){ .run = run };
      simhost_random_seed (&poles[i].random, 100 + i);
      poles[i].actor = sh_run_add_actor (run, act, &poles[i]);
      begin (&poles[i]);
    }
  while (sh_run_get_state (run) <= SH_RUN_STOPPING)
    sh_run_dispatch (run);
  for (guint i = 0; i < N_POLES; i++)
    sh_run_remove_actor (run, poles[i].actor);
}

static void
test_balances (void)
{
  g_autoptr (ShProgram) program = fixture_program (
      STATE, "{ command: Number.Int8<Left = 0, Right = 1> }", "{}",
      "algorithm { Algorithm: \"PPO\" }"
      "training { EpisodeIterationLimit: 500, LessonAssessmentWindow: 20,"
      "           LessonRewardThreshold: 250, TotalIterationLimit: 300000 }");
  const ShConcept *concept = fixture_concept (program);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShCodec) codec = sh_codec_new (concept, &error);
  g_autoptr (ShRun) training = NULL, assessment = NULL;
  ShLearner *learner;
  ShRunProgress progress;

  g_assert_no_error (error);
  learner =
      sh_algorithm_new_learner (concept, sh_codec_get_space (codec), 1, &error);
  g_assert_no_error (error);
  training = sh_run_new_training (program, concept, codec, learner, 1);
  play (training);
  g_assert_cmpint (sh_run_get_reason (training), ==,
                   SH_RUN_REASON_CURRICULUM_MET);
  sh_run_get_progress (training, &progress);
  g_assert_cmpfloat (progress.mean_return, >=, 250);
  g_test_message ("%" G_GUINT64_FORMAT " iterations in %.2f s",
                  progress.iterations, progress.seconds);

  /* Without exploration it does it all the better. */
  assessment = sh_run_new_assessment (program, concept, codec,
                                      sh_learner_get_policy (learner), 100, 2);
  play (assessment);
  sh_run_get_progress (assessment, &progress);
  g_assert_cmpuint (progress.episodes, ==, 100);
  g_assert_cmpfloat (progress.mean_return, >=, 250);
}

/* Settings of the algorithm */

static const char *const settings[] = {
  "{ Algorithm: \"PPO\" }",
  "{ Algorithm: \"PPO\", BatchSize: 8000, PolicyLearningRate: 0.001 }",
  "{ MemoryMode: \"none\" }",
  "{ MemoryMode: \"state\" }",
  "{ ConvolutionLimitDimension: \"none\" }",
  "{ ConvolutionLimitDimension: \"max\", ConvolutionLayers: [{ XSize: 3 }] }",
  "{ CompressionLayers: [{ Size: 4 }] }",
};

static void
test_settings (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    {
      g_autofree char *clause = g_strconcat ("algorithm ", settings[i], NULL);
      g_autoptr (ShProgram) program =
          fixture_program (STATE, "{ x: number }", "{}", clause);
      const ShConcept *concept = fixture_concept (program);
      g_autoptr (GError) error = NULL;
      g_autoptr (ShCodec) codec = sh_codec_new (concept, &error);
      g_autoptr (ShLearner) learner = NULL;

      g_assert_no_error (error);
      learner = sh_algorithm_new_learner (concept, sh_codec_get_space (codec),
                                          1, &error);
      g_assert_no_error (error);
      g_assert_nonnull (learner);
    }
}

static void
test_options (void)
{
  g_autoptr (ShProgram) program = fixture_program (
      STATE, "{ x: number }", "{}",
      "algorithm { Algorithm: \"PPO\", BatchSize: 6000,"
      "            PolicyLearningRate: 0.0005,"
      "            HiddenLayers: [{ Size: 32, Activation: \"tanh\" },"
      "                           { Size: 16, Activation: \"tanh\" }] }");
  const ShConcept *concept = fixture_concept (program);
  g_autoptr (ShSpace) space = sh_space_new (4, 1);
  g_autoptr (GError) error = NULL;
  ShLearnerOptions options, defaults;

  sh_learner_options_init_for (&defaults, "PPO", space);
  g_assert_true (sh_algorithm_get_options (concept, space, &options, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (options.batch_size, ==, 6000);
  g_assert_cmpfloat (options.learning_rate, ==, 0.0005);
  g_assert_cmpuint (options.n_hidden_layers, ==, 2);
  g_assert_cmpuint (options.hidden_layers[0], ==, 32);
  g_assert_cmpuint (options.hidden_layers[1], ==, 16);
  g_assert_cmpfloat (options.discount, ==, defaults.discount);
  g_assert_cmpstr (sh_algorithm_get_name (concept), ==, "PPO");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/train/balances", test_balances);
  g_test_add_func ("/train/settings", test_settings);
  g_test_add_func ("/train/options", test_options);
  return g_test_run ();
}
