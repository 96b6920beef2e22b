/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShPpoBatch: from fragments to arrays.
 */

#include "sh-ppo-batch.h"

#include <math.h>
#include <string.h>

#include "sh-advantage.h"
#include "sh-policy-private.h"

/* The share of a new batch in the running variance of advantages. */
#define RUNNING_WEIGHT 0.05

void
sh_ppo_batch_clear (ShPpoBatch *batch)
{
  g_clear_pointer (&batch->observations, g_aligned_free);
  g_clear_pointer (&batch->actions, g_aligned_free);
  g_clear_pointer (&batch->log_probs, g_aligned_free);
  g_clear_pointer (&batch->values, g_aligned_free);
  g_clear_pointer (&batch->advantages, g_aligned_free);
  g_clear_pointer (&batch->returns, g_aligned_free);
  g_clear_pointer (&batch->masks, g_free);
  batch->n = batch->capacity = 0;
}

static void
reserve (ShPpoBatch *batch, const ShSpace *space, gsize n)
{
  if (n <= batch->capacity)
    return;
  sh_ppo_batch_clear (batch);
  batch->observations = sh_kernels_alloc (n * space->n_observations);
  batch->actions = sh_kernels_alloc (n * space->n_actions);
  batch->log_probs = sh_kernels_alloc (n);
  batch->values = sh_kernels_alloc (n);
  batch->advantages = sh_kernels_alloc (n);
  batch->returns = sh_kernels_alloc (n);
  batch->capacity = n;
}

/* Copies numbers that others worked out. */
static void
copy_finite (float *to, const float *from, gsize n)
{
  for (gsize i = 0; i < n; i++)
    to[i] = isfinite (from[i]) ? CLAMP (from[i], -1e30f, 1e30f) : 0;
}

static void
add_part (const ShSpace *space,
          const ShFragment *fragment,
          guint from,
          guint to,
          GArray *parts)
{
  ShFragment part = *fragment;

  if (from == to)
    return;
  part.n_steps = part.capacity = to - from;
  part.end = to < fragment->n_steps ? SH_FRAGMENT_OPEN : fragment->end;
  part.observations += (gsize) from * space->n_observations;
  part.actions += (gsize) from * space->n_actions;
  part.log_probs += from;
  part.values += from;
  part.rewards += from;
  part.external = NULL;
  if (part.masks != NULL)
    part.masks += (gsize) from * sh_space_get_n_choices (space);
  g_array_append_val (parts, part);
}

void
sh_ppo_batch_split (const ShSpace *space,
                    ShFragment *const *fragments,
                    guint n_fragments,
                    GArray *parts)
{
  for (guint f = 0; f < n_fragments; f++)
    {
      const ShFragment *fragment = fragments[f];
      guint from = 0;

      for (guint i = 0; fragment->external != NULL && i < fragment->n_steps;
           i++)
        if (fragment->external[i] != 0)
          {
            add_part (space, fragment, from, i, parts);
            from = i + 1;
          }
      add_part (space, fragment, from, fragment->n_steps, parts);
    }
}

/* The masks of all steps, if any fragment has some. */
static void
fill_masks (ShPpoBatch *batch,
            guint n_choices,
            const ShFragment *fragments,
            guint n_fragments)
{
  gboolean any = FALSE;
  gsize n = 0;

  g_clear_pointer (&batch->masks, g_free);
  for (guint f = 0; f < n_fragments; f++)
    any |= fragments[f].masks != NULL;
  if (!any || n_choices == 0)
    return;
  batch->masks = g_malloc_n (batch->n, n_choices);
  for (guint f = 0; f < n_fragments; f++)
    {
      const gsize size = (gsize) fragments[f].n_steps * n_choices;

      if (fragments[f].masks != NULL)
        memcpy (batch->masks + n, fragments[f].masks, size);
      else
        memset (batch->masks + n, 1, size);
      n += size;
    }
}

void
sh_ppo_batch_fill (ShPpoBatch *batch,
                   ShPolicy *policy,
                   gboolean anew,
                   const ShFragment *fragments,
                   guint n_fragments)
{
  const ShSpace *space = policy->space;
  gsize n = 0;

  for (guint f = 0; f < n_fragments; f++)
    n += fragments[f].n_steps;
  reserve (batch, space, n);
  batch->n = n;
  fill_masks (batch, policy->n_choices, fragments, n_fragments);

  n = 0;
  for (guint f = 0; f < n_fragments; f++)
    {
      const ShFragment *fragment = &fragments[f];
      const guint n_steps = fragment->n_steps;

      sh_policy_normalise (policy, n_steps, fragment->observations,
                           batch->observations + n * space->n_observations);
      copy_finite (batch->actions + n * space->n_actions, fragment->actions,
                   (gsize) n_steps * space->n_actions);
      if (anew)
        {
          sh_policy_evaluate (
              policy, n_steps, fragment->observations, fragment->masks,
              batch->actions + n * space->n_actions, batch->log_probs + n);
          sh_policy_value (policy, n_steps, fragment->observations,
                           batch->values + n);
        }
      else
        {
          copy_finite (batch->log_probs + n, fragment->log_probs, n_steps);
          copy_finite (batch->values + n, fragment->values, n_steps);
        }
      n += n_steps;
    }
}

/* The estimated returns of what came after each fragment's last step. */
static float *
get_last_values (ShPolicy *policy,
                 const ShFragment *fragments,
                 guint n_fragments)
{
  const guint width = policy->space->n_observations;
  g_autofree float *observations = g_new (float, (gsize) n_fragments *width);
  float *values = g_new (float, n_fragments);

  for (guint f = 0; f < n_fragments; f++)
    memcpy (observations + (gsize) f * width,
            fragments[f].observations + (gsize) fragments[f].n_steps * width,
            sizeof (float) * width);
  sh_policy_value (policy, n_fragments, observations, values);
  for (guint f = 0; f < n_fragments; f++)
    if (fragments[f].end == SH_FRAGMENT_TERMINAL)
      values[f] = 0;
  return values;
}

void
sh_ppo_batch_estimate (ShPpoBatch *batch,
                       ShPolicy *policy,
                       const ShFragment *fragments,
                       guint n_fragments,
                       double discount,
                       double lambda)
{
  g_autofree float *last_values =
      get_last_values (policy, fragments, n_fragments);
  gsize n = 0;

  for (guint f = 0; f < n_fragments; f++)
    {
      sh_advantage_estimate (fragments[f].n_steps, fragments[f].rewards,
                             batch->values + n, last_values[f], discount,
                             lambda, batch->advantages + n);
      n += fragments[f].n_steps;
    }
  for (gsize i = 0; i < n; i++)
    batch->returns[i] = batch->values[i] + batch->advantages[i];
}

void
sh_ppo_batch_normalise_advantages (ShPpoBatch *batch, double *running_square)
{
  const double n = (double) batch->n;
  double mean = 0, square = 0, scale;

  for (gsize i = 0; i < batch->n; i++)
    mean += batch->advantages[i] / n;
  for (gsize i = 0; i < batch->n; i++)
    {
      double d = batch->advantages[i] - mean;

      square += d * d / n;
    }
  if (*running_square == 0)
    *running_square = square;
  *running_square += RUNNING_WEIGHT * (square - *running_square);
  scale = sqrt (MAX (square, *running_square));
  /* Below that it is rounding, not an advantage. */
  scale = scale > 1e-6 * fabs (mean) && scale > 1e-30 ? 1 / scale : 0;
  for (gsize i = 0; i < batch->n; i++)
    batch->advantages[i] = (float) ((batch->advantages[i] - mean) * scale);
}
