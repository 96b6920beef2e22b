/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShDistribution: sampling, log-probabilities, entropies and their gradients.
 */

#include "sh-distribution.h"

#include <math.h>

#define HALF_LOG_2_PI 0.91893853320467274178
/* The output of a choice that may not be taken: far below any other, and far
 * from what a float cannot hold. */
#define MASKED -1e30f
#define INVERSE_SQRT_2_PI 0.39894228040143267794

/* The float nearest to a bound that is not outside the bounds; where there is
 * no bound, the largest: actions are always finite. */
static float
bound_to_float (double bound, double other)
{
  float f = (float) CLAMP (bound, -G_MAXFLOAT, G_MAXFLOAT);
  float inward;

  if (bound == other || fabsf (f) == G_MAXFLOAT)
    return f;
  inward = nextafterf (f, (float) (bound < other ? INFINITY : -INFINITY));
  if (bound < other)
    return (double) f < bound && (double) inward <= other ? inward : f;
  return (double) f > bound && (double) inward >= other ? inward : f;
}

static void
init_continuous (ShHead *head, const ShComponent *component)
{
  const gboolean has_low = component->low > -G_MAXDOUBLE;
  const gboolean has_high = component->high < G_MAXDOUBLE;

  head->low = bound_to_float (component->low, component->high);
  head->high = bound_to_float (component->high, component->low);
  head->bounded = has_low && has_high;
  if (head->bounded)
    {
      head->centre = component->low / 2 + component->high / 2;
      head->unit = component->high / 2 - component->low / 2;
      if (!(head->unit > 0))
        head->unit = 1;
    }
  else if (has_low)
    {
      head->unit = MAX (1, fabs (component->low));
      head->centre = component->low + head->unit;
    }
  else if (has_high)
    {
      head->unit = MAX (1, fabs (component->high));
      head->centre = component->high - head->unit;
    }
  else
    {
      head->unit = 1;
      head->centre = 0;
    }
}

void
sh_distribution_init (ShDistribution *distribution, const ShSpace *space)
{
  g_return_if_fail (distribution != NULL && sh_space_is_valid (space));

  distribution->n_heads = space->n_actions;
  distribution->heads = g_new0 (ShHead, space->n_actions);
  distribution->n_outputs = 0;
  distribution->n_log_deviations = 0;
  for (guint i = 0; i < space->n_actions; i++)
    {
      ShHead *head = &distribution->heads[i];

      head->kind = space->actions[i].kind;
      head->output = distribution->n_outputs;
      if (head->kind == SH_COMPONENT_DISCRETE)
        {
          head->n_choices = space->actions[i].n_choices;
          distribution->n_outputs += head->n_choices;
        }
      else
        {
          init_continuous (head, &space->actions[i]);
          head->log_deviation = distribution->n_log_deviations++;
          distribution->n_outputs += 1;
        }
    }
}

void
sh_distribution_clear (ShDistribution *distribution)
{
  g_clear_pointer (&distribution->heads, g_free);
  distribution->n_heads = 0;
}

void
sh_distribution_get_first_log_deviations (const ShDistribution *distribution,
                                          float *log_deviations)
{
  for (guint i = 0; i < distribution->n_heads; i++)
    {
      const ShHead *head = &distribution->heads[i];

      if (head->kind == SH_COMPONENT_CONTINUOUS)
        log_deviations[head->log_deviation] =
            head->bounded ? SH_DISTRIBUTION_FIRST_BOUNDED_LOG_DEVIATION
                          : SH_DISTRIBUTION_FIRST_LOG_DEVIATION;
    }
}

/* A vector from elsewhere may hold anything. */
static inline guint
read_choice (const ShHead *head, float action)
{
  if (!(action > 0))
    return 0;
  if (action >= (float) head->n_choices)
    return head->n_choices - 1;
  return (guint) action;
}

