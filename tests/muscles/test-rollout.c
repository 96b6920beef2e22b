/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a muscle does, without its process: steps and what is written down of
 * them, and what an engine makes of rows that may be anything. The simulator is fickle.c, linked in.
 */

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "programs.h"
#include "sh-error.h"
#include "sh-muscle-memory.h"
#include "sh-replayer.h"
#include "sh-rollout.h"
#include "sh-scenario.h"

extern const SimhostPlugin simhost_plugin;

#define N 3u /* instances */
#define T 40u /* rows */
#define O 3u /* numbers observed: seed, step, level */

typedef struct
{
  ShProgram *program;
  ShCodec *codec;
  ShPolicy *policy;
  ShRollout *rollout;
  ShRolloutRows rows;
} Fixture;

static void
rows_init (ShRolloutRows *rows)
{
  rows->n_steps = T;
  rows->observations = g_new0 (float, (T + 1) * N * O);
  rows->last = g_new0 (float, T *N *O);
  rows->actions = g_new0 (float, T *N);
  rows->log_probs = g_new0 (float, T *N);
  rows->values = g_new0 (float, T *N);
  rows->rewards = g_new0 (float, T *N);
  rows->earned = g_new0 (double, T *N);
  rows->ends = g_new0 (guint8, T * N);
  rows->outcomes = NULL; /* no goals */
  rows->masks = rows->last_masks = NULL; /* and no mask function */
}

static void
rows_clear (ShRolloutRows *rows)
{
  g_free (rows->observations);
  g_free (rows->last);
  g_free (rows->actions);
  g_free (rows->log_probs);
  g_free (rows->values);
  g_free (rows->rewards);
  g_free (rows->earned);
  g_free (rows->ends);
}

static void
set_up (Fixture *self, const char *curriculum)
{
  static const guint hidden[] = { 8 };
  g_autoptr (GError) error = NULL;

  self->program = fickle_program (curriculum);
  self->codec = sh_codec_new (fixture_concept (self->program), &error);
  g_assert_no_error (error);
  self->policy =
      sh_policy_new (sh_codec_get_space (self->codec), hidden, 1, 11);
  self->rollout = sh_rollout_new (
      &(ShRolloutOptions){
          .simulator = simhost_plugin.get_simulator (0),
          .concept = fixture_concept (self->program),
          .codec = self->codec,
          .policy = self->policy,
          .n_instances = N,
          .first_instance = 4,
          .n_all = 10,
          .seed = 1000,
          .first_episode = 2,
      },
      &error);
  g_assert_no_error (error);
  rows_init (&self->rows);
}

static void
tear_down (Fixture *self)
{
  rows_clear (&self->rows);
  sh_rollout_free (self->rollout);
  sh_policy_free (self->policy);
  sh_codec_unref (self->codec);
  sh_program_unref (self->program);
}

static void
run (Fixture *self, guint n_steps)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
      sh_rollout_run (self->rollout, 0, n_steps, &self->rows, &error));
  g_assert_no_error (error);
}

/* Observation `row` of instance `i`: seed, step, level. */
static const float *
get_row (const Fixture *self, guint row, guint i)
{
  return self->rows.observations + (row * N + i) * O;
}

static void
assert_observation (const float *row, double seed, double step)
{
  g_assert_cmpfloat (row[0], ==, seed);
  g_assert_cmpfloat (row[1], ==, step);
}

/* Rollouts */

/* Instance i of the rollout is 4 + i of 10; its episodes begin with number 2. */
static double
get_seed (guint i, guint episode)
{
  return 1000 + 4 + i + 10 * (2 + episode);
}

/* Episodes that the simulator ends after 7 steps; 40 and 10 steps of each. */
static void
test_terminal (void)
{
  Fixture self;
  guint step = 0, episode = 0;

  set_up (&self, "lesson only { scenario { length: 7, level: 2, deed: 0,"
                 "  at: 0 } }");
  for (guint call = 0; call < 2; call++)
    {
      const guint n_steps = call == 0 ? T : 10;

      run (&self, n_steps);
      for (guint t = 0; t < n_steps; t++)
        {
          gboolean last = step == 6;

          for (guint i = 0; i < N; i++)
            {
              const guint place = t * N + i;

              assert_observation (get_row (&self, t, i), get_seed (i, episode),
                                  step);
              g_assert_cmpfloat (get_row (&self, t, i)[2], ==, 2);
              g_assert_cmpuint (self.rows.ends[place], ==,
                                last ? SH_STEP_TERMINAL : SH_STEP_GOES_ON);
              /* The simulator's reward is the action that it was given. */
              g_assert_cmpfloat_with_epsilon (
                  self.rows.rewards[place], self.rows.actions[place] + 2, 1e-6);
              if (last)
                assert_observation (self.rows.last + place * O,
                                    get_seed (i, episode), 7);
            }
          step = last ? 0 : step + 1;
          episode += last;
        }
    }
  tear_down (&self);
}

