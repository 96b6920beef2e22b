/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a program calls. A call that waits leaves the monitor; its episode is
 * marked as calling meanwhile, so that nobody else touches it.
 */

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-external-private.h"
#include "sh-text.h"

/* Mistakes of a program that are logged. */
#define MAX_WARNINGS 10u
/* Brackets in brackets in an info. */
#define MAX_DEPTH 32
/* Microseconds that start_episode waits when no seat can become free but by the
 * program itself: so that it may go on, but not spin. */
#define SHORT_WAIT 50000
/* Values put on record in one step. */
#define MAX_VALUES 1000u

/* Of the last call on this thread. */
static GPrivate last_error = G_PRIVATE_INIT (g_free);

G_GNUC_PRINTF (3, 4)
static int32_t
result (ShExternal *external, int32_t status, const char *format, ...)
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

static int32_t
good (void)
{
  g_private_replace (&last_error, NULL);
  return SIMHOST_EXTERNAL_OK;
}

static int32_t
finished (ShExternal *external)
{
  return result (external, SIMHOST_EXTERNAL_FINISHED,
                 "the engine has finished, or the host is to stop; return from "
                 "run");
}

static ShExternal *
enter (SimhostExternal *api)
{
  ShExternal *external = api->reserved;

  sh_monitor_enter (&external->monitor);
  return external;
}

static int32_t
leave (ShExternal *external, int32_t status)
{
  sh_monitor_leave (&external->monitor);
  return status;
}

/* ---- episodes ---- */

/* The id is remembered as one that is over; the episode is gone. */
static void
close_episode (ShExternal *external, ShProgramEpisode *episode)
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

static int32_t
over (ShExternal *external, ShProgramEpisode *episode)
{
  int32_t status =
      result (external, SIMHOST_EXTERNAL_OVER,
              "the engine has ended episode '%s', or the connection was lost; "
              "start another",
              episode->id);

  close_episode (external, episode);
  return status;
}