float
sh_head_to_action (const ShHead *head, double z)
{
  float action = (float) (head->centre + head->unit * z);

  /* In this order a NaN becomes the upper bound. */
  action = action < head->high ? action : head->high;
  return action > head->low ? action : head->low;
}

void
sh_distribution_mask (const ShDistribution *distribution,
                      const guint8 *mask,
                      float *outputs)
{
  if (mask == NULL)
    return;
  for (guint i = 0; i < distribution->n_heads; i++)
    {
      const ShHead *head = &distribution->heads[i];
      gboolean any = FALSE;

      if (head->kind != SH_COMPONENT_DISCRETE)
        continue;
      for (guint c = 0; c < head->n_choices; c++)
        any |= mask[c] != 0;
      for (guint c = 0; any && c < head->n_choices; c++)
        if (mask[c] == 0)
          outputs[head->output + c] = MASKED;
      mask += head->n_choices;
    }
}

/* The sum and what is taken from it again are rounded: when something is left in
 * the end it is for the last choice that there may be, not for one that is
 * masked. */
static guint
sample_choice (const ShHead *head, const float *logits, ShRandom *random)
{
  const guint end = head->n_choices - 1;
  float largest = logits[0];
  float total = 0;
  float left;
  guint last = 0;

  for (guint c = 1; c <= end; c++)
    largest = MAX (largest, logits[c]);
  for (guint c = 0; c <= end; c++)
    total += expf (logits[c] - largest);
  left = sh_random_unit (random) * total;
  for (guint c = 0; c < end; c++)
    {
      left -= expf (logits[c] - largest);
      if (left < 0)
        return c;
      last = logits[c] > MASKED ? c : last;
    }
  return logits[end] > MASKED ? end : last;
}

void
sh_distribution_sample (const ShDistribution *distribution,
                        const float *outputs,
                        const float *log_deviations,
                        ShRandom *random,
                        float *action)
{
  for (guint i = 0; i < distribution->n_heads; i++)
    {
      const ShHead *head = &distribution->heads[i];
      const float *output = outputs + head->output;

      if (head->kind == SH_COMPONENT_DISCRETE)
        action[i] = (float) sample_choice (head, output, random);
      else
        action[i] = sh_head_to_action (
            head, *output + expf (log_deviations[head->log_deviation]) *
                                sh_random_normal (random));
    }
}

void
sh_distribution_get_mode (const ShDistribution *distribution,
                          const float *outputs,
                          float *action)
{
  for (guint i = 0; i < distribution->n_heads; i++)
    {
      const ShHead *head = &distribution->heads[i];
      const float *output = outputs + head->output;

      if (head->kind == SH_COMPONENT_DISCRETE)
        {
          guint best = 0;

          for (guint c = 1; c < head->n_choices; c++)
            if (output[c] > output[best])
              best = c;
          action[i] = (float) best;
        }
      else
        action[i] = sh_head_to_action (head, *output);
    }
}

/*
 * The logarithm of the normal distribution function at z, and its slope. Far
 * out, where the function underflows, the leading terms of its asymptotic
 * series (M. Abramowitz, I. Stegun, 26.2.12).
 */
static double
log_tail (double z, double *slope)
{
  double tail;

  if (z < -30)
    {
      *slope = -z;
      return -z * z / 2 - log (-z) - HALF_LOG_2_PI;
    }
  tail = 0.5 * erfc (-z * G_SQRT2 / 2);
  *slope = INVERSE_SQRT_2_PI * exp (-z * z / 2) / tail;
  return log (tail);
}

/* How likely a continuous action was, and the slopes of that. */
static double
evaluate_continuous (const ShHead *head,
                     float output,
                     float log_deviation,
                     float action,
                     double *by_mean,
                     double *by_log_deviation)
{
  const double deviation = exp (log_deviation);
  const double z =
      (((double) action - head->centre) / head->unit - output) / deviation;
  double slope, result;

  *by_mean = *by_log_deviation = 0;
  if (!isfinite (z) || head->low >= head->high)
    return 0;
  if (action <= head->low)
    {
      result = log_tail (z, &slope);
      *by_mean = -slope / deviation;
      *by_log_deviation = -slope * z;
      return result;
    }
  if (action >= head->high)
    {
      result = log_tail (-z, &slope);
      *by_mean = slope / deviation;
      *by_log_deviation = slope * z;
      return result;
    }
  *by_mean = z / deviation;
  *by_log_deviation = z * z - 1;
  return -z * z / 2 - log_deviation - HALF_LOG_2_PI;
}

