/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * APEX and SAC: their gradients against finite differences of their losses,
 * which are worked out here once more, in doubles.
 */

#include <math.h>
#include <string.h>

#include "reference.h"
#include "sh-apex-private.h"
#include "sh-sac-private.h"

#define N_OBSERVATIONS 3u
#define MINIBATCH 70u

/* Random steps in all kinds of fragments, with masks for discrete actions. */
static void
teach (ShLearner *learner, gboolean masked)
{
  ShPolicy *policy = sh_learner_get_policy (learner);
  const ShSpace *space = sh_policy_get_space (policy);
  const guint n_choices = sh_space_get_n_choices (space);
  ShRandom random;

  sh_random_seed (&random, 3, 0);
  for (guint round = 0; round < 12; round++)
    {
      g_autoptr (ShFragment) fragment = sh_fragment_new (space, 40);

      for (guint i = 0; i < 41 * N_OBSERVATIONS; i++)
        fragment->observations[i] = 2 * sh_random_normal (&random) + 1;
      for (guint i = 0; i < 40; i++)
        fragment->rewards[i] = 5 * sh_random_normal (&random) + 2;
      if (masked)
        sh_fragment_need_masks (fragment, space);
      for (guint i = 0; masked && i < 41 * n_choices; i++)
        fragment->masks[i] = sh_random_below (&random, 3) > 0;
      fragment->n_steps = 40;
      fragment->end = (ShFragmentEnd) (round % 3);
      sh_policy_act_masked (policy, SH_ACT_EXPLORE, 40, fragment->observations,
                            fragment->masks, fragment->actions, NULL, NULL);
      sh_learner_learn (learner, &fragment, 1, NULL);
    }
}

static void
set_options (ShLearnerOptions *options,
             const char *algorithm,
             const ShSpace *space)
{
  sh_learner_options_init_for (options, algorithm, space);
  options->n_hidden_layers = options->n_q_hidden_layers = 2;
  options->hidden_layers[0] = options->q_hidden_layers[0] = 10;
  options->hidden_layers[1] = options->q_hidden_layers[1] = 7;
  options->q_activations[0] = options->activations[1] = SH_ACTIVATION_ELU;
  options->minibatch_size = MINIBATCH;
  options->n_first_steps = 100;
  options->updates_per_step = 1;
  options->target_rate = 0.02;
  options->max_gradient_norm = 0;
  options->n_threads = 2;
  options->seed = 5;
}

/* Compares `gradient` with differences of `loss` by the `n` parameters. */
static void
check_gradient (const float *parameters,
                const float *first,
                const float *second,
                gsize n,
                double (*loss) (gpointer self, const double *parameters),
                gpointer self)
{
  const double step = 1e-5;
  g_autofree double *x = g_new (double, n);
  guint n_checked = 0;
  ShRandom random;

  sh_random_seed (&random, 1, 0);
  for (gsize i = 0; i < n; i++)
    x[i] = parameters[i];
  for (guint trial = 0; trial < 300; trial++)
    {
      const gsize at = sh_random_below (&random, (guint32) n);
      const double middle = x[at];
      double above, below;

      x[at] = middle + step;
      above = loss (self, x);
      x[at] = middle - step;
      below = loss (self, x);
      x[at] = middle;
      n_checked += above != below;
      g_assert_true (reference_is_near (first[at] + second[at],
                                        (above - below) / (2 * step), 3e-3));
    }
  g_assert_cmpuint (n_checked, >, 50);
}

/* ---- APEX ---- */

/* Values of all choices, in units of the scale. */
static void
get_values (const ShPolicy *policy,
            const double *parameters,
            const float *observation,
            double *q)
{
  const ShSpace *space = policy->space;
  double x[N_OBSERVATIONS], outputs[16];
  guint at = 0;

  for (guint i = 0; i < N_OBSERVATIONS; i++)
    x[i] = observation[i];
  reference_forward (&policy->actor, parameters, x, outputs);
  for (guint d = 0; d < space->n_actions; d++)
    {
      const guint n = space->actions[d].n_choices;
      double mean = 0;

      for (guint c = 0; c < n; c++)
        mean += outputs[at + c] / n;
      for (guint c = 0; c < n; c++)
        q[at + c] = outputs[policy->n_choices] + outputs[at + c] - mean;
      at += n;
    }
}

