/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShFragment: room for some steps of one episode.
 */

#include "sh-learner.h"

ShFragment *
sh_fragment_new (const ShSpace *space, guint capacity)
{
  ShFragment *fragment;

  g_return_val_if_fail (space != NULL, NULL);

  fragment = g_new0 (ShFragment, 1);
  fragment->capacity = capacity;
  fragment->observations =
      g_new0 (float, ((gsize) capacity + 1) * space->n_observations);
  fragment->actions = g_new0 (float, (gsize) capacity * space->n_actions);
  fragment->log_probs = g_new0 (float, capacity);
  fragment->values = g_new0 (float, capacity);
  fragment->rewards = g_new0 (float, capacity);
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
  g_free (fragment);
}
