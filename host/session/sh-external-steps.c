/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * How a program plays an episode: the state that is answered, the action that
 * comes for it, rewards, and the end. A call that waits leaves the monitor; its
 * episode is marked as calling meanwhile, so that nobody else touches it.
 */

#include "sh-external-private.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

/* Brackets in brackets in an info. */
#define MAX_DEPTH 32
/* Values put on record in one step. */
#define MAX_VALUES 1000u

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
  gint64 deadline = sh_program_get_deadline (external);
  gboolean in_time = TRUE;
  int32_t status;

  episode->calling = TRUE;
  while (!external->finished && episode->seat != NULL &&
         episode->seat->state != SH_SEAT_STEP && in_time)
    in_time = sh_monitor_wait (&external->monitor, deadline);
  episode->calling = FALSE;
  if (external->finished)
    return sh_program_finished (external);
  if (episode->seat == NULL)
    return sh_program_over (external, episode);
  if (episode->seat->state == SH_SEAT_STEP)
    return sh_program_good ();
  status = sh_program_result (
      external, SIMHOST_EXTERNAL_TIMEOUT,
      "no action came for episode '%s' within %g s; it is over", episode->id,
      external->options.deadline / 1000.0);
  sh_program_close_episode (external, episode);
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
  ShProgramEpisode *episode = sh_program_find_episode (external, id, &status);

  if (episode == NULL)
    return status;
  if (state == NULL || (own == NULL && action == NULL))
    return sh_program_result (external, SIMHOST_EXTERNAL_MISUSE,
                              "episode '%s': the %s is NULL", id,
                              state == NULL ? "state" : "action");
  if ((own != NULL && !sh_struct_copy_set (logged, own, &error)) ||
      !answer (episode, state, FALSE, &error))
    return sh_program_result (external, SIMHOST_EXTERNAL_MISUSE,
                              "episode '%s': %s", id, error->message);
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

int32_t
sh_program_get_action (SimhostExternal *api,
                       const char *id,
                       const void *state,
                       void *action)
{
  ShExternal *external = sh_program_enter (api);

  return sh_program_leave (external, act (external, id, state, NULL, action));
}

int32_t
sh_program_log_action (SimhostExternal *api,
                       const char *id,
                       const void *state,
                       const void *action)
{
  ShExternal *external = sh_program_enter (api);

  return sh_program_leave (external, act (external, id, state, action, NULL));
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
  ShProgramEpisode *episode = sh_program_find_episode (external, id, &status);

  if (episode == NULL)
    return status;
  if (!episode->acted)
    return sh_program_result (
        external, SIMHOST_EXTERNAL_MISUSE,
        "episode '%s': log_returns before the first action; there "
        "is no step yet to be rewarded",
        id);
  if (!(fabs (episode->reward + reward) <= (double) G_MAXFLOAT))
    return sh_program_result (
        external, SIMHOST_EXTERNAL_MISUSE,
        "episode '%s': the reward, or the sum since the last action, "
        "is not a finite 32-bit number",
        id);
  if (info != NULL && !info_is_good (info))
    return sh_program_result (
        external, SIMHOST_EXTERNAL_MISUSE,
        "episode '%s': the info is no JSON object of at most %u "
        "bytes of UTF-8",
        id, SH_EXTERNAL_MAX_INFO);
  episode->reward += reward;
  if (info != NULL)
    {
      g_free (episode->info);
      episode->info = g_strdup (info);
    }
  return sh_program_good ();
}

int32_t
sh_program_log_returns (SimhostExternal *api,
                        const char *id,
                        double reward,
                        const char *info)
{
  ShExternal *external = sh_program_enter (api);

  return sh_program_leave (external, log_returns (external, id, reward, info));
}

static int32_t
end_episode (ShExternal *external, const char *id, const void *state)
{
  g_autoptr (GError) error = NULL;
  int32_t status = SIMHOST_EXTERNAL_OK;
  ShProgramEpisode *episode = sh_program_find_episode (external, id, &status);

  if (episode == NULL)
    return status;
  if (state == NULL)
    return sh_program_result (external, SIMHOST_EXTERNAL_MISUSE,
                              "episode '%s': the state is NULL", id);
  /* Without an action the engine has not heard of it: its seat is free. */
  if (episode->acted && !answer (episode, state, TRUE, &error))
    return sh_program_result (external, SIMHOST_EXTERNAL_MISUSE,
                              "episode '%s': %s", id, error->message);
  sh_program_close_episode (external, episode);
  return sh_program_good ();
}

int32_t
sh_program_end_episode (SimhostExternal *api, const char *id, const void *state)
{
  ShExternal *external = sh_program_enter (api);

  return sh_program_leave (external, end_episode (external, id, state));
}

static int32_t
record (ShExternal *external, const char *id, const char *key, double value)
{
  int32_t status = SIMHOST_EXTERNAL_OK;
  ShProgramEpisode *episode = sh_program_find_episode (external, id, &status);
  ShRecordedValue row;

  if (episode == NULL)
    return status;
  if (key == NULL || episode->seat->values->len >= MAX_VALUES)
    return sh_program_result (
        external, SIMHOST_EXTERNAL_MISUSE, "episode '%s': %s", id,
        key == NULL ? "the key of a value for the record is NULL"
                    : "too many values for the record in one step");
  row = (ShRecordedValue){ g_strdup (key), value };
  g_array_append_val (episode->seat->values, row);
  return sh_program_good ();
}

int32_t
sh_program_record (SimhostExternal *api,
                   const char *id,
                   const char *key,
                   double value)
{
  ShExternal *external = sh_program_enter (api);

  return sh_program_leave (external, record (external, id, key, value));
}
