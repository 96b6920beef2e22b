/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Layouts: the greedy action of each kind of policy, worked out from nothing
 * but its layout, as the header describes it.
 */

#include <math.h>
#include <string.h>

#include "reference.h"
#include "sh-policy-layout.h"

#define N_OBSERVATIONS 3u
#define N 40u

/* The header's description in doubles. */
static void
act (const ShPolicyLayout *layout, const float *observation, double *action)
{
  g_autofree double *x = g_new (double, layout->n_observations);

  for (guint i = 0; i < layout->n_observations; i++)
    {
      x[i] = isfinite (observation[i]) ? observation[i] : 0;
      x[i] = (x[i] - layout->mean[i]) * layout->scale[i];
      x[i] = fmin (fmax (x[i], -layout->clip), layout->clip);
    }
  for (guint l = 0; l < layout->n_layers; l++)
    {
      const ShPolicyLayer *layer = &layout->layers[l];
      double *y = g_new (double, layer->n_outputs);

      for (guint o = 0; o < layer->n_outputs; o++)
        {
          y[o] = layer->bias[o];
          for (guint i = 0; i < layer->n_inputs; i++)
            y[o] += layer->weights[o * layer->n_inputs + i] * x[i];
        }
      reference_activation (layer->activation, layer->n_outputs, y);
      g_free (x);
      x = y;
    }
  for (guint a = 0; a < layout->n_actions; a++)
    {
      const ShPolicyAction *head = &layout->actions[a];
      const double *z = x + head->output;
      guint best = 0;

      for (guint c = 1; c < head->n_outputs; c++)
        if (z[c] > z[best])
          best = c;
      if (head->rule == SH_POLICY_RULE_LARGEST)
        action[a] = best;
      else
        action[a] =
            head->centre +
            head->unit *
                (head->rule == SH_POLICY_RULE_TANH ? tanh (z[0]) : z[0]);
      if (head->rule != SH_POLICY_RULE_LARGEST)
        action[a] = fmin (fmax (action[a], head->low), head->high);
    }
}

typedef struct
{
  const char *name;
  ShPolicyKind kind;
  ShActivation activation;
} Case;

static const Case cases[] = {
  { "stochastic/tanh", SH_POLICY_STOCHASTIC, SH_ACTIVATION_TANH },
  { "stochastic/relu", SH_POLICY_STOCHASTIC, SH_ACTIVATION_RELU },
  { "stochastic/softmax", SH_POLICY_STOCHASTIC, SH_ACTIVATION_SOFTMAX },
  { "values/elu", SH_POLICY_VALUES, SH_ACTIVATION_ELU },
  { "values/logistic", SH_POLICY_VALUES, SH_ACTIVATION_LOGISTIC },
  { "squashed/tanh", SH_POLICY_SQUASHED, SH_ACTIVATION_TANH },
  { "squashed/linear", SH_POLICY_SQUASHED, SH_ACTIVATION_LINEAR },
};

static ShSpace *
make_space (ShPolicyKind kind)
{
  ShSpace *space;

  if (kind == SH_POLICY_STOCHASTIC)
    return reference_mixed_space (N_OBSERVATIONS);
  space = sh_space_new (N_OBSERVATIONS, 2);
  space->actions[0] = kind == SH_POLICY_VALUES
                          ? (ShComponent){ SH_COMPONENT_DISCRETE, 5, 0, 0 }
                          : (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, -1, 3 };
  space->actions[1] = kind == SH_POLICY_VALUES
                          ? (ShComponent){ SH_COMPONENT_DISCRETE, 2, 0, 0 }
                          : (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, 10, 11 };
  return space;
}

static ShPolicy *
make_policy (const ShSpace *space, const Case *c)
{
  const ShPolicyShape shape = {
    c->kind, 2, { 11, 18 }, { c->activation, c->activation }
  };
  ShPolicy *policy = sh_policy_new_shaped (space, &shape, 4);
  float observations[50 * N_OBSERVATIONS];
  ShRandom random;

  sh_random_seed (&random, 5, 0);
  for (guint i = 0; i < G_N_ELEMENTS (observations); i++)
    observations[i] = 2 * sh_random_normal (&random) - 3;
  sh_policy_update_normaliser (policy, 50, observations);
  /* Outputs far enough apart for a float and a double to agree on them. */
  sh_network_randomize (&policy->actor, policy->parameters, 3, &random);
  return policy;
}

static void
test_layout (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (ShSpace) space = make_space (c->kind);
  g_autoptr (ShPolicy) policy = make_policy (space, c);
  g_autoptr (ShPolicyLayout) layout = sh_policy_layout_new (policy);
  ShRandom random;

  g_assert_cmpuint (layout->n_layers, ==, 3);
  g_assert_cmpuint (layout->n_actions, ==, space->n_actions);
  sh_random_seed (&random, 6, 0);
  for (guint i = 0; i < N; i++)
    {
      float observation[N_OBSERVATIONS], action[6];
      double expected[6];

      for (guint o = 0; o < N_OBSERVATIONS; o++)
        observation[o] = 3 * sh_random_normal (&random) - 3;
      if (i == 7)
        observation[1] = NAN;
      if (i == 8)
        observation[2] = 1e20f;
      sh_policy_act (policy, SH_ACT_GREEDY, 1, observation, action, NULL, NULL);
      act (layout, observation, expected);
      for (guint a = 0; a < space->n_actions; a++)
        g_assert_true (reference_is_near (action[a], expected[a], 2e-5));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/layout/gives-the-greedy-action/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_layout);
    }
  return g_test_run ();
}
