/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The state of a brain in the words of the original platform.
 */

#include "sh-served-brain.h"

#include <math.h>
#include <string.h>

#include "sh-algorithm.h"

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
  sh_history_brain_free (brain->known);
  sh_history_run_free (brain->last_run);
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

/* Whether the training of the next concept is about to begin. */
static gboolean
goes_on (const ShServedBrain *brain, ShRun *run)
{
  return sh_run_leads_on (run) &&
         (brain->keeper == NULL || sh_run_get_state (run) == SH_RUN_STOPPING ||
          sh_keeper_has_next (brain->keeper));
}

gboolean
sh_served_brain_is_training (const ShServedBrain *brain)
{
  ShRun *run;

  g_return_val_if_fail (brain != NULL, FALSE);

  if (brain->hub == NULL)
    return FALSE;
  run = sh_train_hub_get_run (brain->hub);
  return sh_run_get_state (run) <= SH_RUN_STOPPING || goes_on (brain, run);
}

static gboolean
is_loaded (const ShServedBrain *brain)
{
  return brain->known != NULL && brain->known->loaded &&
         !sh_served_brain_is_training (brain);
}

static guint
get_last_version (const ShServedBrain *brain)
{
  const GPtrArray *versions = brain->versions;
  guint last = brain->hub != NULL ? brain->training_version : 0;

  if (versions->len > 0)
    last = MAX (
        last,
        ((const ShBrainInfo *) versions->pdata[versions->len - 1])->version);
  return last;
}

const char *
sh_served_brain_get_state (const ShServedBrain *brain)
{
  const ShBrainInfo *last;
  ShRun *run;

  g_return_val_if_fail (brain != NULL, NULL);

  if (is_loaded (brain))
    return "Inkling Loaded";
  if (brain->hub == NULL)
    {
      if (brain->versions->len == 0)
        return "Not Started";
      last = brain->versions->pdata[brain->versions->len - 1];
      return state_of_reason (last->reason != NULL ? last->reason : "none");
    }

  run = sh_train_hub_get_run (brain->hub);
  if (goes_on (brain, run))
    return "In Progress";
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

const char *const *
sh_served_brain_get_states (void)
{
  static const char *const states[] = { "Not Started", "Inkling Loaded",
                                        "In Progress", "Finishing",
                                        "Stopped",     "Completed",
                                        "Error",       NULL };

  return states;
}

guint
sh_served_brain_get_version (const ShServedBrain *brain)
{
  g_return_val_if_fail (brain != NULL, 0);

  if (sh_served_brain_is_training (brain))
    return brain->training_version;
  return get_last_version (brain) + (is_loaded (brain) ? 1 : 0);
}

static void
count_connected (const char *name, guint32 sim_id, gpointer data)
{
  (*(guint *) data)++;
}

static void
read_training (const ShServedBrain *brain, ShBrainFigures *figures)
{
  ShRun *run = sh_train_hub_get_run (brain->hub);
  const ShConcept *concept = sh_run_get_concept (run);
  ShRunProgress progress;

  if (brain->keeper != NULL)
    sh_keeper_get_progress (brain->keeper, &progress);
  else
    sh_run_get_progress (run, &progress);
  figures->concept = concept->name;
  figures->algorithm = sh_algorithm_get_name (concept);
  figures->simulator = concept->source.name;
  figures->lesson = progress.lesson;
  figures->iterations = progress.iterations;
  figures->episodes = progress.episodes;
  figures->mean_return = progress.mean_return;
  figures->success_rate = progress.success_rate;
  sh_train_hub_foreach (brain->hub, count_connected, &figures->n_connected);
  if (sh_run_get_state (run) <= SH_RUN_RUNNING && figures->n_connected > 0)
    figures->rate = progress.iterations_per_second;
}

static void
read_version (const ShBrainInfo *info, ShBrainFigures *figures)
{
  figures->concept = info->concept;
  figures->algorithm = info->algorithm;
  figures->simulator = info->simulator;
  figures->iterations = info->iterations;
  figures->episodes = info->episodes;
  figures->mean_return = info->mean_return;
}

void
sh_served_brain_get_figures (const ShServedBrain *brain,
                             ShBrainFigures *figures)
{
  const GPtrArray *versions = brain->versions;

  *figures = (ShBrainFigures){ .mean_return = NAN, .success_rate = NAN };
  if (brain->hub != NULL)
    read_training (brain, figures);
  else if (versions->len > 0)
    read_version (versions->pdata[versions->len - 1], figures);
  if (brain->last_run != NULL)
    {
      figures->started = brain->last_run->started;
      figures->ended = brain->last_run->ended;
    }
}