/* The episode of a call; else *status says why there is none. */
static ShProgramEpisode *
find (ShExternal *external, const char *id, int32_t *status)
{
  ShProgramEpisode *episode =
      id != NULL ? g_hash_table_lookup (external->episodes, id) : NULL;

  if (sh_run_thread_has_ended (&external->thread))
    *status = result (external, SIMHOST_EXTERNAL_MISUSE,
                      "a call after run has returned");
  else if (external->finished)
    *status = finished (external);
  else if (id == NULL)
    *status =
        result (external, SIMHOST_EXTERNAL_MISUSE, "the episode's id is NULL");
  else if (episode == NULL && g_hash_table_contains (external->over, id))
    *status = result (external, SIMHOST_EXTERNAL_MISUSE,
                      "episode '%s' is over already; start another", id);
  else if (episode == NULL)
    *status = result (external, SIMHOST_EXTERNAL_MISUSE,
                      "there is no episode '%.*s'; call start_episode first",
                      SIMHOST_EXTERNAL_MAX_ID, id);
  else if (episode->calling)
    *status = result (external, SIMHOST_EXTERNAL_MISUSE,
                      "another call for episode '%s' is still under way", id);
  else if (episode->seat == NULL)
    *status = over (external, episode);
  else
    return episode;
  return NULL;
}

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
    return result (external, SIMHOST_EXTERNAL_MISUSE,
                   "a call after run has returned");
  if (external->finished)
    return finished (external);
  if (episode == NULL || episode->struct_size < sizeof *episode)
    return result (external, SIMHOST_EXTERNAL_MISUSE,
                   "start_episode needs a SimhostEpisode with its struct_size");
  if (id != NULL && !id_is_good (id))
    return result (external, SIMHOST_EXTERNAL_MISUSE,
                   "the id of an episode has 1 to %d bytes of UTF-8, none of "
                   "them a control character",
                   SIMHOST_EXTERNAL_MAX_ID);
  if (id != NULL && g_hash_table_contains (external->episodes, id))
    return result (external, SIMHOST_EXTERNAL_MISUSE,
                   "episode '%s' is started already", id);
  if (id != NULL && g_hash_table_contains (external->over, id))
    return result (external, SIMHOST_EXTERNAL_MISUSE,
                   "episode '%s' is over already; take another id", id);
  if (g_hash_table_size (external->episodes) >= most_episodes (external))
    return result (external, SIMHOST_EXTERNAL_MISUSE,
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

static gint64
get_deadline (const ShExternal *external)
{
  return g_get_monotonic_time () + external->options.deadline * (gint64) 1000;
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
  gint64 deadline = get_deadline (external);
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

static int32_t
on_start_episode (SimhostExternal *api,
                  const char *id,
                  uint8_t training_enabled,
                  SimhostEpisode *out)
{
  ShExternal *external = enter (api);
  int32_t status = check_start (external, id, out);
  ShProgramEpisode *episode;
  ShSeat *seat;

  if (status != SIMHOST_EXTERNAL_OK)
    return leave (external, status);
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
      return leave (external, good ());
    }
  status = external->finished ? finished (external)
           : !may_get_seat (external)
               ? result (external, SIMHOST_EXTERNAL_OVER,
                         "the engine starts no more episodes beside those that "
                         "are open; go on with them")
               : result (external, SIMHOST_EXTERNAL_TIMEOUT,
                         "the engine did not start an episode for '%s' within "
                         "%g s; is it there, and does it train?",
                         episode->id, external->options.deadline / 1000.0);
  g_hash_table_remove (external->episodes, episode->id);
  return leave (external, status);
}

/* ---- steps ---- */

/* The seat's event is answered with this state and what was gathered since the
 * last one. FALSE: the state cannot be used; nothing has changed. */
static gboolean
answer (ShProgramEpisode *episode,
        gconstpointer state,
        gboolean terminal,
        GError **error)
{
  ShSeat *seat = episode->seat;
  gboolean step = seat->state == SH_SEAT_STEP;

  if (!sh_struct_copy_set (seat->answer, state, error))
    return FALSE;
  seat->outcome = (ShOutcome){
    .reward = step ? episode->reward : 0.0,
    .terminal = step && terminal,
    .do_not_learn = !episode->training,
  };
  g_free (seat->info);
  seat->info = g_steal_pointer (&episode->info);
  seat->has_taken = step && episode->own_action;
  /* It fitted the episode's. */
  if (seat->has_taken)
    sh_struct_copy_set (seat->taken, sh_struct_copy_get (episode->action),
                        NULL);
  episode->reward = 0.0;
  seat->state = SH_SEAT_ANSWERED;
  sh_wake_up (seat->external->wake);
  return TRUE;
}

/* Waits until the engine's next action is there. */
static int32_t
wait_for_action (ShExternal *external, ShProgramEpisode *episode)
{
  gint64 deadline = get_deadline (external);
  gboolean in_time = TRUE;
  int32_t status;

  episode->calling = TRUE;
  while (!external->finished && episode->seat != NULL &&
         episode->seat->state != SH_SEAT_STEP && in_time)
    in_time = sh_monitor_wait (&external->monitor, deadline);
  episode->calling = FALSE;
  if (external->finished)
    return finished (external);
  if (episode->seat == NULL)
    return over (external, episode);
  if (episode->seat->state == SH_SEAT_STEP)
    return good ();
  status = result (external, SIMHOST_EXTERNAL_TIMEOUT,
                   "no action came for episode '%s' within %g s; it is over",
                   episode->id, external->options.deadline / 1000.0);
  close_episode (external, episode);
  return status;
}

/* Either `own`, an action of the program, or `action`, where the engine's goes,
 * is NULL. */
static int32_t
act (ShExternal *external,
     const char *id,
     const void *state,
     const void *own,
     void *action)
{
  g_autoptr (ShStructCopy) logged =
      sh_struct_copy_new (&external->simulator->action);
  g_autoptr (GError) error = NULL;
  int32_t status = SIMHOST_EXTERNAL_OK;
  ShProgramEpisode *episode = find (external, id, &status);

  if (episode == NULL)
    return status;
  if (state == NULL || (own == NULL && action == NULL))
    return result (external, SIMHOST_EXTERNAL_MISUSE,
                   "episode '%s': the %s is NULL", id,
                   state == NULL ? "state" : "action");
  if ((own != NULL && !sh_struct_copy_set (logged, own, &error)) ||
      !answer (episode, state, FALSE, &error))
    return result (external, SIMHOST_EXTERNAL_MISUSE, "episode '%s': %s", id,
                   error->message);
  status = wait_for_action (external, episode);
  if (status != SIMHOST_EXTERNAL_OK)
    return status;
  episode->acted = TRUE;
  episode->own_action = own != NULL;
  /* They fitted before. */
  sh_struct_copy_set (
      episode->action,
      sh_struct_copy_get (own != NULL ? logged : episode->seat->given), NULL);
  if (action != NULL)
    memcpy (action, sh_struct_copy_get (episode->action),
            external->simulator->action.size);
  return status;
}

static int32_t
on_get_action (SimhostExternal *api,
               const char *id,
               const void *state,
               void *action)
{
  ShExternal *external = enter (api);

  return leave (external, act (external, id, state, NULL, action));
}

static int32_t
on_log_action (SimhostExternal *api,
               const char *id,
               const void *state,
               const void *action)
{
  ShExternal *external = enter (api);

  return leave (external, act (external, id, state, action, NULL));
}

/* json-glib calls itself for each level. */
static gboolean
is_shallow (const char *text)
{
  gboolean quoted = FALSE;
  int depth = 0;

  for (const char *c = text; *c != '\0' && depth <= MAX_DEPTH; c++)
    if (*c == '"')
      quoted = !quoted;
    else if (quoted && *c == '\\' && c[1] != '\0')
      c++;
    else if (!quoted && (*c == '{' || *c == '['))
      depth++;
    else if (!quoted && (*c == '}' || *c == ']'))
      depth--;
  return depth <= MAX_DEPTH;
}

static gboolean
info_is_good (const char *info)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize size = strnlen (info, SH_EXTERNAL_MAX_INFO + 1);
  JsonNode *root;

  if (size > SH_EXTERNAL_MAX_INFO ||
      !g_utf8_validate (info, (gssize) size, NULL) || !is_shallow (info) ||
      !json_parser_load_from_data (parser, info, (gssize) size, NULL))
    return FALSE;
  root = json_parser_get_root (parser);
  return root != NULL && JSON_NODE_HOLDS_OBJECT (root);
}