static guint
get_best (guint n, const double *q, const guint8 *mask)
{
  gboolean any = FALSE;
  guint best = 0;

  for (guint c = 0; mask != NULL && c < n; c++)
    any |= mask[c] != 0;
  for (guint c = 0; c < n; c++)
    if (!any || mask[c] != 0)
      {
        best = c;
        break;
      }
  for (guint c = 0; c < n; c++)
    if ((!any || mask[c] != 0) && q[c] > q[best])
      best = c;
  return best;
}

/* What the i-th sample should be worth, in units of the scale. */
static double
get_target (const ShApex *self, guint i)
{
  const ShPolicy *policy = self->common.policy;
  const ShSpace *space = policy->space;
  const ShTransition *t = &self->common.transitions[i];
  const float *x = self->common.next_observations + i * N_OBSERVATIONS;
  g_autofree double *online = g_new (double, policy->n_trained);
  g_autofree double *target = g_new (double, policy->n_trained);
  double q[16], late[16], sum = 0;
  guint at = 0;

  for (gsize p = 0; p < policy->n_trained; p++)
    {
      online[p] = policy->parameters[p];
      target[p] = self->target[p];
    }
  get_values (policy, online, x, q);
  get_values (policy, target, x, late);
  for (guint d = 0; d < space->n_actions; d++)
    {
      const guint n = space->actions[d].n_choices;
      const guint8 *mask = t->next_mask != NULL ? t->next_mask + at : NULL;

      sum += late[at + get_best (n, q + at, mask)] / space->n_actions;
      at += n;
    }
  return t->reward / policy->parameters[policy->value_scale + 1] +
         t->discount * sum;
}

static double targets[MINIBATCH];

static double
apex_loss (gpointer data, const double *parameters)
{
  const ShApex *self = data;
  const ShSpace *space = self->common.policy->space;
  double loss = 0;

  for (guint i = 0; i < MINIBATCH; i++)
    {
      const float *action = self->common.transitions[i].action;
      double q[16];
      guint at = 0;

      get_values (self->common.policy, parameters,
                  self->common.observations + i * N_OBSERVATIONS, q);
      for (guint d = 0; d < space->n_actions; d++)
        {
          const double e = fabs (q[at + (guint) action[d]] - targets[i]);

          loss += self->common.weights[i] / space->n_actions *
                  (e < 1 ? e * e / 2 : e - 0.5);
          at += space->actions[d].n_choices;
        }
    }
  return loss;
}

static void
test_apex_gradient (gconstpointer data)
{
  const gboolean masked = GPOINTER_TO_UINT (data) == 2;
  const guint n_actions = GPOINTER_TO_UINT (data) > 0 ? 2 : 1;
  g_autoptr (ShSpace) space = sh_space_new (N_OBSERVATIONS, n_actions);
  g_autoptr (ShLearner) learner = NULL;
  ShLearnerOptions options;
  ShApex *self;

  space->actions[0] = (ShComponent){ SH_COMPONENT_DISCRETE, 4, 0, 0 };
  if (n_actions > 1)
    space->actions[1] = (ShComponent){ SH_COMPONENT_DISCRETE, 3, 0, 0 };
  set_options (&options, "APEX", space);
  learner = sh_apex_new (space, &options);
  self = (ShApex *) learner;
  teach (learner, masked);
  g_assert_cmpfloat (
      self->common.policy->parameters[self->common.policy->value_scale + 1], !=,
      1);

  sh_off_policy_draw (&self->common, 3, 0.4);
  sh_apex_find_gradient (self);
  for (guint i = 0; i < MINIBATCH; i++)
    targets[i] = get_target (self, i);
  check_gradient (self->common.policy->parameters, self->lanes[0].gradient,
                  self->lanes[1].gradient, self->common.policy->n_trained,
                  apex_loss, self);
}

/* ---- SAC ---- */

/* The i-th sample's action, squashed, and the result its log-probability. */
static double
draw_action (const ShSac *self,
             const double *parameters,
             const float *observation,
             const float *noise,
             double *squashed)
{
  const ShPolicy *policy = self->common.policy;
  const guint n = policy->space->n_actions;
  double x[N_OBSERVATIONS], outputs[8], log_prob = 0;

  for (guint i = 0; i < N_OBSERVATIONS; i++)
    x[i] = observation[i];
  reference_forward (&policy->actor, parameters, x, outputs);
  for (guint a = 0; a < n; a++)
    {
      const double s = -5 + 3.5 * (1 + tanh (outputs[n + a]));
      const double u = outputs[a] + exp (s) * noise[a];

      squashed[a] = tanh (u);
      log_prob += -noise[a] * noise[a] / 2 - s - log (2 * G_PI) / 2 -
                  log (1 - squashed[a] * squashed[a]);
    }
  return log_prob;
}

