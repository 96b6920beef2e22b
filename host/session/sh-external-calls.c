/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What all that a program calls has in common: its errors, and its episodes.
 */

#include "sh-external-private.h"

#include "sh-text.h"

/* Mistakes of a program that are logged. */
#define MAX_WARNINGS 10u

/* Of the last call on this thread. */
static GPrivate last_error = G_PRIVATE_INIT (g_free);

int32_t
sh_program_result (ShExternal *external,
                   int32_t status,
                   const char *format,
                   ...)
{
  g_autofree char *raw = NULL;
  char *text;
  va_list args;

  va_start (args, format);
  raw = g_strdup_vprintf (format, args);
  va_end (args);
  /* An id that there is not may be anything. */
  text = sh_text_to_line (raw, -1);
  if (status == SIMHOST_EXTERNAL_MISUSE &&
      ++external->n_warnings <= MAX_WARNINGS)
    g_warning ("simulator '%s': %s%s", external->simulator->name, text,
               external->n_warnings == MAX_WARNINGS
                   ? " (no more of these are shown)"
                   : "");
  g_private_replace (&last_error, text);
  return status;
}

int32_t
sh_program_good (void)
{
  g_private_replace (&last_error, NULL);
  return SIMHOST_EXTERNAL_OK;
}

int32_t
sh_program_finished (ShExternal *external)
{
  return sh_program_result (
      external, SIMHOST_EXTERNAL_FINISHED,
      "the engine has finished, or the host is to stop; return from run");
}

ShExternal *
sh_program_enter (SimhostExternal *api)
{
  ShExternal *external = api->reserved;

  sh_monitor_enter (&external->monitor);
  return external;
}

int32_t
sh_program_leave (ShExternal *external, int32_t status)
{
  sh_monitor_leave (&external->monitor);
  return status;
}

/* ---- episodes ---- */

/* The id is remembered as one that is over; the episode is gone. */
void
sh_program_close_episode (ShExternal *external, ShProgramEpisode *episode)
{
  char *id = g_strdup (episode->id);

  if (episode->seat != NULL)
    sh_external_part (episode->seat);
  g_hash_table_remove (external->episodes, id);
  if (external->over_order.length == SH_EXTERNAL_MAX_OVER)
    g_hash_table_remove (external->over,
                         g_queue_pop_head (&external->over_order));
  g_hash_table_add (external->over, id);
  g_queue_push_tail (&external->over_order, id);
}

int32_t
sh_program_over (ShExternal *external, ShProgramEpisode *episode)
{
  int32_t status = sh_program_result (
      external, SIMHOST_EXTERNAL_OVER,
      "the engine has ended episode '%s', or the connection was lost; "
      "start another",
      episode->id);

  sh_program_close_episode (external, episode);
  return status;
}

/* The episode of a call; else *status says why there is none. */
ShProgramEpisode *
sh_program_find_episode (ShExternal *external, const char *id, int32_t *status)
{
  ShProgramEpisode *episode =
      id != NULL ? g_hash_table_lookup (external->episodes, id) : NULL;

  if (sh_run_thread_has_ended (&external->thread))
    *status = sh_program_result (external, SIMHOST_EXTERNAL_MISUSE,
                                 "a call after run has returned");
  else if (external->finished)
    *status = sh_program_finished (external);
  else if (id == NULL)
    *status = sh_program_result (external, SIMHOST_EXTERNAL_MISUSE,
                                 "the episode's id is NULL");
  else if (episode == NULL && g_hash_table_contains (external->over, id))
    *status =
        sh_program_result (external, SIMHOST_EXTERNAL_MISUSE,
                           "episode '%s' is over already; start another", id);
  else if (episode == NULL)
    *status = sh_program_result (
        external, SIMHOST_EXTERNAL_MISUSE,
        "there is no episode '%.*s'; call start_episode first",
        SIMHOST_EXTERNAL_MAX_ID, id);
  else if (episode->calling)
    *status = sh_program_result (
        external, SIMHOST_EXTERNAL_MISUSE,
        "another call for episode '%s' is still under way", id);
  else if (episode->seat == NULL)
    *status = sh_program_over (external, episode);
  else
    return episode;
  return NULL;
}

gint64
sh_program_get_deadline (const ShExternal *external)
{
  return g_get_monotonic_time () + external->options.deadline * (gint64) 1000;
}

static const char *
on_get_error (SimhostExternal *api)
{
  const char *text = g_private_get (&last_error);

  return text != NULL ? text : "";
}

void
sh_external_set_api (ShExternal *external)
{
  external->api = (SimhostExternal){
    .struct_size = sizeof (SimhostExternal),
    .reserved = external,
    .start_episode = sh_program_start_episode,
    .get_action = sh_program_get_action,
    .log_action = sh_program_log_action,
    .log_returns = sh_program_log_returns,
    .end_episode = sh_program_end_episode,
    .record = sh_program_record,
    .get_error = on_get_error,
  };
}
