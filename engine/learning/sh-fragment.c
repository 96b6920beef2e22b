/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShFragment: room for some steps of one episode.
 */

#include "sh-fragment.h"

#include <string.h>

/* Makes `array` hold `n` of its elements, those from `old` on all `fill`. */
static gpointer
resize (gpointer array, gsize size, gsize old, gsize n, int fill)
{
  guint8 *bytes = g_realloc_n (array, n, size);

  if (n > old)
    memset (bytes + old * size, fill, (n - old) * size);
  return bytes;
}

static void
set_capacity (ShFragment *fragment, const ShSpace *space, gsize n)
{
  const gsize old = fragment->capacity;
  const gsize first = fragment->observations != NULL ? old + 1 : 0;
  const gsize o = space->n_observations, a = space->n_actions;

  fragment->observations = resize (fragment->observations, sizeof (float),
                                   first * o, (n + 1) * o, 0);
  fragment->actions =
      resize (fragment->actions, sizeof (float), old * a, n * a, 0);
  fragment->log_probs = resize (fragment->log_probs, sizeof (float), old, n, 0);
  fragment->values = resize (fragment->values, sizeof (float), old, n, 0);
  fragment->rewards = resize (fragment->rewards, sizeof (float), old, n, 0);
  fragment->external = resize (fragment->external, 1, old, n, 0);
  if (fragment->masks != NULL)
    {
      const gsize c = sh_space_get_n_choices (space);

      fragment->masks =
          resize (fragment->masks, 1, (old + 1) * c, (n + 1) * c, 1);
    }
  fragment->capacity = (guint) n;
}

ShFragment *
sh_fragment_new (const ShSpace *space, guint capacity)
{
  ShFragment *fragment;

  g_return_val_if_fail (space != NULL, NULL);

  fragment = g_new0 (ShFragment, 1);
  set_capacity (fragment, space, capacity);
  return fragment;
}

void
sh_fragment_free (ShFragment *fragment)
{
  if (fragment == NULL)
    return;
  g_free (fragment->observations);
  g_free (fragment->actions);
  g_free (fragment->log_probs);
  g_free (fragment->values);
  g_free (fragment->rewards);
  g_free (fragment->external);
  g_free (fragment->masks);
  g_free (fragment);
}

void
sh_fragment_clear (ShFragment *fragment)
{
  g_return_if_fail (fragment != NULL);

  fragment->n_steps = 0;
  fragment->end = SH_FRAGMENT_OPEN;
  if (fragment->external != NULL)
    memset (fragment->external, 0, fragment->capacity);
  g_clear_pointer (&fragment->masks, g_free);
}

void
sh_fragment_reserve (ShFragment *fragment, const ShSpace *space, guint capacity)
{
  g_return_if_fail (fragment != NULL && space != NULL);

  if (capacity > fragment->capacity)
    set_capacity (fragment, space, capacity);
}

void
sh_fragment_need_masks (ShFragment *fragment, const ShSpace *space)
{
  gsize size;

  g_return_if_fail (fragment != NULL && space != NULL);

  size = ((gsize) fragment->capacity + 1) * sh_space_get_n_choices (space);
  if (fragment->masks == NULL && size > 0)
    fragment->masks = memset (g_malloc (size), 1, size);
}