/* Episodes that the lesson ends. The last row is what is seen in the end. */
static void
test_limit (void)
{
  Fixture self;

  set_up (&self, "training { EpisodeIterationLimit: 9 }"
                 "lesson only { scenario { length: 0, level: 0, deed: 0,"
                 "  at: 0 } }");
  run (&self, 13);
  for (guint t = 0; t < 13; t++)
    for (guint i = 0; i < N; i++)
      g_assert_cmpuint (self.rows.ends[t * N + i], ==,
                        t == 8 ? SH_STEP_LIMIT : SH_STEP_GOES_ON);
  for (guint i = 0; i < N; i++)
    {
      assert_observation (self.rows.last + (8 * N + i) * O, get_seed (i, 0), 9);
      assert_observation (get_row (&self, 13, i), get_seed (i, 1), 4);
    }
  tear_down (&self);
}

/* What the policy said is what is written down, and it is the policy's. */
static void
test_policy (void)
{
  Fixture self;
  g_autoptr (ShPolicy) other = NULL;
  gsize n;
  float *weights, *copy;
  float actions[N], log_probs[N], values[N];

  set_up (&self, "lesson only { scenario { length: 7, level: 0, deed: 0,"
                 "  at: 0 } }");
  other = sh_policy_new (sh_codec_get_space (self.codec), (guint[]){ 8 }, 1, 0);
  weights = sh_policy_get_parameters (self.policy, &n);
  copy = sh_policy_get_parameters (other, &n);
  memcpy (copy, weights, n * sizeof (float));
  sh_policy_seed (self.policy, 77);
  sh_policy_seed (other, 77);
  run (&self, 20);
  for (guint t = 0; t < 20; t++)
    {
      sh_policy_act (other, SH_ACT_EXPLORE, N, get_row (&self, t, 0), actions,
                     log_probs, values);
      g_assert_cmpmem (actions, sizeof actions, self.rows.actions + t * N,
                       sizeof actions);
      g_assert_cmpmem (log_probs, sizeof actions, self.rows.log_probs + t * N,
                       sizeof actions);
      g_assert_cmpmem (values, sizeof actions, self.rows.values + t * N,
                       sizeof actions);
    }
  tear_down (&self);
}

/* Each episode has the config that is drawn for its number. */
static void
test_scenario (void)
{
  g_autoptr (ShScenario) scenario = NULL;
  g_autofree double *config = NULL;
  const SimhostSchema *table;
  const ShConcept *concept;
  guint episode = 0;
  Fixture self;

  set_up (&self, "lesson only { scenario { length: number<2 .. 6>,"
                 "  level: number<0 .. 1>, deed: 0, at: 0 } }");
  concept = fixture_concept (self.program);
  scenario = sh_scenario_new (self.codec, concept->source.config,
                              concept->lessons[0].scenario);
  table = sh_codec_get_config_table (self.codec);
  config = g_malloc0 (table->size);
  run (&self, T);
  for (guint t = 0; t < T; t++)
    {
      double level;

      sh_scenario_draw (scenario, 1000, 4 + 10 * (2 + episode), config);
      level = *(double *) fixture_member (table, config, "level");
      g_assert_cmpfloat (get_row (&self, t, 0)[2], ==, (float) level);
      episode += self.rows.ends[t * N] != SH_STEP_GOES_ON;
    }
  g_assert_cmpuint (episode, >, 5);
  tear_down (&self);
}

/* Greedy: the same each time, whatever was explored before. Those of all
 * instances of the run are the episodes of each of them. */
