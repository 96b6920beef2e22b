/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The state of a brain in the words of the original platform.
 */

#include "sh-served-brain.h"

#include <string.h>

ShServedBrain *
sh_served_brain_new (const char *name)
{
  ShServedBrain *brain = g_new0 (ShServedBrain, 1);

  brain->name = g_strdup (name);
  brain->versions =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_brain_info_free);
  return brain;
}

void
sh_served_brain_free (ShServedBrain *brain)
{
  if (brain == NULL)
    return;
  g_ptr_array_unref (brain->versions);
  g_free (brain->name);
  g_free (brain);
}

/* Why the training ended, as sh_run_reason_to_string says it. */
static const char *
state_of_reason (const char *reason)
{
  if (strcmp (reason, "failed") == 0)
    return "Error";
  if (strcmp (reason, "interrupted") == 0 || strcmp (reason, "none") == 0)
    return "Stopped";
  return "Completed";
}

const char *
sh_served_brain_get_state (const ShServedBrain *brain)
{
  const ShBrainInfo *last;
  ShRun *run;

  g_return_val_if_fail (brain != NULL, NULL);

  if (brain->hub == NULL)
    {
      if (brain->versions->len == 0)
        return "Not Started";
      last = brain->versions->pdata[brain->versions->len - 1];
      return state_of_reason (last->reason != NULL ? last->reason : "none");
    }

  run = sh_train_hub_get_run (brain->hub);
  switch (sh_run_get_state (run))
    {
    case SH_RUN_PRISTINE:
    case SH_RUN_RUNNING:
      return "In Progress";
    case SH_RUN_STOPPING:
      return "Finishing";
    case SH_RUN_FINISHED:
    case SH_RUN_ERROR:
    default:
      return state_of_reason (
          sh_run_reason_to_string (sh_run_get_reason (run)));
    }
}

guint
sh_served_brain_get_version (const ShServedBrain *brain)
{
  const ShBrainInfo *last;

  g_return_val_if_fail (brain != NULL, 0);

  if (brain->hub != NULL)
    return brain->training_version;
  if (brain->versions->len == 0)
    return 0;
  last = brain->versions->pdata[brain->versions->len - 1];
  return last->version;
}
