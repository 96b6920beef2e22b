/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Fragments on their way to a learner. Their memory is kept from batch to
 * batch: after the first few nothing is allocated.
 */

#include "sh-experience.h"

/* Steps in a new fragment; it doubles when it is full. */
#define FIRST_CAPACITY 64u

struct ShExperience
{
  ShSpace *space;
  GPtrArray *batch;
  GPtrArray *spare;
};

ShExperience *
sh_experience_new (const ShSpace *space)
{
  ShExperience *self;

  g_return_val_if_fail (space != NULL, NULL);

  self = g_new0 (ShExperience, 1);
  self->space = sh_space_copy (space);
  self->batch = g_ptr_array_new ();
  self->spare =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_fragment_free);
  return self;
}

void
sh_experience_free (ShExperience *experience)
{
  if (experience == NULL)
    return;
  sh_experience_clear (experience);
  g_ptr_array_unref (experience->batch);
  g_ptr_array_unref (experience->spare);
  sh_space_free (experience->space);
  g_free (experience);
}

ShFragment *
sh_experience_borrow (ShExperience *experience)
{
  ShFragment *fragment;

  g_return_val_if_fail (experience != NULL, NULL);

  if (experience->spare->len == 0)
    return sh_fragment_new (experience->space, FIRST_CAPACITY);
  fragment =
      g_ptr_array_steal_index (experience->spare, experience->spare->len - 1);
  sh_fragment_clear (fragment);
  return fragment;
}

ShFragment *
sh_experience_grow (ShExperience *experience, ShFragment *fragment)
{
  g_return_val_if_fail (experience != NULL && fragment != NULL, NULL);

  if (fragment->n_steps >= fragment->capacity)
    sh_fragment_reserve (fragment, experience->space, fragment->capacity * 2);
  return fragment;
}

void
sh_experience_add (ShExperience *experience,
                   ShFragment *fragment,
                   ShFragmentEnd end)
{
  g_return_if_fail (experience != NULL && fragment != NULL);

  if (fragment->n_steps == 0)
    {
      sh_experience_drop (experience, fragment);
      return;
    }
  fragment->end = end;
  g_ptr_array_add (experience->batch, fragment);
}

void
sh_experience_drop (ShExperience *experience, ShFragment *fragment)
{
  g_return_if_fail (experience != NULL && fragment != NULL);

  g_ptr_array_add (experience->spare, fragment);
}

ShFragment *const *
sh_experience_get_batch (const ShExperience *experience, guint *n_fragments)
{
  g_return_val_if_fail (experience != NULL && n_fragments != NULL, NULL);

  *n_fragments = experience->batch->len;
  return (ShFragment *const *) experience->batch->pdata;
}

void
sh_experience_clear (ShExperience *experience)
{
  g_return_if_fail (experience != NULL);

  for (guint i = 0; i < experience->batch->len; i++)
    g_ptr_array_add (experience->spare, experience->batch->pdata[i]);
  g_ptr_array_set_size (experience->batch, 0);
}