static void
test_greedy (void)
{
  g_autoptr (GError) error = NULL;
  ShRolloutResult first, again, part;
  Fixture self;

  set_up (&self, "lesson only { scenario { length: 5, deed: 0,"
                 "  level: number<0 .. 1>,"
                 "  at: 0 } }");
  g_assert_true (sh_rollout_test (self.rollout, 0, 0, 100, &first, &error));
  g_assert_cmpuint (first.n, ==, 30);
  g_assert_cmpfloat (first.sum, >, 0);
  run (&self, 3);
  g_assert_true (sh_rollout_test (self.rollout, 0, 0, 100, &again, &error));
  g_assert_cmpfloat (first.sum, ==, again.sum);
  /* Of the first five, this rollout has one only: 4. */
  g_assert_true (sh_rollout_test (self.rollout, 0, 0, 5, &part, &error));
  g_assert_cmpuint (part.n, ==, 1);
  g_assert_true (sh_rollout_test (self.rollout, 0, 0, 4, &part, &error));
  g_assert_cmpuint (part.n, ==, 0);
  g_assert_cmpfloat (part.sum, ==, 0);
  /* Another test has other episodes. */
  g_assert_true (sh_rollout_test (self.rollout, 0, 100, 100, &part, &error));
  g_assert_cmpuint (part.n, ==, 30);
  g_assert_cmpfloat (part.sum, !=, first.sum);
  /* Training goes on with new episodes. */
  run (&self, 1);
  assert_observation (get_row (&self, 0, 0), get_seed (0, 1), 0);
  tear_down (&self);
}

/* Whoever is there shares the test: each episode is played once. */
static void
test_shares (void)
{
  g_autoptr (GError) error = NULL;
  ShRolloutResult all, part;
  double sum = 0;
  Fixture self;

  set_up (&self, "lesson only { scenario { length: 5, deed: 0,"
                 "  level: number<0 .. 1>,"
                 "  at: 0 } }");
  sh_rollout_set_share (self.rollout, 0, N);
  g_assert_true (sh_rollout_test (self.rollout, 0, 0, 100, &all, &error));
  g_assert_cmpuint (all.n, ==, 100);
  for (guint first = 0, n = 0; first < 4 * N; first += N)
    {
      sh_rollout_set_share (self.rollout, first, 4 * N);
      g_assert_true (sh_rollout_test (self.rollout, 0, 0, 100, &part, &error));
      sum += part.sum;
      n += part.n;
      if (first == 3 * N)
        g_assert_cmpuint (n, ==, 100);
    }
  g_assert_cmpfloat_with_epsilon (sum, all.sum, 1e-9);
  tear_down (&self);
}

static guint n_warnings;

static GLogWriterOutput
write_log (GLogLevelFlags level,
           const GLogField *fields,
           gsize n_fields,
           gpointer data)
{
  if (!(level & G_LOG_LEVEL_WARNING))
    return g_log_writer_default (level, fields, n_fields, NULL);
  n_warnings++;
  return G_LOG_WRITER_HANDLED;
}

/* What the policy's best actions earn in pass `number`. */
static double
get_pass_return (Fixture *self, guint number, guint length)
{
  double sum = 0;

  for (guint step = 0; step < length; step++)
    {
      const float row[O] = { (float) (1000 + number), (float) step, 0 };
      float action;

      sh_policy_act (self->policy, SH_ACT_GREEDY, 1, row, &action, NULL, NULL);
      sum += (double) CLAMP (action, -1, 1);
    }
  return sum;
}

/* Passes are greedy, each of its own number, and may be played in parts. */
static void
test_passes (void)
{
  g_autoptr (GError) error = NULL;
  ShPasses passes;
  Fixture self;

  set_up (&self, "lesson only { scenario { length: 5, level: 0, deed: 0,"
                 "  at: 0 } }");
  g_assert_true (
      sh_rollout_pass (self.rollout, 0, 7, 3, 1000, &passes, &error));
  g_assert_cmpuint (passes.n_over, ==, 3);
  g_assert_cmpuint (passes.n, ==, 3);
  for (guint k = 0; k < 3; k++)
    g_assert_cmpfloat_with_epsilon (passes.returns[k],
                                    get_pass_return (&self, 7 + k, 5), 1e-4);
  /* Of two, four steps; then one and a half; then the rest. */
  g_assert_true (sh_rollout_pass (self.rollout, 0, 20, 2, 4, &passes, &error));
  g_assert_cmpuint (passes.n_over, ==, 0);
  g_assert_true (sh_rollout_pass (self.rollout, 0, 20, 2, 3, &passes, &error));
  g_assert_cmpuint (passes.n_over, ==, 1);
  g_assert_cmpfloat_with_epsilon (passes.returns[0],
                                  get_pass_return (&self, 20, 5), 1e-4);
  g_assert_true (sh_rollout_pass (self.rollout, 0, 21, 1, 9, &passes, &error));
  g_assert_cmpuint (passes.n_over, ==, 1);
  g_assert_cmpfloat_with_epsilon (passes.returns[0],
                                  get_pass_return (&self, 21, 5), 1e-4);
  tear_down (&self);
}