static int32_t
log_returns (ShExternal *external,
             const char *id,
             double reward,
             const char *info)
{
  int32_t status = SIMHOST_EXTERNAL_OK;
  ShProgramEpisode *episode = find (external, id, &status);

  if (episode == NULL)
    return status;
  if (!episode->acted)
    return result (external, SIMHOST_EXTERNAL_MISUSE,
                   "episode '%s': log_returns before the first action; there "
                   "is no step yet to be rewarded",
                   id);
  if (!(fabs (episode->reward + reward) <= (double) G_MAXFLOAT))
    return result (
        external, SIMHOST_EXTERNAL_MISUSE,
        "episode '%s': the reward, or the sum since the last action, "
        "is not a finite 32-bit number",
        id);
  if (info != NULL && !info_is_good (info))
    return result (external, SIMHOST_EXTERNAL_MISUSE,
                   "episode '%s': the info is no JSON object of at most %u "
                   "bytes of UTF-8",
                   id, SH_EXTERNAL_MAX_INFO);
  episode->reward += reward;
  if (info != NULL)
    {
      g_free (episode->info);
      episode->info = g_strdup (info);
    }
  return good ();
}

static int32_t
on_log_returns (SimhostExternal *api,
                const char *id,
                double reward,
                const char *info)
{
  ShExternal *external = enter (api);

  return leave (external, log_returns (external, id, reward, info));
}

static int32_t
end_episode (ShExternal *external, const char *id, const void *state)
{
  g_autoptr (GError) error = NULL;
  int32_t status = SIMHOST_EXTERNAL_OK;
  ShProgramEpisode *episode = find (external, id, &status);

  if (episode == NULL)
    return status;
  if (state == NULL)
    return result (external, SIMHOST_EXTERNAL_MISUSE,
                   "episode '%s': the state is NULL", id);
  /* Without an action the engine has not heard of it: its seat is free. */
  if (episode->acted && !answer (episode, state, TRUE, &error))
    return result (external, SIMHOST_EXTERNAL_MISUSE, "episode '%s': %s", id,
                   error->message);
  close_episode (external, episode);
  return good ();
}

static int32_t
on_end_episode (SimhostExternal *api, const char *id, const void *state)
{
  ShExternal *external = enter (api);

  return leave (external, end_episode (external, id, state));
}

static int32_t
record (ShExternal *external, const char *id, const char *key, double value)
{
  int32_t status = SIMHOST_EXTERNAL_OK;
  ShProgramEpisode *episode = find (external, id, &status);
  ShRecordedValue row;

  if (episode == NULL)
    return status;
  if (key == NULL || episode->seat->values->len >= MAX_VALUES)
    return result (external, SIMHOST_EXTERNAL_MISUSE, "episode '%s': %s", id,
                   key == NULL ? "the key of a value for the record is NULL"
                               : "too many values for the record in one step");
  row = (ShRecordedValue){ g_strdup (key), value };
  g_array_append_val (episode->seat->values, row);
  return good ();
}

static int32_t
on_record (SimhostExternal *api, const char *id, const char *key, double value)
{
  ShExternal *external = enter (api);

  return leave (external, record (external, id, key, value));
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
    .start_episode = on_start_episode,
    .get_action = on_get_action,
    .log_action = on_log_action,
    .log_returns = on_log_returns,
    .end_episode = on_end_episode,
    .record = on_record,
    .get_error = on_get_error,
  };
}
