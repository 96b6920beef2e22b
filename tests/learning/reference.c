/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The obvious way.
 */

#include "reference.h"

#include <math.h>

void
reference_activation (ShActivation activation, guint n, double *x)
{
  double total = 0;

  for (guint i = 0; activation == SH_ACTIVATION_SOFTMAX && i < n; i++)
    total += exp (x[i]);
  for (guint i = 0; i < n; i++)
    switch (activation)
      {
      case SH_ACTIVATION_TANH:
        x[i] = tanh (x[i]);
        break;
      case SH_ACTIVATION_RELU:
        x[i] = fmax (x[i], 0);
        break;
      case SH_ACTIVATION_ELU:
        x[i] = x[i] > 0 ? x[i] : exp (x[i]) - 1;
        break;
      case SH_ACTIVATION_LOGISTIC:
        x[i] = 1 / (1 + exp (-x[i]));
        break;
      case SH_ACTIVATION_SOFTMAX:
        x[i] = exp (x[i]) / total;
        break;
      case SH_ACTIVATION_LINEAR:
      default:
        break;
      }
}

void
reference_forward (const ShNetwork *network,
                   const double *parameters,
                   const double *x,
                   double *outputs)
{
  g_autofree double *in =
      g_memdup2 (x, sizeof (double) * network->layers[0].n_inputs);

  for (guint l = 0; l < network->n_layers; l++)
    {
      const ShLayer *layer = &network->layers[l];
      double *out = g_new0 (double, layer->n_outputs);

      for (guint o = 0; o < layer->n_outputs; o++)
        {
          out[o] = parameters[layer->bias + o];
          for (guint i = 0; i < layer->n_inputs; i++)
            out[o] += in[i] * parameters[sh_layer_get_weight (layer, i, o)];
        }
      reference_activation (layer->activation, layer->n_outputs, out);
      g_free (in);
      in = out;
    }
  for (guint o = 0; o < network->layers[network->n_layers - 1].n_outputs; o++)
    outputs[o] = in[o];
}

static double
log_prob_of_choice (guint n,
                    const double *logits,
                    guint choice,
                    double *entropy)
{
  double total = 0;

  for (guint c = 0; c < n; c++)
    total += exp (logits[c]);
  for (guint c = 0; c < n; c++)
    *entropy -= exp (logits[c]) / total * log (exp (logits[c]) / total);
  return log (exp (logits[choice]) / total);
}

static double
log_prob_of_number (const ShComponent *component,
                    double mean,
                    double deviation,
                    double action)
{
  const gboolean has_low = isfinite (component->low);
  const gboolean has_high = isfinite (component->high);
  double centre = 0, unit = 1, z;

  if (has_low && has_high)
    {
      unit = (component->high - component->low) / 2;
      centre = (component->high + component->low) / 2;
    }
  else if (has_low)
    {
      unit = fmax (1, fabs (component->low));
      centre = component->low + unit;
    }
  else if (has_high)
    {
      unit = fmax (1, fabs (component->high));
      centre = component->high - unit;
    }
  z = ((action - centre) / unit - mean) / deviation;
  if (has_low && action <= component->low)
    return log (erfc (-z / sqrt (2)) / 2);
  if (has_high && action >= component->high)
    return log (erfc (z / sqrt (2)) / 2);
  return log (exp (-z * z / 2) / (deviation * sqrt (2 * G_PI)));
}

double
reference_log_prob (const ShSpace *space,
                    const double *outputs,
                    const double *log_deviations,
                    const float *action,
                    double *entropy)
{
  double log_prob = 0;

  *entropy = 0;
  for (guint i = 0; i < space->n_actions; i++)
    {
      const ShComponent *component = &space->actions[i];

      if (component->kind == SH_COMPONENT_DISCRETE)
        {
          log_prob += log_prob_of_choice (component->n_choices, outputs,
                                          (guint) action[i], entropy);
          outputs += component->n_choices;
        }
      else
        {
          double deviation = exp (*log_deviations++);

          log_prob +=
              log_prob_of_number (component, *outputs++, deviation, action[i]);
          *entropy += log (deviation * sqrt (2 * G_PI * G_E));
        }
    }
  return log_prob;
}

gboolean
reference_is_near (double a, double b, double tolerance)
{
  return fabs (a - b) <= tolerance * fmax (1, fabs (b));
}

ShSpace *
reference_mixed_space (guint n_observations)
{
  ShSpace *space = sh_space_new (n_observations, 6);

  space->actions[0] = (ShComponent){ SH_COMPONENT_DISCRETE, 3, 0, 0 };
  space->actions[1] = (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, -2, 2 };
  space->actions[2] =
      (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, 0.5, INFINITY };
  space->actions[3] =
      (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, -INFINITY, -3 };
  space->actions[4] =
      (ShComponent){ SH_COMPONENT_CONTINUOUS, 0, -INFINITY, INFINITY };
  space->actions[5] = (ShComponent){ SH_COMPONENT_DISCRETE, 2, 0, 0 };
  return space;
}