/* Training is the same with them as without. */
static void
test_passes_disturb_nothing (void)
{
  const char *text = "lesson only { scenario { length: number<3 .. 9>,"
                     "  level: number<0 .. 1>, deed: 0, at: 0 } }";
  g_autoptr (GError) error = NULL;
  ShPasses passes;
  Fixture with, without;

  set_up (&with, text);
  set_up (&without, text);
  for (guint k = 0; k < 4; k++)
    {
      run (&with, 10);
      run (&without, 10);
      g_assert_cmpmem (with.rows.observations, 11 * N * O * sizeof (float),
                       without.rows.observations, 11 * N * O * sizeof (float));
      g_assert_cmpmem (with.rows.actions, 10 * N * sizeof (float),
                       without.rows.actions, 10 * N * sizeof (float));
      g_assert_cmpmem (with.rows.ends, 10 * N, without.rows.ends, 10 * N);
      g_assert_true (
          sh_rollout_pass (with.rollout, 0, 3 * k, 3, 11, &passes, &error));
    }
  tear_down (&without);
  tear_down (&with);
}

/* One that is lost is over, and has no return. */
static void
test_pass_lost (void)
{
  g_autoptr (GError) error = NULL;
  ShPasses passes;
  Fixture self;

  set_up (&self, "lesson only { scenario { length: 5, level: 0, deed: 4,"
                 "  at: 1 } }");
  n_warnings = 0;
  g_assert_true (
      sh_rollout_pass (self.rollout, 0, 0, 2, 1000, &passes, &error));
  g_assert_cmpuint (n_warnings, ==, 1);
  g_assert_cmpuint (passes.n_over, ==, 2);
  g_assert_cmpuint (passes.n, ==, 1);
  g_assert_cmpfloat_with_epsilon (passes.returns[0],
                                  get_pass_return (&self, 1, 5), 1e-4);
  tear_down (&self);
}

/* No episodes begin any more; those that are open end. */
static void
test_leave (void)
{
  guint n_left = 0;
  Fixture self;

  set_up (&self, "lesson only { scenario { length: 5, level: 0, deed: 0,"
                 "  at: 0 } }");
  run (&self, 3);
  sh_rollout_leave (self.rollout);
  run (&self, 4);
  for (guint i = 0; i < N; i++)
    {
      g_assert_cmpint (self.rows.ends[i], ==, SH_STEP_GOES_ON);
      g_assert_cmpint (self.rows.ends[N + i], ==, SH_STEP_TERMINAL);
      n_left += self.rows.ends[2 * N + i] == SH_STEP_NONE;
      n_left += self.rows.ends[3 * N + i] == SH_STEP_NONE;
    }
  g_assert_cmpuint (n_left, ==, 2 * N);
  run (&self, 1);
  g_assert_cmpint (self.rows.ends[0], ==, SH_STEP_NONE);
  tear_down (&self);
}

/* Memory */

