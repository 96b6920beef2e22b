/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Episodes in step: one inference for all instances, then a step of each.
 */

#include "sh-rollout.h"

#include <string.h>

#include "sh-bridge.h"
#include "sh-error.h"
#include "sh-instance.h"
#include "sh-scenario.h"
#include "sh-step.h"

typedef struct
{
  ShInstance *instance;
  ShCallSlot *slot; /* or NULL */
  GByteArray *config; /* as written last */
  guint64 n_episodes; /* begun so far */
  guint64 length;
  guint64 length_limit;
  gboolean open;
  double test_return; /* so far; of a test, or a pass */
  guint n_failures; /* in a row */
  ShEvaluator *evaluator;
  const SimhostReward *reward; /* of the episode; NULL: there is none */
} Player;

struct ShRollout
{
  ShRolloutOptions options;
  ShCodec *codec;
  ShBridge *bridge;
  ShScenario **scenarios; /* one for each lesson */
  const SimhostReward **rewards; /* by lesson; NULL: the simulator has none */
  const ShSpace *space;
  /* One for each instance, and a last one for passes, whose instance is made when
   * there is one to play. */
  Player *players;
  /* What the players observe now, [n_instances + 1][O]. */
  float *current;
  guint8
      *masks; /* so, too, [n_instances + 1][mask_size]; NULL: there are none */
  gsize mask_size;
  float *greedy; /* [n_instances + 1][A], of tests and passes */
  gboolean leaving; /* no episodes begin any more */
  gboolean no_passes; /* the simulator has no instance for them */
  guint first_of_test, n_of_test; /* the share of the next test */
  /* One struct of each kind: the codec's and the simulator's. */
  gpointer state, output, config, given_state, given_action, given_config;
};

static gpointer
make_struct (const SimhostSchema *table)
{
  return g_malloc0 (MAX (table->size, 1));
}

static gboolean
make_player (ShRollout *self, guint i, GError **error)
{
  const ShRolloutOptions *options = &self->options;
  Player *player = &self->players[i];

  player->slot = options->slots != NULL ? &options->slots[i] : NULL;
  player->n_episodes = options->first_episode;
  player->config = g_byte_array_new ();
  player->evaluator = sh_codec_new_evaluator (self->codec, options->concept);
  player->instance = sh_instance_new (options->simulator, player->slot, error);
  return player->instance != NULL;
}

static gboolean
make_players (ShRollout *self, GError **error)
{
  for (guint i = 0; i < self->options.n_instances; i++)
    if (!make_player (self, i, error))
      return FALSE;
  return TRUE;
}

/* The reward that each lesson names, else the default one. */
static gboolean
find_rewards (ShRollout *self, GError **error)
{
  const ShConcept *concept = self->options.concept;

  self->rewards = g_new0 (const SimhostReward *, concept->n_lessons);
  for (guint i = 0; i < concept->n_lessons; i++)
    {
      const char *name = concept->lessons[i].reward;

      if (!sh_simulator_find_reward (self->options.simulator,
                                     name != NULL ? name : "",
                                     &self->rewards[i], error))
        return FALSE;
    }
  return TRUE;
}