static double
get_q (const ShSac *self,
       const double *critic,
       const float *observation,
       const double *squashed)
{
  double x[8], q;

  for (guint i = 0; i < N_OBSERVATIONS; i++)
    x[i] = observation[i];
  for (guint a = 0; a < self->common.policy->space->n_actions; a++)
    x[N_OBSERVATIONS + a] = squashed[a];
  reference_forward (&self->critic, critic, x, &q);
  return q;
}

static double *
to_doubles (const float *x, gsize n)
{
  double *y = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    y[i] = x[i];
  return y;
}

static double
get_sac_target (const ShSac *self, guint i)
{
  const ShPolicy *policy = self->common.policy;
  const ShTransition *t = &self->common.transitions[i];
  const float *x = self->common.next_observations + i * N_OBSERVATIONS;
  g_autofree double *actor = to_doubles (policy->parameters, policy->n_trained);
  g_autofree double *late = to_doubles (self->targets, 2 * self->n_critic);
  double squashed[4];
  const double log_prob =
      draw_action (self, actor, x,
                   self->next_noise + i * policy->space->n_actions, squashed);
  const double q = fmin (get_q (self, late, x, squashed),
                         get_q (self, late + self->n_critic, x, squashed));

  return t->reward / policy->parameters[policy->value_scale + 1] +
         t->discount * (q - exp (*self->log_temperature) * log_prob);
}

static double
critic_loss (gpointer data, const double *parameters)
{
  const ShSac *self = data;
  const ShSpace *space = self->common.policy->space;
  double loss = 0;

  for (guint i = 0; i < MINIBATCH; i++)
    {
      double squashed[4];

      for (guint a = 0; a < space->n_actions; a++)
        {
          const double low = space->actions[a].low,
                       high = space->actions[a].high;

          squashed[a] =
              2 * (self->common.transitions[i].action[a] - low) / (high - low) -
              1;
        }
      for (guint c = 0; c < 2; c++)
        loss += pow (get_q (self, parameters + c * self->n_critic,
                            self->common.observations + i * N_OBSERVATIONS,
                            squashed) -
                         targets[i],
                     2);
    }
  return loss;
}

static double
policy_loss (gpointer data, const double *parameters)
{
  const ShSac *self = data;
  g_autofree double *critics = to_doubles (self->critics, 2 * self->n_critic);
  double loss = 0;

  for (guint i = 0; i < MINIBATCH; i++)
    {
      const float *x = self->common.observations + i * N_OBSERVATIONS;
      double squashed[4];
      const double log_prob = draw_action (
          self, parameters, x,
          self->noise + i * self->common.policy->space->n_actions, squashed);

      loss += exp (*self->log_temperature) * log_prob -
              fmin (get_q (self, critics, x, squashed),
                    get_q (self, critics + self->n_critic, x, squashed));
    }
  return loss;
}

static void
test_sac_gradient (void)
{
  g_autoptr (ShSpace) space = sh_space_new (N_OBSERVATIONS, 2);
  g_autoptr (ShLearner) learner = NULL;
  ShLearnerOptions options;
  ShSac *self;

  space->actions[0] = (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, -1, 1 };
  space->actions[1] = (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, 5, 25 };
  set_options (&options, "SAC", space);
  learner = sh_sac_new (space, &options);
  self = (ShSac *) learner;
  teach (learner, FALSE);

  sh_off_policy_draw (&self->common, 1, 0);
  sh_sac_find_critic_gradient (self);
  for (guint i = 0; i < MINIBATCH; i++)
    targets[i] = get_sac_target (self, i);
  check_gradient (self->critics, self->lanes[0].critic_gradient,
                  self->lanes[1].critic_gradient, 2 * self->n_critic,
                  critic_loss, self);
  sh_sac_find_policy_gradient (self);
  check_gradient (self->common.policy->parameters,
                  self->lanes[0].actor_gradient, self->lanes[1].actor_gradient,
                  self->common.policy->n_trained, policy_loss, self);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/apex/gradient/one-component", GUINT_TO_POINTER (0),
                        test_apex_gradient);
  g_test_add_data_func ("/apex/gradient/branches", GUINT_TO_POINTER (1),
                        test_apex_gradient);
  g_test_add_data_func ("/apex/gradient/masked", GUINT_TO_POINTER (2),
                        test_apex_gradient);
  g_test_add_func ("/sac/gradient", test_sac_gradient);
  return g_test_run ();
}