static void
test_memory (void)
{
  const ShMuscleShape shape = { .n_parameters = 10,
                                .program_size = 3,
                                .policy_size = 5,
                                .n_instances = N,
                                .n_observations = O,
                                .n_actions = 1,
                                .n_steps = T };
  ShMuscleShape larger = shape;
  g_autoptr (GError) error = NULL;
  g_autoptr (ShMuscleMemory) memory = sh_muscle_memory_new (&shape, &error);
  g_autoptr (ShMuscleMemory) same = NULL;
  ShMuscleMemory *none;

  g_assert_no_error (error);
  same = sh_muscle_memory_map (&shape, memory->fd, &error);
  g_assert_no_error (error);
  memory->rows.ends[T * N - 1] = 3;
  memory->parameters[9] = 7;
  g_assert_cmpuint (same->rows.ends[T * N - 1], ==, 3);
  g_assert_cmpfloat (same->parameters[9], ==, 7);
  /* It cannot be taken away. */
  g_assert_cmpint (ftruncate (memory->fd, 0), ==, -1);
  larger.n_steps = 1000000;
  none = sh_muscle_memory_map (&larger, memory->fd, &error);
  g_assert_null (none);
  g_assert_error (error, SH_ERROR, SH_ERROR_FAILED);
  g_clear_error (&error);
  larger = (ShMuscleShape){ .n_parameters = G_MAXUINT64,
                            .n_instances = G_MAXUINT32,
                            .n_observations = G_MAXUINT32,
                            .n_steps = G_MAXUINT32 };
  none = sh_muscle_memory_new (&larger, &error);
  g_assert_null (none);
  g_assert_error (error, SH_ERROR, SH_ERROR_LIMIT);
}

static void
test_memory_limit (void)
{
  const ShMuscleShape shape = { .n_instances = 16,
                                .n_observations = 4,
                                .n_actions = 1 };
  const ShMuscleShape large = { .n_instances = 1,
                                .n_observations = 65536,
                                .n_actions = 1 };
  const ShMuscleShape larger = { .n_instances = 1024,
                                 .n_observations = 65536,
                                 .n_actions = 1 };

  g_assert_cmpuint (sh_muscle_memory_limit_steps (&shape, 32), ==, 32);
  g_assert_cmpuint (sh_muscle_memory_limit_steps (&large, 1000000), ==, 127);
  g_assert_cmpuint (sh_muscle_memory_limit_steps (&larger, 1000000), ==, 1);
}

/* Replaying */

typedef struct
{
  Fixture rollout;
  ShRun *run;
  ShReplayer *replayer;
} Replay;

static void
replay_set_up (Replay *self)
{
  ShLearner *learner;

  set_up (&self->rollout, "training { EpisodeIterationLimit: 9 }"
                          "lesson only { scenario { length: 0, level: 0,"
                          "  deed: 0, at: 0 } }");
  learner =
      fixture_learner_new (sh_codec_get_space (self->rollout.codec), 100000, 1);
  self->run = sh_run_new_training (self->rollout.program,
                                   fixture_concept (self->rollout.program),
                                   self->rollout.codec, learner, 1);
  self->replayer = sh_replayer_new (self->run, "fickle", N);
  sh_replayer_add (self->replayer, &self->rollout.rows, 0, N, 0);
}

static void
replay_tear_down (Replay *self)
{
  sh_replayer_free (self->replayer);
  g_object_unref (self->run);
  tear_down (&self->rollout);
}

static void
test_replay (void)
{
  g_autoptr (GError) error = NULL;
  ShRunProgress progress;
  Replay self;

  replay_set_up (&self);
  for (guint i = 0; i < 3; i++)
    {
      run (&self.rollout, T);
      g_assert_true (sh_replayer_take (self.replayer, T, 0, &error));
      g_assert_no_error (error);
    }
  sh_run_get_progress (self.run, &progress);
  g_assert_cmpuint (progress.iterations, ==, 3 * T * N);
  g_assert_cmpuint (progress.episodes, ==, 3 * T / 9 * N);
  replay_tear_down (&self);
}

/* One value that cannot be. */
static void
test_replay_bad (void)
{
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GError) error = NULL;
      const guint place = 5 * N + 1;
      Replay self;
      gboolean taken;

      replay_set_up (&self);
      run (&self.rollout, T);
      switch (i)
        {
        case 0:
          self.rollout.rows.ends[place] = 200;
          break;
        case 1:
          self.rollout.rows.ends[place] = SH_STEP_LIMIT;
          break;
        case 2:
          self.rollout.rows.ends[8 * N] = SH_STEP_GOES_ON;
          break;
        case 3:
          self.rollout.rows.rewards[place] = NAN;
          break;
        default:
          self.rollout.rows.actions[place] = INFINITY;
        }
      taken = sh_replayer_take (self.replayer, T, 0, &error);
      g_assert_false (taken);
      g_assert_error (error, SH_ERROR, SH_ERROR_PROTOCOL);
      g_assert_nonnull (strstr (error->message, "'fickle'"));
      replay_tear_down (&self);
    }
}

