/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How a program starts an episode: it is given a seat.
 */

#include "sh-external-private.h"

#include <string.h>

/* Microseconds that start_episode waits when no seat can become free but by the
 * program itself: so that it may go on, but not spin. */
#define SHORT_WAIT 50000

static gboolean
id_is_good (const char *id)
{
  gsize length = strnlen (id, SIMHOST_EXTERNAL_MAX_ID + 1);

  if (length == 0 || length > SIMHOST_EXTERNAL_MAX_ID ||
      !g_utf8_validate (id, (gssize) length, NULL))
    return FALSE;
  for (const char *c = id; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      return FALSE;
  return TRUE;
}

static guint
most_episodes (const ShExternal *external)
{
  return external->program->max_concurrent > 0
             ? external->program->max_concurrent
             : SH_EXTERNAL_MAX_CONCURRENT;
}

/* SIMHOST_EXTERNAL_OK if an episode of that id may be started. */
static int32_t
check_start (ShExternal *external,
             const char *id,
             const SimhostEpisode *episode)
{
  if (sh_run_thread_has_ended (&external->thread))
    return sh_program_result (external, SIMHOST_EXTERNAL_MISUSE,
                              "a call after run has returned");
  if (external->finished)
    return sh_program_finished (external);
  if (episode == NULL || episode->struct_size < sizeof *episode)
    return sh_program_result (
        external, SIMHOST_EXTERNAL_MISUSE,
        "start_episode needs a SimhostEpisode with its struct_size");
  if (id != NULL && !id_is_good (id))
    return sh_program_result (
        external, SIMHOST_EXTERNAL_MISUSE,
        "the id of an episode has 1 to %d bytes of UTF-8, none of "
        "them a control character",
        SIMHOST_EXTERNAL_MAX_ID);
  if (id != NULL && g_hash_table_contains (external->episodes, id))
    return sh_program_result (external, SIMHOST_EXTERNAL_MISUSE,
                              "episode '%s' is started already", id);
  if (id != NULL && g_hash_table_contains (external->over, id))
    return sh_program_result (external, SIMHOST_EXTERNAL_MISUSE,
                              "episode '%s' is over already; take another id",
                              id);
  if (g_hash_table_size (external->episodes) >= most_episodes (external))
    return sh_program_result (
        external, SIMHOST_EXTERNAL_MISUSE,
        "%u episodes are open, and no more may be; end one first",
        most_episodes (external));
  return SIMHOST_EXTERNAL_OK;
}

static char *
make_id (ShExternal *external)
{
  for (;;)
    {
      char *id =
          g_strdup_printf ("episode-%" G_GUINT64_FORMAT, ++external->n_started);

      if (!g_hash_table_contains (external->episodes, id) &&
          !g_hash_table_contains (external->over, id))
        return id;
      g_free (id);
    }
}

static ShSeat *
find_free_seat (const ShExternal *external)
{
  for (guint i = 0; i < external->seats->len; i++)
    {
      ShSeat *seat = external->seats->pdata[i];

      if (seat->state == SH_SEAT_START && seat->episode == NULL && !seat->gone)
        return seat;
    }
  return NULL;
}

/* Whether a seat may become free without the program's doing. */
static gboolean
may_get_seat (const ShExternal *external)
{
  for (guint i = 0; i < external->seats->len; i++)
    {
      const ShSeat *seat = external->seats->pdata[i];

      if (!seat->gone && seat->episode == NULL)
        return TRUE;
    }
  return !external->shrinking;
}

static ShSeat *
wait_for_seat (ShExternal *external)
{
  gint64 deadline = sh_program_get_deadline (external);
  ShSeat *seat = NULL;
  gboolean in_time = TRUE;

  external->n_waiting++;
  while (!external->finished && (seat = find_free_seat (external)) == NULL &&
         in_time)
    {
      if (!may_get_seat (external))
        deadline = MIN (deadline, g_get_monotonic_time () + SHORT_WAIT);
      sh_wake_up (external->wake);
      in_time = sh_monitor_wait (&external->monitor, deadline);
    }
  external->n_waiting--;
  return external->finished ? NULL : seat;
}

/* The config is kept for the program, which may read it at any time. */
static void
take_seat (ShExternal *external, ShProgramEpisode *episode, ShSeat *seat)
{
  episode->seat = seat;
  seat->episode = episode;
  episode->config = sh_struct_copy_new (&external->simulator->config);
  /* It fitted the seat's. */
  sh_struct_copy_set (episode->config, sh_struct_copy_get (seat->config), NULL);
  episode->action = sh_struct_copy_new (&external->simulator->action);
}

static void
describe (ShExternal *external,
          const ShProgramEpisode *episode,
          SimhostEpisode *out)
{
  guint32 size = out->struct_size;

  *out = (SimhostEpisode){ .struct_size = size };
  g_strlcpy (out->id, episode->id, sizeof out->id);
  out->config = sh_struct_copy_get (episode->config);
  out->reward = episode->seat->reward;
  out->seed = episode->seat->seed;
  if (external->options.seeds_of_events)
    return;
  out->seed = external->next_seed;
  external->next_seed += external->options.seed_step;
}

int32_t
sh_program_start_episode (SimhostExternal *api,
                          const char *id,
                          uint8_t training_enabled,
                          SimhostEpisode *out)
{
  ShExternal *external = sh_program_enter (api);
  int32_t status = check_start (external, id, out);
  ShProgramEpisode *episode;
  ShSeat *seat;

  if (status != SIMHOST_EXTERNAL_OK)
    return sh_program_leave (external, status);
  episode = g_new0 (ShProgramEpisode, 1);
  episode->id = id != NULL ? g_strdup (id) : make_id (external);
  episode->training = training_enabled != 0;
  episode->calling = TRUE;
  g_hash_table_insert (external->episodes, episode->id, episode);
  seat = wait_for_seat (external);
  episode->calling = FALSE;
  if (seat != NULL)
    {
      take_seat (external, episode, seat);
      describe (external, episode, out);
      return sh_program_leave (external, sh_program_good ());
    }
  status = external->finished ? sh_program_finished (external)
           : !may_get_seat (external)
               ? sh_program_result (
                     external, SIMHOST_EXTERNAL_OVER,
                     "the engine starts no more episodes beside those that "
                     "are open; go on with them")
               : sh_program_result (
                     external, SIMHOST_EXTERNAL_TIMEOUT,
                     "the engine did not start an episode for '%s' within "
                     "%g s; is it there, and does it train?",
                     episode->id, external->options.deadline / 1000.0);
  g_hash_table_remove (external->episodes, episode->id);
  return sh_program_leave (external, status);
}
