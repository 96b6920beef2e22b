/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * For tests in Python: stores a brain, DATA_HOME NAME FILE.ink SEED
 * [ALGORITHM | KIND [UNIT]], and prints its version. ALGORITHM is that of a
 * learner, which learns from random rewards before its policy is stored. Without
 * one the policy is random; KIND and UNIT are the numbers of ShPolicyKind and
 * ShUnit, and with them the normaliser has seen something and the last layer has
 * weights that matter.
 */

#include <stdio.h>

#include "fixture.h"
#include "sh-policy-private.h"
#include "sh-store.h"

#define N_OBSERVED 100u
#define N_LESSONS 5u
#define N_STEPS 400u

static void
stir (ShPolicy *policy)
{
  const ShLayer *last = &policy->actor.layers[policy->actor.n_layers - 1];
  const guint n = policy->space->n_observations;
  g_autofree float *observations = g_new (float, (gsize) N_OBSERVED *n);
  ShRandom random;

  sh_random_seed (&random, 7, 9);
  for (guint i = 0; i < N_OBSERVED * n; i++)
    observations[i] =
        (float) (i % n + 1) * (float) (sh_random_unit (&random) - 0.3);
  sh_policy_update_normaliser (policy, N_OBSERVED, observations);
  for (guint o = 0; o < last->n_outputs; o++)
    {
      policy->parameters[last->bias + o] =
          (float) (sh_random_unit (&random) - 0.5);
      for (guint i = 0; i < last->n_inputs; i++)
        policy->parameters[sh_layer_get_weight (last, i, o)] =
            (float) (2 * sh_random_unit (&random) - 1);
    }
}

static ShPolicy *
make_policy (const ShCodec *codec, int argc, char **argv)
{
  ShPolicyShape shape = { .n_hidden_layers = 1, .hidden_layers = { 16 } };
  const guint64 seed = g_ascii_strtoull (argv[4], NULL, 10);
  ShPolicy *policy;

  if (argc > 5)
    {
      shape.kind = (ShPolicyKind) g_ascii_strtoull (argv[5], NULL, 10);
      shape.n_hidden_layers = 2;
      shape.hidden_layers[1] = 12;
    }
  if (argc > 6)
    shape.units[0] = shape.units[1] =
        (ShUnit) g_ascii_strtoull (argv[6], NULL, 10);
  policy = sh_policy_new_shaped (sh_codec_get_space (codec), &shape, seed);
  if (argc > 5)
    stir (policy);
  return policy;
}

/* Steps by the policy as it is; observations of very different sizes. */
static ShFragment *
make_fragment (ShLearner *learner, ShRandom *random)
{
  ShPolicy *policy = sh_learner_get_policy (learner);
  const ShSpace *space = sh_policy_get_space (policy);
  const guint n = space->n_observations;
  ShFragment *fragment = sh_fragment_new (space, N_STEPS);

  for (guint i = 0; i < (N_STEPS + 1) * n; i++)
    fragment->observations[i] =
        (float) (i % n + 1) * ((float) sh_random_normal (random) - 0.3f);
  for (guint i = 0; i < N_STEPS; i++)
    fragment->rewards[i] =
        (float) sh_random_normal (random) +
        (i % 2 == 0 ? 1.0f : -1.0f) * fragment->observations[i * n];
  sh_policy_act (policy, SH_ACT_EXPLORE, N_STEPS, fragment->observations,
                 fragment->actions, fragment->log_probs, fragment->values);
  fragment->n_steps = N_STEPS;
  fragment->end = SH_FRAGMENT_TERMINAL;
  return fragment;
}

static ShLearner *
teach_learner (const ShCodec *codec, const char *algorithm, guint64 seed)
{
  const ShSpace *space = sh_codec_get_space (codec);
  g_autoptr (GError) error = NULL;
  ShLearnerOptions options;
  ShLearner *learner;
  ShRandom random;

  sh_learner_options_init_for (&options, algorithm, space);
  options.seed = seed;
  options.n_hidden_layers = options.n_q_hidden_layers = 2;
  options.hidden_layers[0] = options.q_hidden_layers[0] = 16;
  options.hidden_layers[1] = options.q_hidden_layers[1] = 12;
  options.minibatch_size = 64;
  options.learning_rate = 0.01;
  options.n_first_steps = N_STEPS / 2;
  options.updates_per_step = 0.1;
  learner = sh_learner_new (algorithm, space, &options, &error);
  g_assert_no_error (error);
  sh_random_seed (&random, seed, 11);
  for (guint i = 0; i < N_LESSONS; i++)
    {
      g_autoptr (ShFragment) fragment = make_fragment (learner, &random);

      sh_learner_learn (learner, &fragment, 1, NULL);
    }
  return learner;
}

int
main (int argc, char **argv)
{
  g_autoptr (ShStore) store = NULL;
  g_autoptr (ShStoreVersion) version = NULL;
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (ShCodec) codec = NULL;
  g_autoptr (ShPolicy) made = NULL;
  g_autoptr (ShLearner) learner = NULL;
  g_autoptr (GError) error = NULL;
  const ShPolicy *policy;
  g_autofree char *text = NULL;

  g_assert_cmpint (argc, >=, 5);
  g_file_get_contents (argv[3], &text, NULL, &error);
  g_assert_no_error (error);
  program = fixture_compile (text);
  codec = sh_codec_new (fixture_concept (program), &error);
  g_assert_no_error (error);
  if (argc > 5 && g_ascii_isalpha (*argv[5]))
    {
      learner =
          teach_learner (codec, argv[5], g_ascii_strtoull (argv[4], NULL, 10));
      policy = sh_learner_get_policy (learner);
    }
  else
    policy = made = make_policy (codec, argc, argv);
  info->algorithm =
      g_strdup (learner != NULL ? sh_learner_get_name (learner) : "PPO");
  info->reason = g_strdup ("curriculum-met");
  info->iterations = 12345;
  info->episodes = 67;
  info->mean_return = 475.5;
  info->seconds = 0.25;
  info->seed = 1;
  store = sh_store_new (argv[1]);
  version = sh_store_begin_version (store, argv[2], &error);
  g_assert_no_error (error);
  sh_store_version_save (version, info, program, fixture_concept (program),
                         policy, &error);
  g_assert_no_error (error);
  printf ("%u\n", sh_store_version_get_number (version));
  return 0;
}
