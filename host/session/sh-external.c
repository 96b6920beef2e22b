/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-external-private.h"

#include "sh-error.h"

/* ---- seats ---- */

void
sh_external_part (ShSeat *seat)
{
  if (seat->episode != NULL)
    seat->episode->seat = NULL;
  seat->episode = NULL;
  sh_monitor_notify (&seat->external->monitor);
}

/* An engine's action for an episode that nobody waits for any more: only a new
 * connection gets it out of this. */
static gboolean
check_awaited (const ShSeat *seat, const ShEvent *event, GError **error)
{
  if (event->type != SH_EVENT_SIMULATE || seat->episode != NULL)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_SIMULATOR,
               "simulator '%s': the engine's action came when its episode had "
               "been given up",
               seat->driver.name);
  return FALSE;
}

static ShDriverResult
take_event (ShSeat *seat, const ShEvent *event, GError **error)
{
  if (!check_awaited (seat, event, error))
    return SH_DRIVER_FAILED;
  switch (event->type)
    {
    case SH_EVENT_EPISODE_START:
      if (!sh_struct_copy_set (seat->config, event->config, error))
        return SH_DRIVER_FAILED;
      seat->seed = event->seed;
      seat->state = SH_SEAT_START;
      break;
    case SH_EVENT_SIMULATE:
      if (!sh_struct_copy_set (seat->given, event->action, error))
        return SH_DRIVER_FAILED;
      seat->state = SH_SEAT_STEP;
      break;
    default:
      sh_external_part (seat);
      return SH_DRIVER_DONE;
    }
  seat->reward = event->reward != NULL ? event->reward->name : NULL;
  sh_monitor_notify (&seat->external->monitor);
  return SH_DRIVER_BUSY;
}

static ShDriverResult
seat_post (ShDriver *driver,
           const ShEvent *event,
           ShOutcome *outcome,
           GError **error)
{
  ShSeat *seat = (ShSeat *) driver;
  ShDriverResult result;

  sh_monitor_enter (&seat->external->monitor);
  result = take_event (seat, event, error);
  sh_monitor_leave (&seat->external->monitor);
  return result;
}

static void
record_values (ShSeat *seat)
{
  for (guint i = 0; seat->recording != NULL && i < seat->values->len; i++)
    {
      const ShRecordedValue *row =
          &g_array_index (seat->values, ShRecordedValue, i);

      sh_recording_add (seat->recording, row->key, row->value);
    }
  g_array_set_size (seat->values, 0);
}

static ShDriverResult
seat_collect (ShDriver *driver,
              const ShEvent *event,
              ShOutcome *outcome,
              GError **error)
{
  ShSeat *seat = (ShSeat *) driver;
  gboolean answered;

  sh_monitor_enter (&seat->external->monitor);
  answered = seat->state == SH_SEAT_ANSWERED;
  if (answered)
    {
      seat->state = SH_SEAT_AWAY;
      record_values (seat);
    }
  sh_monitor_leave (&seat->external->monitor);
  if (!answered)
    return SH_DRIVER_BUSY;
  /* The answer is this thread's until the next event is posted. */
  *outcome = seat->outcome;
  outcome->info = seat->info;
  outcome->action = seat->has_taken ? sh_struct_copy_get (seat->taken) : NULL;
  if (event->reward == NULL)
    outcome->reward = 0.0;
  return sh_driver_put_state (driver, event, sh_struct_copy_get (seat->answer),
                              error)
             ? SH_DRIVER_DONE
             : SH_DRIVER_FAILED;
}

static void
seat_abandon (ShDriver *driver)
{
  ShSeat *seat = (ShSeat *) driver;

  sh_monitor_enter (&seat->external->monitor);
  seat->state = SH_SEAT_AWAY;
  g_array_set_size (seat->values, 0);
  sh_external_part (seat);
  sh_monitor_leave (&seat->external->monitor);
}

static void
seat_free (ShDriver *driver)
{
  ShSeat *seat = (ShSeat *) driver;

  sh_monitor_enter (&seat->external->monitor);
  sh_external_part (seat);
  g_ptr_array_remove_fast (seat->external->seats, seat);
  sh_monitor_leave (&seat->external->monitor);
  sh_struct_copy_free (seat->given);
  sh_struct_copy_free (seat->config);
  sh_struct_copy_free (seat->answer);
  sh_struct_copy_free (seat->taken);
  g_array_unref (seat->values);
  g_free (seat->info);
  g_free (seat);
}

static const ShDriverClass seat_class = {
  .post = seat_post,
  .collect = seat_collect,
  .abandon = seat_abandon,
  .lose = seat_abandon,
  .free = seat_free,
};

static void
clear_value (gpointer row)
{
  g_free (((ShRecordedValue *) row)->key);
}

ShDriver *
sh_external_add_seat (ShExternal *external, ShRecording *recording)
{
  const SimhostSimulator *simulator = external->simulator;
  ShSeat *seat = g_new0 (ShSeat, 1);

  sh_driver_init (&seat->driver, &seat_class, external->options.instance,
                  external->options.slot);
  seat->external = external;
  seat->recording = recording;
  seat->values = g_array_new (FALSE, FALSE, sizeof (ShRecordedValue));
  g_array_set_clear_func (seat->values, clear_value);
  seat->given = sh_struct_copy_new (&simulator->action);
  seat->taken = sh_struct_copy_new (&simulator->action);
  seat->config = sh_struct_copy_new (&simulator->config);
  seat->answer = sh_struct_copy_new (&simulator->state);
  sh_monitor_enter (&external->monitor);
  g_ptr_array_add (external->seats, seat);
  sh_monitor_leave (&external->monitor);
  return &seat->driver;
}