/* An index of a choice that there is not would be one into an array. */
static void
test_replay_bad_choice (void)
{
  static const float bad[] = { -1, 2, 0.5f, 1e9f, NAN };
  float observations[2 * 1] = { 0 }, zero = 0, action;
  double none = 0;
  guint8 end = SH_STEP_GOES_ON;
  const ShRolloutRows rows = {
    .n_steps = 1,
    .observations = observations,
    .last = &zero,
    .actions = &action,
    .log_probs = &zero,
    .values = &zero,
    .rewards = &zero,
    .earned = &none,
    .ends = &end,
  };
  g_autoptr (ShProgram) program = fixture_program (
      "{ seed: number }", "{ push: number<Left = 0, Right = 1> }",
      "{ length: number }", "");

  for (gsize i = 0; i <= G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (ShCodec) codec =
          sh_codec_new (fixture_concept (program), &error);
      g_autoptr (ShRun) run = sh_run_new_training (
          program, fixture_concept (program), codec,
          fixture_learner_new (sh_codec_get_space (codec), 100, 1), 1);
      ShReplayer *replayer = sh_replayer_new (run, "fickle", 1);

      sh_replayer_add (replayer, &rows, 0, 1, 0);
      action = i < G_N_ELEMENTS (bad) ? bad[i] : 1;
      g_assert_cmpint (sh_replayer_take (replayer, 1, 0, &error), ==,
                       i == G_N_ELEMENTS (bad));
      g_assert_true (i == G_N_ELEMENTS (bad) ||
                     g_error_matches (error, SH_ERROR, SH_ERROR_PROTOCOL));
      sh_replayer_free (replayer);
    }
}

static void
fill (GRand *random, gpointer values, gsize size)
{
  for (gsize i = 0; i < size; i++)
    ((guint8 *) values)[i] = (guint8) g_rand_int (random);
}

/* Anything: it is refused or taken, and nothing breaks. */
static void
test_replay_noise (void)
{
  GRand *random = g_rand_new_with_seed (4);
  guint n_refused = 0;

  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (GError) error = NULL;
      ShRolloutRows *rows;
      Replay self;

      replay_set_up (&self);
      rows = &self.rollout.rows;
      run (&self.rollout, T);
      fill (random, rows->observations, (T + 1) * N * O * sizeof (float));
      fill (random, rows->log_probs, T * N * sizeof (float));
      fill (random, rows->values, T * N * sizeof (float));
      if (i % 2 == 0)
        fill (random, rows->actions + g_rand_int_range (random, 0, T * N), 4);
      if (i % 3 == 0)
        fill (random, rows->ends + g_rand_int_range (random, 0, T * N), 1);
      if (i % 5 == 0)
        fill (random, rows->rewards, T * N * sizeof (float));
      n_refused += !sh_replayer_take (self.replayer, T, 0, &error);
      replay_tear_down (&self);
    }
  g_assert_cmpuint (n_refused, >, 10);
  g_assert_cmpuint (n_refused, <, 290);
  g_rand_free (random);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_log_set_writer_func (write_log, NULL, NULL);
  g_test_add_func ("/rollout/terminal-begins-the-next-episode", test_terminal);
  g_test_add_func ("/rollout/limit-ends-an-episode", test_limit);
  g_test_add_func ("/rollout/rows-hold-what-the-policy-said", test_policy);
  g_test_add_func ("/rollout/config-is-that-of-the-number", test_scenario);
  g_test_add_func ("/rollout/test-is-greedy", test_greedy);
  g_test_add_func ("/rollout/test-is-shared", test_shares);
  g_test_add_func ("/rollout/passes-are-greedy", test_passes);
  g_test_add_func ("/rollout/passes-do-not-disturb-training",
                   test_passes_disturb_nothing);
  g_test_add_func ("/rollout/pass-that-is-lost", test_pass_lost);
  g_test_add_func ("/rollout/leaves-at-episode-ends", test_leave);
  g_test_add_func ("/memory/is-shared-and-sealed", test_memory);
  g_test_add_func ("/memory/has-a-limit", test_memory_limit);
  g_test_add_func ("/replay/takes-what-was-played", test_replay);
  g_test_add_func ("/replay/bad/refuses-one-value", test_replay_bad);
  g_test_add_func ("/replay/bad/refuses-other-choices", test_replay_bad_choice);
  g_test_add_func ("/replay/bad/outlives-noise", test_replay_noise);
  return g_test_run ();
}
