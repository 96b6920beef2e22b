/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-unit-count.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

/* Seconds over which rates are smoothed. */
#define RATE_TIME 2.0

void
sh_unit_count_clear (ShUnitCount *count, ShUnitStatus *status)
{
  *count = (ShUnitCount){ 0 };
  status->n_iterations = status->n_episodes = status->n_reconnects = 0;
  status->iteration_rate = status->episode_rate = 0;
  status->last_return = status->mean_return = NAN;
  status->objective = "";
}

void
sh_unit_count_begin (ShUnitCount *count)
{
  count->look = g_get_monotonic_time ();
  count->seen_iterations = count->iterations;
  count->seen_episodes = count->episodes;
}

/* The name of the reward number `reward - 1`, in the probe's words. */
static const char *
find_objective (const ShPluginInfo *plugin,
                const char *simulator,
                guint32 reward)
{
  for (guint i = 0; plugin != NULL && i < plugin->n_simulators; i++)
    {
      const SimhostSimulator *row = &plugin->simulators[i].simulator;

      if (strcmp (row->name, simulator) == 0)
        return reward > 0 && reward <= row->n_rewards
                   ? row->rewards[reward - 1].name
                   : "";
    }
  return "";
}

static double
smooth (double rate, guint64 before, guint64 now, double seconds)
{
  double present = now > before ? (double) (now - before) / seconds : 0;
  double next = rate + (1 - exp (-seconds / RATE_TIME)) * (present - rate);

  /* It comes to rest. */
  return next < 1e-3 ? 0 : next;
}

static void
update_rates (ShUnitCount *count, ShUnitStatus *status)
{
  gint64 now = g_get_monotonic_time ();
  double seconds = (double) (now - count->look) / G_USEC_PER_SEC;

  if (seconds < 1e-3)
    return;
  status->iteration_rate =
      smooth (status->iteration_rate, count->seen_iterations,
              status->n_iterations, seconds);
  status->episode_rate = smooth (status->episode_rate, count->seen_episodes,
                                 status->n_episodes, seconds);
  count->look = now;
  count->seen_iterations = status->n_iterations;
  count->seen_episodes = status->n_episodes;
}

/* TRUE: one of these is new. */
static gboolean
read_slots (ShUnitCount *count,
            ShWorker *worker,
            ShUnitStatus *status,
            guint32 *reward)
{
  const ShUnitStatus before = *status;
  guint n_slots;
  const ShCallSlot *slots = sh_worker_get_slots (worker, &n_slots);

  status->n_connected = 0;
  count->missing = FALSE;
  status->n_iterations = count->iterations;
  status->n_episodes = count->episodes;
  status->n_reconnects = count->losses;
  *reward = 0;
  for (guint i = 0; i < n_slots; i++)
    {
      guint32 link = atomic_load (&slots[i].link);

      status->n_iterations += atomic_load (&slots[i].iterations);
      status->n_episodes += atomic_load (&slots[i].episodes);
      status->n_reconnects += atomic_load (&slots[i].losses);
      count->serving |= link == SH_SLOT_LINK_SEEKING;
      count->missing |= link == SH_SLOT_LINK_WAITING;
      if (link != SH_SLOT_LINK_REGISTERED)
        continue;
      if (status->n_connected++ == 0)
        *reward = atomic_load (&slots[i].reward);
    }
  return status->n_connected != before.n_connected ||
         status->n_iterations != before.n_iterations ||
         status->n_episodes != before.n_episodes ||
         status->n_reconnects != before.n_reconnects;
}

gboolean
sh_unit_count_look (ShUnitCount *count,
                    ShWorker *worker,
                    const ShPluginInfo *plugin,
                    const char *simulator,
                    ShUnitStatus *status)
{
  double rate = status->iteration_rate;
  guint32 reward;
  gboolean is_new = read_slots (count, worker, status, &reward);
  const char *objective = find_objective (plugin, simulator, reward);

  if (strcmp (objective, status->objective) != 0)
    {
      status->objective = g_intern_string (objective);
      is_new = TRUE;
    }
  update_rates (count, status);
  return is_new || status->iteration_rate != rate;
}

static double
get_mean (const ShUnitCount *count)
{
  guint n = (guint) MIN (count->n_returns, SH_UNIT_COUNT_WINDOW);
  double sum = 0;

  for (guint i = 0; i < n; i++)
    sum += count->returns[i];
  return n > 0 ? sum / n : NAN;
}

void
sh_unit_count_read_episodes (ShUnitCount *count,
                             ShWorker *worker,
                             GArray *episodes,
                             guint64 *left_out,
                             ShUnitStatus *status)
{
  const ShReport *report = sh_worker_get_report (worker);
  guint n = episodes->len;

  if (report == NULL)
    return;
  sh_report_read_episodes (report, &count->position, episodes, left_out);
  for (guint i = n; i < episodes->len; i++)
    {
      const ShReportEpisode *episode =
          &g_array_index (episodes, ShReportEpisode, i);

      if (episode->end == SH_REPORT_CUT)
        continue;
      count->returns[count->n_returns++ % SH_UNIT_COUNT_WINDOW] =
          episode->episode_return;
      status->last_return = episode->episode_return;
    }
  if (episodes->len > n)
    status->mean_return = get_mean (count);
}

void
sh_unit_count_end (ShUnitCount *count, ShWorker *worker, ShUnitStatus *status)
{
  guint32 reward;

  read_slots (count, worker, status, &reward);
  count->iterations = status->n_iterations;
  count->episodes = status->n_episodes;
  count->losses = status->n_reconnects;
  count->serving = count->missing = FALSE;
  count->position = (ShReportPosition){ 0 };
  status->n_connected = 0;
  status->iteration_rate = status->episode_rate = 0;
}

char **
sh_unit_count_dup_sim_ids (ShWorker *worker)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  guint n_slots = 0;
  const ShCallSlot *slots =
      worker != NULL ? sh_worker_get_slots (worker, &n_slots) : NULL;

  for (guint i = 0; i < n_slots; i++)
    if (atomic_load (&slots[i].link) == SH_SLOT_LINK_REGISTERED)
      {
        g_autofree char *id =
            g_strdup_printf ("%u", atomic_load (&slots[i].sim_id));

        g_strv_builder_add (ids, id);
      }
  return g_strv_builder_end (ids);
}

guint64
sh_unit_count_read_memory (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/statm", pid);
  g_autofree char *text = NULL;
  const char *resident;

  /* "SIZE RESIDENT ...", in pages. */
  if (!g_file_get_contents (path, &text, NULL, NULL) ||
      (resident = strchr (text, ' ')) == NULL)
    return 0;
  return g_ascii_strtoull (resident, NULL, 10) *
         (guint64) sysconf (_SC_PAGESIZE);
}