/* ---- the program ---- */

void
sh_program_episode_free (ShProgramEpisode *episode)
{
  g_free (episode->id);
  g_free (episode->info);
  sh_struct_copy_free (episode->config);
  sh_struct_copy_free (episode->action);
  g_free (episode);
}

/* Answers are collected here: it is one wake-up for all seats. */
static void
on_wake (gpointer user_data)
{
  ShExternal *external = user_data;
  g_autoptr (GPtrArray) answered = g_ptr_array_new ();
  /* Looked at before the seats: who has ended by now has answered by now, and
   * his last answers reach the engine before anybody hears of the end. */
  gboolean ended = sh_run_thread_has_ended (&external->thread);

  sh_monitor_enter (&external->monitor);
  for (guint i = 0; i < external->seats->len; i++)
    {
      ShSeat *seat = external->seats->pdata[i];

      if (seat->state == SH_SEAT_ANSWERED)
        g_ptr_array_add (answered, seat);
    }
  sh_monitor_leave (&external->monitor);
  /* Seats go with the whole, and that not while one of them is told. */
  for (guint i = 0; i < answered->len; i++)
    sh_driver_tell_ready (answered->pdata[i]);
  external->ended = ended;
  external->options.changed (external->options.user_data);
}

ShExternal *
sh_external_new (const ShExternalOptions *options)
{
  ShExternal *external = g_new0 (ShExternal, 1);

  external->options = *options;
  if (external->options.deadline == 0)
    external->options.deadline = SH_EXTERNAL_DEADLINE * 1000;
  external->simulator = sh_instance_get_simulator (options->instance);
  external->program = sh_loop_get_external (external->simulator);
  external->next_seed = options->seed;
  external->wake = sh_wake_new (on_wake, external);
  external->ended = TRUE;
  sh_monitor_init (&external->monitor);
  g_queue_init (&external->over_order);
  external->seats = g_ptr_array_new ();
  external->episodes = g_hash_table_new_full (
      g_str_hash, g_str_equal, NULL, (GDestroyNotify) sh_program_episode_free);
  external->over =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  sh_external_set_api (external);
  sh_instance_set_recordable (options->instance, FALSE);
  return external;
}

static gint32
run_program (gpointer data)
{
  ShExternal *external = data;

  return external->program->run (
      sh_instance_get_self (external->options.instance), &external->api);
}

gboolean
sh_external_start (ShExternal *external, GError **error)
{
  if (!sh_run_thread_start (&external->thread, external->simulator->name,
                            run_program, external, external->wake, error))
    return FALSE;
  external->ended = FALSE;
  sh_call_slot_enter (external->options.slot, SH_CALL_LOOP);
  return TRUE;
}

guint
sh_external_get_n_wanted (ShExternal *external)
{
  guint most = external->program->max_concurrent;
  guint n = 0;

  sh_monitor_enter (&external->monitor);
  n = external->n_waiting;
  for (guint i = 0; i < external->seats->len; i++)
    n += ((ShSeat *) external->seats->pdata[i])->episode != NULL;
  sh_monitor_leave (&external->monitor);
  return CLAMP (n, 1, most > 0 ? most : SH_EXTERNAL_MAX_CONCURRENT);
}

void
sh_external_remove_seat (ShExternal *external, ShDriver *seat)
{
  sh_monitor_enter (&external->monitor);
  ((ShSeat *) seat)->gone = TRUE;
  external->shrinking = TRUE;
  sh_external_part ((ShSeat *) seat);
  sh_monitor_leave (&external->monitor);
}

gboolean
sh_external_has_ended (ShExternal *external)
{
  return external->ended;
}

static void
set_finished (ShExternal *external)
{
  sh_monitor_enter (&external->monitor);
  external->finished = TRUE;
  sh_monitor_notify (&external->monitor);
  sh_monitor_leave (&external->monitor);
}

ShDriverResult
sh_external_finish (ShExternal *external, GError **error)
{
  if (!external->finished && !sh_external_has_ended (external))
    sh_call_slot_enter (external->options.slot, SH_CALL_RUN);
  set_finished (external);
  if (!sh_external_has_ended (external))
    return SH_DRIVER_BUSY;
  sh_call_slot_leave (external->options.slot);
  if (sh_run_thread_judge (&external->thread, external->options.instance,
                           error))
    return SH_DRIVER_DONE;
  if (error != NULL)
    (*error)->code = SH_ERROR_FATAL;
  return SH_DRIVER_FAILED;
}

void
sh_external_free (ShExternal *external)
{
  if (external == NULL)
    return;
  if (!sh_external_has_ended (external))
    sh_call_slot_enter (external->options.slot, SH_CALL_RUN);
  set_finished (external);
  sh_run_thread_join (&external->thread);
  sh_call_slot_leave (external->options.slot);
  sh_wake_free (external->wake);
  g_hash_table_unref (external->episodes);
  g_hash_table_unref (external->over);
  g_queue_clear (&external->over_order);
  g_ptr_array_unref (external->seats);
  sh_monitor_clear (&external->monitor);
  g_free (external);
}
