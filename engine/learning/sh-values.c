/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Values of choices: dueling outputs put together, and the best of them.
 */

#include "sh-values.h"

void
sh_values_get (const ShDistribution *distribution,
               const float *outputs,
               float scale,
               float *q)
{
  const float state = outputs[SH_VALUES_STATE (distribution)];

  for (guint i = 0; i < distribution->n_heads; i++)
    {
      const ShHead *head = &distribution->heads[i];
      const float *advantages = outputs + head->output;
      float mean = 0;

      for (guint c = 0; c < head->n_choices; c++)
        mean += advantages[c];
      mean /= (float) head->n_choices;
      for (guint c = 0; c < head->n_choices; c++)
        q[head->output + c] = scale * (state + advantages[c] - mean);
    }
}

static guint
count_allowed (const ShHead *head, const guint8 *mask)
{
  guint n = 0;

  if (mask == NULL)
    return 0;
  for (guint c = 0; c < head->n_choices; c++)
    n += mask[head->output + c] != 0;
  return n;
}

guint
sh_values_get_best (const ShHead *head, const float *q, const guint8 *mask)
{
  const gboolean masked = count_allowed (head, mask) > 0;
  gboolean found = FALSE;
  guint best = 0;

  for (guint c = 0; c < head->n_choices; c++)
    {
      if (masked && mask[head->output + c] == 0)
        continue;
      if (!found || q[head->output + c] > q[head->output + best])
        best = c;
      found = TRUE;
    }
  return best;
}

double
sh_values_get_state (const ShDistribution *distribution,
                     const float *q,
                     const guint8 *mask)
{
  double sum = 0;

  for (guint i = 0; i < distribution->n_heads; i++)
    {
      const ShHead *head = &distribution->heads[i];

      sum += q[head->output + sh_values_get_best (head, q, mask)];
    }
  return sum / distribution->n_heads;
}

guint
sh_values_draw (const ShHead *head, const guint8 *mask, ShRandom *random)
{
  const guint n = count_allowed (head, mask);
  guint left;

  if (n == 0)
    return sh_random_below (random, head->n_choices);
  left = sh_random_below (random, n);
  for (guint c = 0; c < head->n_choices; c++)
    if (mask[head->output + c] != 0 && left-- == 0)
      return c;
  return 0;
}
