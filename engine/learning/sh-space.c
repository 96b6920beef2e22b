/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShSpace: making, copying and checking the shape of observations and actions.
 */

#include "sh-space.h"

#include <math.h>

/* Above any sensible simulator, below what overflows a size. */
#define MAX_OBSERVATIONS (1u << 20)
#define MAX_ACTIONS (1u << 12)
#define MAX_CHOICES (1u << 16)

ShSpace *
sh_space_new (guint n_observations, guint n_actions)
{
  ShSpace *space = g_new0 (ShSpace, 1);

  space->n_observations = n_observations;
  space->n_actions = n_actions;
  space->actions = g_new0 (ShComponent, n_actions);
  for (guint i = 0; i < n_actions; i++)
    {
      space->actions[i].low = -INFINITY;
      space->actions[i].high = INFINITY;
    }
  return space;
}

ShSpace *
sh_space_copy (const ShSpace *space)
{
  ShSpace *copy;

  g_return_val_if_fail (space != NULL, NULL);

  copy = sh_space_new (space->n_observations, space->n_actions);
  for (guint i = 0; i < space->n_actions; i++)
    copy->actions[i] = space->actions[i];
  return copy;
}

void
sh_space_free (ShSpace *space)
{
  if (space == NULL)
    return;
  g_free (space->actions);
  g_free (space);
}

static gboolean
component_equal (const ShComponent *a, const ShComponent *b)
{
  if (a->kind != b->kind)
    return FALSE;
  if (a->kind == SH_COMPONENT_DISCRETE)
    return a->n_choices == b->n_choices;
  return a->low == b->low && a->high == b->high;
}

gboolean
sh_space_equal (const ShSpace *a, const ShSpace *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  if (a->n_observations != b->n_observations || a->n_actions != b->n_actions)
    return FALSE;
  for (guint i = 0; i < a->n_actions; i++)
    if (!component_equal (&a->actions[i], &b->actions[i]))
      return FALSE;
  return TRUE;
}

guint
sh_space_get_n_choices (const ShSpace *space)
{
  guint n = 0;

  g_return_val_if_fail (space != NULL, 0);

  for (guint i = 0; i < space->n_actions; i++)
    if (space->actions[i].kind == SH_COMPONENT_DISCRETE)
      n += space->actions[i].n_choices;
  return n;
}

static gboolean
component_is_valid (const ShComponent *component)
{
  switch (component->kind)
    {
    case SH_COMPONENT_DISCRETE:
      return component->n_choices >= 1 && component->n_choices <= MAX_CHOICES;
    case SH_COMPONENT_CONTINUOUS:
      return component->low <= component->high &&
             component->low <= G_MAXFLOAT && component->high >= -G_MAXFLOAT;
    default:
      return FALSE;
    }
}

gboolean
sh_space_is_valid (const ShSpace *space)
{
  if (space == NULL || space->n_observations == 0 ||
      space->n_observations > MAX_OBSERVATIONS || space->n_actions == 0 ||
      space->n_actions > MAX_ACTIONS)
    return FALSE;
  for (guint i = 0; i < space->n_actions; i++)
    if (!component_is_valid (&space->actions[i]))
      return FALSE;
  return TRUE;
}
