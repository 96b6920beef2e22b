/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * For tests in Python: stores a brain with a random policy, DATA_HOME NAME
 * FILE.ink SEED [KIND [UNIT]], and prints its version. KIND and UNIT are the
 * numbers of ShPolicyKind and ShActivation; with them the normaliser has seen
 * something and the last layer has weights that matter.
 */

#include <stdio.h>

#include "fixture.h"
#include "sh-policy-private.h"
#include "sh-store.h"

#define N_OBSERVED 100u

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
    shape.activations[0] = shape.activations[1] =
        (ShActivation) g_ascii_strtoull (argv[6], NULL, 10);
  policy = sh_policy_new_shaped (sh_codec_get_space (codec), &shape, seed);
  if (argc > 5)
    stir (policy);
  return policy;
}

int
main (int argc, char **argv)
{
  g_autoptr (ShStore) store = NULL;
  g_autoptr (ShStoreVersion) version = NULL;
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();
  g_autoptr (ShProgram) program = NULL;
  g_autoptr (ShCodec) codec = NULL;
  g_autoptr (ShPolicy) policy = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpint (argc, >=, 5);
  g_file_get_contents (argv[3], &text, NULL, &error);
  g_assert_no_error (error);
  program = fixture_compile (text);
  codec = sh_codec_new (fixture_concept (program), &error);
  g_assert_no_error (error);
  policy = make_policy (codec, argc, argv);
  info->algorithm = g_strdup ("PPO");
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
