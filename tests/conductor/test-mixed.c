/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What learners make of simulations elsewhere that play beside muscles: of
 * actions that a simulator's program chose itself, and of episodes that are not
 * to be learnt from. All is played in the process, so that two runs differ in one
 * thing alone.
 */

#include <string.h>

#include "fixture.h"
#include "sh-algorithm.h"
#include "sh-run-replay.h"

/* More steps than PPO takes at a time, and than others take at random first. */
#define N_ROUNDS 36u
#define ROUND 32u
#define LENGTH 8u

typedef enum
{
  ABSENT, /* no simulation elsewhere */
  ORDINARY,
  EXCLUDED, /* each of its episodes is not to be learnt from */
  OWN_FIRST, /* its program takes the first action always, or the last */
  OWN_LAST,
  N_ELSEWHERE
} Elsewhere;

typedef struct
{
  const char *name, *algorithm, *action;
  double first, last; /* of the actions */
  gboolean learns_from_own; /* by sh-fragment.h */
} Case;

static const Case cases[] = {
  { "ppo", "PPO", "{ a: number<Left = 0, Right = 1> }", 0, 1, FALSE },
  { "apex", "APEX", "{ a: number<Left = 0, Right = 1> }", 0, 1, TRUE },
  { "sac", "SAC", "{ a: number<-1 .. 1> }", -1, 1, TRUE },
  { "ppo-continuous", "PPO", "{ a: number<-1 .. 1> }", -1, 1, FALSE },
};

typedef struct
{
  const Case *with;
  Elsewhere elsewhere;
  ShRun *run;
  ShActor *muscle, *actor;
  GRand *random; /* the muscle's */
  guint step, position; /* in the episode, of either */
  guint64 number;
} Fixture;

/* ---- elsewhere ---- */

static void begin (Fixture *self);

static void
observe (Fixture *self)
{
  const double state[] = { self->position, -1.0 * self->position };

  if (sh_run_observe (self->run, self->actor, state, self->position,
                      self->position == LENGTH) != SH_RUN_ACT)
    begin (self);
}

static void
begin (Fixture *self)
{
  guint64 config[4];
  guint lesson;

  self->position = 0;
  if (!sh_run_begin_episode (self->run, self->actor, config, &lesson))
    return;
  if (self->elsewhere == EXCLUDED)
    sh_run_exclude_episode (self->run, self->actor);
  observe (self);
}

static void
on_action (ShActor *actor, gconstpointer action, gpointer data)
{
  Fixture *self = data;
  const double own =
      self->elsewhere == OWN_FIRST ? self->with->first : self->with->last;
  g_autoptr (GError) error = NULL;

  if (action == NULL)
    return;
  if (self->elsewhere == OWN_FIRST || self->elsewhere == OWN_LAST)
    g_assert_true (sh_run_replace_action (self->run, actor, &own, &error));
  g_assert_no_error (error);
  self->position++;
  observe (self);
}

/* ---- a muscle ---- */

static float
draw_action (Fixture *self)
{
  return self->with->first < 0
             ? (float) g_rand_double_range (self->random, -1, 1)
             : (float) g_rand_int_range (self->random, 0, 2);
}

static void
play_muscle_step (Fixture *self)
{
  float observation[] = { (float) g_rand_double (self->random),
                          (float) g_rand_double (self->random) };
  const float action = draw_action (self);
  const ShReplayStep step = {
    .action = &action,
    .log_prob = -0.7f,
    .reward = action,
    .earned = (double) action,
    .terminal = self->step + 1 == LENGTH,
    .over = self->step + 1 == LENGTH,
    .observation = observation,
  };

  if (self->step == 0)
    sh_run_replay_begin (self->run, self->muscle, self->number++, 0,
                         observation, NULL);
  self->step = sh_run_replay_step (self->run, self->muscle, &step) == SH_RUN_ACT
                   ? self->step + 1
                   : 0;
}

/* What is learnt in so many rounds. */
static GBytes *
learn (const Case *with, Elsewhere elsewhere)
{
  g_autofree char *curriculum = g_strdup_printf (
      "algorithm { Algorithm: \"%s\"%s }"
      "training { TotalIterationLimit: 100000000,"
      "  NoProgressIterationLimit: 100000000 }"
      "lesson only { }",
      with->algorithm,
      strcmp (with->algorithm, "PPO") == 0 ? ", BatchSize: 1000" : "");
  ShProgram *program = fixture_program (
      "{ x: number, y: number }", with->action, "{ c: number }", curriculum);
  const ShConcept *concept = fixture_concept (program);
  g_autoptr (GError) error = NULL;
  g_autoptr (ShCodec) codec = sh_codec_new (concept, &error);
  ShLearner *learner =
      sh_algorithm_new_learner (concept, sh_codec_get_space (codec), 1, &error);
  Fixture self = { .with = with, .elsewhere = elsewhere };
  GBytes *learnt;

  g_assert_no_error (error);
  self.random = g_rand_new_with_seed (5);
  self.run = sh_run_new_training (program, concept, codec, learner, 1);
  sh_run_replay_set_rounds (self.run, TRUE);
  self.muscle = sh_run_add_actor (self.run, on_action, NULL);
  if (elsewhere != ABSENT)
    {
      self.actor = sh_run_add_actor (self.run, on_action, &self);
      begin (&self);
    }
  for (guint round = 0; round < N_ROUNDS; round++)
    {
      for (guint i = 0; i < ROUND; i++)
        {
          play_muscle_step (&self);
          sh_run_dispatch (self.run);
        }
      sh_run_replay_learn (self.run);
    }
  g_assert_cmpint (sh_run_get_state (self.run), ==, SH_RUN_RUNNING);
  learnt = sh_policy_save (sh_run_get_policy (self.run));
  sh_run_remove_actor (self.run, self.muscle);
  if (self.actor != NULL)
    sh_run_remove_actor (self.run, self.actor);
  g_object_unref (self.run);
  g_rand_free (self.random);
  sh_program_unref (program);
  return learnt;
}

/* The same, worked out once. */
static const GBytes *
get_learnt (const Case *with, Elsewhere elsewhere)
{
  static GBytes *known[G_N_ELEMENTS (cases)][N_ELSEWHERE];
  GBytes **learnt = &known[with - cases][elsewhere];

  if (*learnt == NULL)
    *learnt = learn (with, elsewhere);
  return *learnt;
}

static gboolean
is_same (const Case *with, Elsewhere a, Elsewhere b)
{
  return g_bytes_equal (get_learnt (with, a), get_learnt (with, b));
}

/* It is as if they had not been played; what is ordinary is learnt from. */
static void
test_excluded (gconstpointer data)
{
  g_assert_true (is_same (data, ABSENT, EXCLUDED));
  g_assert_false (is_same (data, ABSENT, ORDINARY));
}

/* Left out, or learnt from: then it matters which. */
static void
test_own_actions (gconstpointer data)
{
  const Case *with = data;

  g_assert_cmpint (is_same (with, OWN_FIRST, OWN_LAST), ==,
                   !with->learns_from_own);
  g_assert_false (is_same (with, ORDINARY, OWN_FIRST));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *excluded = g_strdup_printf (
          "/mixed/%s/excluded-episodes-are-nothing", cases[i].name);
      g_autofree char *own = g_strdup_printf (
          "/mixed/%s/actions-of-the-program's-own", cases[i].name);

      g_test_add_data_func (excluded, &cases[i], test_excluded);
      g_test_add_data_func (own, &cases[i], test_own_actions);
    }
  return g_test_run ();
}