/* Turns logits into log-probabilities and probabilities; the entropy is the
 * result. */
static float
log_softmax (guint n, const float *logits, float *log_probs, float *probs)
{
  float largest = logits[0];
  float total = 0, entropy = 0, log_total, inverse;

  for (guint c = 1; c < n; c++)
    largest = MAX (largest, logits[c]);
  for (guint c = 0; c < n; c++)
    {
      probs[c] = expf (logits[c] - largest);
      total += probs[c];
      entropy -= probs[c] * (logits[c] - largest);
    }
  log_total = logf (total);
  inverse = 1 / total;
  for (guint c = 0; c < n; c++)
    {
      log_probs[c] = logits[c] - largest - log_total;
      probs[c] *= inverse;
    }
  return entropy * inverse + log_total;
}

float
sh_distribution_evaluate (const ShDistribution *distribution,
                          const float *outputs,
                          const float *log_deviations,
                          const float *action,
                          float *scratch,
                          float *entropy)
{
  double log_prob = 0, sum = 0, unused;

  for (guint i = 0; i < distribution->n_heads; i++)
    {
      const ShHead *head = &distribution->heads[i];
      const guint output = head->output;

      if (head->kind == SH_COMPONENT_DISCRETE)
        {
          sum +=
              log_softmax (head->n_choices, outputs + output, scratch + output,
                           scratch + distribution->n_outputs + output);
          log_prob += scratch[output + read_choice (head, action[i])];
        }
      else
        {
          float s = log_deviations[head->log_deviation];

          log_prob += evaluate_continuous (head, outputs[output], s, action[i],
                                           &unused, &unused);
          sum += s + 0.5 + HALF_LOG_2_PI;
        }
    }
  if (entropy != NULL)
    *entropy = (float) sum;
  return (float) log_prob;
}

static void
backward_discrete (guint n,
                   guint choice,
                   const float *log_probs,
                   const float *probs,
                   float log_prob_weight,
                   float entropy_weight,
                   float *d_logits)
{
  float entropy = 0;

  for (guint c = 0; c < n; c++)
    entropy -= probs[c] * log_probs[c];
  for (guint c = 0; c < n; c++)
    d_logits[c] = probs[c] * (-log_prob_weight -
                              entropy_weight * (log_probs[c] + entropy));
  d_logits[choice] += log_prob_weight;
}

void
sh_distribution_backward (const ShDistribution *distribution,
                          const float *outputs,
                          const float *log_deviations,
                          const float *action,
                          const float *scratch,
                          float log_prob_weight,
                          float entropy_weight,
                          float *d_outputs,
                          float *d_log_deviations)
{
  for (guint i = 0; i < distribution->n_heads; i++)
    {
      const ShHead *head = &distribution->heads[i];
      const guint output = head->output;
      const guint s = head->log_deviation;
      double by_mean, by_log_deviation;

      if (head->kind == SH_COMPONENT_DISCRETE)
        {
          backward_discrete (
              head->n_choices, read_choice (head, action[i]), scratch + output,
              scratch + distribution->n_outputs + output, log_prob_weight,
              entropy_weight, d_outputs + output);
          continue;
        }
      evaluate_continuous (head, outputs[output], log_deviations[s], action[i],
                           &by_mean, &by_log_deviation);
      d_outputs[output] = (float) (log_prob_weight * by_mean);
      d_log_deviations[s] +=
          (float) (log_prob_weight * by_log_deviation) + entropy_weight;
    }
}