ShRollout *
sh_rollout_new (const ShRolloutOptions *options, GError **error)
{
  const SimhostSimulator *simulator = options->simulator;
  const ShConcept *concept = options->concept;
  g_autoptr (ShRollout) self = g_new0 (ShRollout, 1);

  self->options = *options;
  self->first_of_test = options->first_instance;
  self->n_of_test = options->n_all;
  self->codec = sh_codec_ref (options->codec);
  self->space = sh_codec_get_space (self->codec);
  self->players = g_new0 (Player, options->n_instances + 1);
  self->scenarios = g_new0 (ShScenario *, concept->n_lessons);
  for (guint i = 0; i < concept->n_lessons; i++)
    self->scenarios[i] = sh_scenario_new (self->codec, concept->source.config,
                                          concept->lessons[i].scenario);
  self->current = g_new0 (float, ((gsize) options->n_instances + 1) *
                                     self->space->n_observations);
  self->mask_size = sh_codec_get_mask_size (self->codec);
  if (self->mask_size > 0)
    self->masks = g_malloc_n (options->n_instances + 1, self->mask_size);
  self->greedy = g_new0 (float, ((gsize) options->n_instances + 1) *
                                    self->space->n_actions);
  self->state = make_struct (sh_codec_get_state_table (self->codec));
  self->output = make_struct (sh_codec_get_output_table (self->codec));
  self->config = make_struct (sh_codec_get_config_table (self->codec));
  self->given_state = make_struct (&simulator->state);
  self->given_action = make_struct (&simulator->action);
  self->given_config = make_struct (&simulator->config);
  self->bridge = sh_bridge_new (self->codec, simulator,
                                options->first_instance > 0, error);
  if (self->bridge == NULL || !find_rewards (self, error) ||
      !make_players (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sh_rollout_free (ShRollout *rollout)
{
  if (rollout == NULL)
    return;
  for (guint i = 0; i <= rollout->options.n_instances; i++)
    {
      g_clear_pointer (&rollout->players[i].instance, sh_instance_free);
      g_clear_pointer (&rollout->players[i].evaluator, sh_evaluator_free);
      g_clear_pointer (&rollout->players[i].config, g_byte_array_unref);
    }
  g_free (rollout->players);
  for (guint i = 0; i < rollout->options.concept->n_lessons; i++)
    sh_scenario_free (rollout->scenarios[i]);
  g_free (rollout->scenarios);
  sh_bridge_free (rollout->bridge);
  g_free (rollout->current);
  g_free (rollout->masks);
  g_free (rollout->greedy);
  g_free (rollout->state);
  g_free (rollout->output);
  g_free (rollout->rewards);
  g_free (rollout->config);
  g_free (rollout->given_state);
  g_free (rollout->given_action);
  g_free (rollout->given_config);
  sh_codec_unref (rollout->codec);
  g_free (rollout);
}

void
sh_rollout_leave (ShRollout *rollout)
{
  g_return_if_fail (rollout != NULL);

  rollout->leaving = TRUE;
}

void
sh_rollout_set_share (ShRollout *rollout, guint first, guint n_all)
{
  g_return_if_fail (rollout != NULL && n_all > 0);

  rollout->first_of_test = first;
  rollout->n_of_test = n_all;
}

/* ---- one instance ---- */

/* Of what may be chosen now. */
static guint8 *
get_mask (const ShRollout *self, guint i)
{
  return self->masks != NULL ? self->masks + i * self->mask_size : NULL;
}

/* The state that the simulator is in: what it amounts to, as an observation. */
static gboolean
observe (ShRollout *self,
         Player *player,
         double reward,
         gboolean terminal,
         float *observation,
         guint8 *mask,
         ShEvaluation *evaluation,
         GError **error)
{
  return sh_bridge_read_state (self->bridge, self->given_state, self->state,
                               error) &&
         sh_step_read (player->evaluator, self->options.concept, self->codec,
                       self->state, reward, terminal, observation, mask,
                       evaluation, error);
}

static gboolean
configure (ShRollout *self,
           Player *player,
           guint lesson,
           guint64 number,
           GError **error)
{
  ShScenario *scenario = self->scenarios[lesson];
  gboolean changed;

  sh_scenario_draw (scenario, self->options.seed, number, self->config);
  if (!sh_bridge_write_config (self->bridge, sh_scenario_get_schema (scenario),
                               self->config, self->given_config, player->config,
                               &changed, error))
    return FALSE;
  return !changed || sh_instance_set_properties (player->instance,
                                                 self->given_config, error);
}

static gboolean
begin_once (ShRollout *self,
            Player *player,
            guint lesson,
            guint64 number,
            float *observation,
            guint8 *mask,
            GError **error)
{
  ShInstance *instance = player->instance;
  ShEvaluation evaluation;
  gboolean terminal;

  sh_evaluator_begin (player->evaluator,
                      &self->options.concept->lessons[lesson]);
  player->reward = self->rewards[lesson];
  if (!sh_instance_stop_if_open (instance, error) ||
      !configure (self, player, lesson, number, error) ||
      !sh_instance_reset (instance, self->options.seed + number, error) ||
      !sh_instance_start (instance, error) ||
      !sh_instance_observe (instance, self->given_state, &terminal, error) ||
      !observe (self, player, 0, FALSE, observation, mask, &evaluation, error))
    return FALSE;
  player->open = TRUE;
  player->length = 0;
  player->length_limit =
      self->options.concept->lessons[lesson].training.episode_iteration_limit;
  return TRUE;
}

/* Whether the rollout can go on after `*error`, which is cleared then. */
static gboolean
forgive (Player *player, GError **error)
{
  player->open = FALSE;
  if (!g_error_matches (*error, SH_ERROR, SH_ERROR_SIMULATOR))
    return FALSE;
  if (++player->n_failures == SH_ROLLOUT_MAX_FAILURES)
    {
      g_prefix_error (
          error, "gave up after %u failures in a row: ", player->n_failures);
      return FALSE;
    }
  g_warning ("%s; this episode is lost", (*error)->message);
  g_clear_error (error);
  return TRUE;
}

/* The next episode of player `i`; those that fail as they begin are lost. */
static gboolean
begin (ShRollout *self, guint i, guint lesson, GError **error)
{
  const ShRolloutOptions *options = &self->options;
  Player *player = &self->players[i];
  float *observation = self->current + i * self->space->n_observations;
  g_autoptr (GError) own = NULL;

  do
    {
      guint64 number =
          options->first_instance + i + player->n_episodes++ * options->n_all;

      if (player->slot != NULL)
        sh_call_slot_count (&player->slot->episodes);
      if (begin_once (self, player, lesson, number, observation,
                      get_mask (self, i), &own))
        return TRUE;
    }
  while (forgive (player, &own));
  g_propagate_error (error, g_steal_pointer (&own));
  return FALSE;
}

/* One step of a player: fills `evaluation`, and `observation` with what is seen
 * after it. */
static gboolean
advance (ShRollout *self,
         Player *player,
         const float *action,
         ShEvaluation *evaluation,
         float *observation,
         guint8 *mask,
         ShStepEnd *end,
         GError **error)
{
  ShInstance *instance = player->instance;
  gconstpointer taken;
  gboolean terminal;
  double given;

  sh_codec_act (self->codec, action, self->output);
  taken = sh_evaluator_act (player->evaluator, self->output, error);
  if (taken == NULL ||
      !sh_bridge_write_action (self->bridge, taken, self->given_action,
                               error) ||
      !sh_instance_advance (instance, self->given_action, error) ||
      !sh_instance_observe (instance, self->given_state, &terminal, error) ||
      !sh_instance_evaluate (instance, player->reward, &given, error) ||
      /* The simulator's reward as it would be on the wire. */
      !observe (self, player, (double) (float) given, terminal, observation,
                mask, evaluation, error))
    return FALSE;
  player->length++;
  if (player->slot != NULL)
    sh_call_slot_count (&player->slot->iterations);
  *end = evaluation->terminal                     ? SH_STEP_TERMINAL
         : evaluation->over                       ? SH_STEP_OVER
         : player->length >= player->length_limit ? SH_STEP_LIMIT
                                                  : SH_STEP_GOES_ON;
  if (*end == SH_STEP_GOES_ON)
    return TRUE;
  player->open = FALSE;
  if (!sh_instance_stop (instance, error))
    return FALSE;
  player->n_failures = 0;
  return TRUE;
}

/* ---- rollouts ---- */

/* Step `step` of player `i`, written down. */
static gboolean
play_step (ShRollout *self,
           const ShRolloutRows *rows,
           guint step,
           guint i,
           GError **error)
{
  const gsize n_observations = self->space->n_observations;
  const gsize n_objectives = self->options.concept->n_objectives;
  const gsize place = (gsize) step * self->options.n_instances + i;
  float *current = self->current + i * n_observations;
  Player *player = &self->players[i];
  g_autoptr (GError) own = NULL;
  ShStepEnd end = SH_STEP_LOST;
  ShEvaluation evaluation = { 0 };

  if (!player->open)
    {
      rows->ends[place] = SH_STEP_NONE;
      return TRUE;
    }
  if (!advance (self, player, rows->actions + place * self->space->n_actions,
                &evaluation, current, get_mask (self, i), &end, &own) &&
      !forgive (player, &own))
    {
      g_propagate_error (error, g_steal_pointer (&own));
      return FALSE;
    }
  rows->rewards[place] = (float) evaluation.reward;
  rows->earned[place] = evaluation.earned;
  rows->ends[place] = (guint8) end;
  if (end != SH_STEP_GOES_ON)
    {
      memcpy (rows->last + place * n_observations, current,
              n_observations * sizeof (float));
      if (self->masks != NULL)
        memcpy (rows->last_masks + place * self->mask_size, get_mask (self, i),
                self->mask_size);
      sh_evaluator_finish (player->evaluator,
                           rows->outcomes + place * n_objectives);
    }
  return TRUE;
}

/* Players without an episode begin one. */
static gboolean
begin_all (ShRollout *self, guint lesson, GError **error)
{
  if (self->leaving)
    return TRUE;
  for (guint i = 0; i < self->options.n_instances; i++)
    if (!self->players[i].open && !begin (self, i, lesson, error))
      return FALSE;
  return TRUE;
}

static void
write_masks (const ShRollout *self, const ShRolloutRows *rows, guint step)
{
  const gsize size = self->options.n_instances * self->mask_size;

  if (size > 0)
    memcpy (rows->masks + step * size, self->masks, size);
}

gboolean
sh_rollout_run (ShRollout *rollout,
                guint lesson,
                guint n_steps,
                const ShRolloutRows *rows,
                GError **error)
{
  ShRollout *self = rollout;
  const guint n = self->options.n_instances;
  const gsize row = (gsize) n * self->space->n_observations;

  for (guint step = 0; step < n_steps; step++)
    {
      const gsize place = (gsize) step * n;
      float *observations = rows->observations + step * row;

      if (!begin_all (self, lesson, error))
        return FALSE;
      memcpy (observations, self->current, row * sizeof (float));
      write_masks (self, rows, step);
      sh_policy_act_masked (self->options.policy, SH_ACT_EXPLORE, n,
                            observations, self->masks,
                            rows->actions + place * self->space->n_actions,
                            rows->log_probs + place, rows->values + place);
      for (guint i = 0; i < n; i++)
        if (!play_step (self, rows, step, i, error))
          return FALSE;
    }
  memcpy (rows->observations + n_steps * row, self->current,
          row * sizeof (float));
  write_masks (self, rows, n_steps);
  return TRUE;
}

/* ---- tests ---- */

typedef struct
{
  guint lesson, n_episodes;
  guint64 first;
  guint64 *next; /* [n_instances], the test episode that it plays next */
  ShRolloutResult result;
} Test;

/* Player `i` without an episode begins its next one, if any are left. */
static gboolean
begin_test (ShRollout *self, guint i, Test *test, GError **error)
{
  Player *player = &self->players[i];
  float *observation = self->current + i * self->space->n_observations;
  g_autoptr (GError) own = NULL;

  while (!player->open && test->next[i] < test->n_episodes)
    {
      guint64 number = SH_ROLLOUT_FIRST_TEST + test->first + test->next[i];

      test->next[i] += self->n_of_test;
      player->test_return = 0;
      if (!begin_once (self, player, test->lesson, number, observation,
                       get_mask (self, i), &own) &&
          !forgive (player, &own))
        {
          g_propagate_error (error, g_steal_pointer (&own));
          return FALSE;
        }
    }
  return TRUE;
}

/* The greedy step of player `i`, whose episode is open. */
static gboolean
play_greedy_step (ShRollout *self,
                  guint i,
                  ShRolloutResult *result,
                  GError **error)
{
  Player *player = &self->players[i];
  ShEvaluation evaluation;
  ShStepEnd end;

  if (!advance (self, player, self->greedy + i * self->space->n_actions,
                &evaluation, self->current + i * self->space->n_observations,
                get_mask (self, i), &end, error))
    return FALSE;
  player->test_return += evaluation.earned;
  if (end == SH_STEP_GOES_ON)
    return TRUE;
  result->sum += player->test_return;
  result->n++;
  result->n_successes += sh_evaluator_finish (player->evaluator, NULL) ? 1 : 0;
  return TRUE;
}

static gboolean
play_test_step (ShRollout *self, guint i, Test *test, GError **error)
{
  Player *player = &self->players[i];
  g_autoptr (GError) own = NULL;

  if (!player->open || play_greedy_step (self, i, &test->result, &own) ||
      forgive (player, &own))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own));
  return FALSE;
}

/* A step of each player that has an episode; FALSE in *any: none has. */
static gboolean
play_test_steps (ShRollout *self, Test *test, gboolean *any, GError **error)
{
  const guint n = self->options.n_instances;

  *any = FALSE;
  for (guint i = 0; i < n; i++)
    {
      if (!begin_test (self, i, test, error))
        return FALSE;
      *any |= self->players[i].open;
    }
  if (!*any)
    return TRUE;
  sh_policy_act_masked (self->options.policy, SH_ACT_GREEDY, n, self->current,
                        self->masks, self->greedy, NULL, NULL);
  for (guint i = 0; i < n; i++)
    if (!play_test_step (self, i, test, error))
      return FALSE;
  return TRUE;
}

gboolean
sh_rollout_test (ShRollout *rollout,
                 guint lesson,
                 guint64 first,
                 guint n_episodes,
                 ShRolloutResult *result,
                 GError **error)
{
  const ShRolloutOptions *options = &rollout->options;
  g_autofree guint64 *next = g_new (guint64, options->n_instances);
  Test test = {
    .lesson = lesson, .n_episodes = n_episodes, .first = first, .next = next
  };
  gboolean any;

  for (guint i = 0; i < options->n_instances; i++)
    {
      rollout->players[i].open = FALSE;
      next[i] = rollout->first_of_test + i;
    }
  do
    if (!play_test_steps (rollout, &test, &any, error))
      return FALSE;
  while (any);
  *result = test.result;
  return TRUE;
}

/* ---- passes ---- */

/* A simulator of which there cannot be one more is trained nevertheless. */
static gboolean
make_pass_player (ShRollout *self)
{
  g_autoptr (GError) error = NULL;

  if (self->no_passes)
    return FALSE;
  if (self->players[self->options.n_instances].instance == NULL &&
      !make_player (self, self->options.n_instances, &error))
    {
      g_warning ("%s; no test passes are played", error->message);
      self->no_passes = TRUE;
    }
  return !self->no_passes;
}

static gboolean
begin_pass (ShRollout *self, guint lesson, guint64 number, GError **error)
{
  const guint i = self->options.n_instances;

  self->players[i].test_return = 0;
  return begin_once (self, &self->players[i], lesson,
                     SH_ROLLOUT_FIRST_PASS + number,
                     self->current + i * self->space->n_observations,
                     get_mask (self, i), error);
}

static gboolean
play_pass_step (ShRollout *self, ShRolloutResult *result, GError **error)
{
  const guint i = self->options.n_instances;

  sh_policy_act_masked (self->options.policy, SH_ACT_GREEDY, 1,
                        self->current + i * self->space->n_observations,
                        get_mask (self, i),
                        self->greedy + i * self->space->n_actions, NULL, NULL);
  return play_greedy_step (self, i, result, error);
}

/* One pass, or as much of it as there are steps left. */
static gboolean
play_pass (ShRollout *self,
           guint lesson,
           guint64 number,
           guint *n_steps,
           ShRolloutResult *result,
           GError **error)
{
  Player *player = &self->players[self->options.n_instances];
  g_autoptr (GError) own = NULL;
  gboolean good = player->open || begin_pass (self, lesson, number, &own);

  for (; good && player->open && *n_steps > 0; --*n_steps)
    good = play_pass_step (self, result, &own);
  if (good || forgive (player, &own))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&own));
  return FALSE;
}

gboolean
sh_rollout_pass (ShRollout *rollout,
                 guint lesson,
                 guint64 first,
                 guint n,
                 guint n_steps,
                 ShPasses *passes,
                 GError **error)
{
  const Player *player = &rollout->players[rollout->options.n_instances];

  g_return_val_if_fail (n <= SH_ROLLOUT_MAX_PASSES, FALSE);

  *passes = (ShPasses){ 0 };
  if (!make_pass_player (rollout))
    passes->n_over = n;
  while (passes->n_over < n && n_steps > 0)
    {
      ShRolloutResult result = { 0 };

      if (!play_pass (rollout, lesson, first + passes->n_over, &n_steps,
                      &result, error))
        return FALSE;
      if (player->open)
        break;
      if (result.n > 0)
        passes->returns[passes->n++] = result.sum;
      passes->n_over++;
    }
  return TRUE;
}
