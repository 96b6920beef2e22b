/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "loop-engine.h"

#include <string.h>

#include "sh-error.h"

static SimhostEventDriven events_extension = { sizeof events_extension, NULL };
static SimhostExternalProgram program_extension = { sizeof program_extension, 0,
                                                    NULL };

static const void *
get_extension (const char *id)
{
  if (strcmp (id, SIMHOST_EVENT_DRIVEN) == 0)
    return &events_extension;
  return strcmp (id, SIMHOST_EXTERNAL) == 0 ? &program_extension : NULL;
}

static const SimhostHost *plugin_host;

static int32_t
create (const SimhostHost *host, void **self)
{
  plugin_host = host;
  *self = (void *) host;
  return SIMHOST_OK;
}

static void
destroy (void *self)
{
}

static SimhostSimulator simulator;
static const SimhostReward rewards[] = {
  { "minus", 0, NULL, NULL },
  { "value", SIMHOST_REWARD_DEFAULT, NULL, NULL },
};

static void
make_simulator (guint32 flag)
{
  simulator = lift;
  simulator.flags = flag;
  simulator.name = "loop";
  simulator.rewards = rewards;
  simulator.create = create;
  simulator.destroy = destroy;
  simulator.get_extension = get_extension;
  simulator.set_properties = NULL;
  simulator.reset = NULL;
  simulator.advance = NULL;
  simulator.get_state = NULL;
  simulator.stop = NULL;
}

static void
log_entry (GString *log, const ShWire__SimulationSourceData *entry)
{
  double value;

  g_assert_cmpuint (entry->state.len, ==, 11);
  memcpy (&value, entry->state.data + 1, sizeof value);
  g_string_append_printf (log, "%s%g/%u r%g", log->len > 0 ? "; " : "", value,
                          entry->state.data[10], (double) entry->reward);
  if (entry->terminal)
    g_string_append (log, " T");
  for (gsize k = 0; k < entry->action_taken.len; k++)
    g_string_append_printf (log, k == 0 ? " a%02x" : "%02x",
                            entry->action_taken.data[k]);
  if (entry->do_not_learn)
    g_string_append (log, " not");
  if (entry->info.len > 0)
    g_string_append_printf (log, " %.*s", (int) entry->info.len,
                            (const char *) entry->info.data);
}

static GBytes *
answer_state (LoopSeat *seat, const ShWire__SimulatorToServer *reply)
{
  double value;

  for (gsize i = 0; i < reply->n_state_data; i++)
    log_entry (seat->log, reply->state_data[i]);
  memcpy (&value, reply->state_data[reply->n_state_data - 1]->state.data + 1,
          sizeof value);
  if (!seat->predict &&
      (reply->state_data[reply->n_state_data - 1]->terminal ||
       (seat->stop_after > 0 && seat->n_steps++ >= seat->stop_after)))
    {
      seat->n_steps = 0;
      return engine_plain (ENGINE (STOP));
    }
  return engine_predict (1, (int) value + 1);
}

static GBytes *
answer (LoopSeat *seat, const ShEvent *event)
{
  g_autoptr (GBytes) bytes = g_bytes_new (event->data, event->size);
  g_autoptr (ShWire__SimulatorToServer) reply = engine_read (bytes);

  switch (reply->message_type)
    {
    case SIMULATOR (REGISTER):
      return engine_acknowledge (LIFT_CONFIG, LIFT_STATE, LIFT_ACTION, 21);
    case SIMULATOR (READY):
      return engine_plain (ENGINE (START));
    default:
      return answer_state (seat, reply);
    }
}

static void
pump (LoopSeat *seat)
{
  ShDriverResult result = SH_DRIVER_DONE;
  ShEvent event;

  while (seat->error == NULL && result == SH_DRIVER_DONE)
    {
      GBytes *message;

      result = sh_driver_run (seat->driver, seat->session, &event, NULL,
                              &seat->error);
      if (result != SH_DRIVER_DONE || event.type == SH_EVENT_IDLE)
        return;
      if (event.type == SH_EVENT_FINISHED)
        {
          seat->finished = TRUE;
          return;
        }
      message = answer (seat, &event);
      if (seat->silent)
        {
          g_bytes_unref (message);
          return;
        }
      if (seat->play_next != NULL)
        {
          g_bytes_unref (message);
          message = engine_from_hex (seat->play_next);
          seat->play_next = NULL;
        }
      sh_session_receive (seat->session, g_bytes_get_data (message, NULL),
                          g_bytes_get_size (message), &seat->error);
      g_bytes_unref (message);
    }
}

static void
on_ready (gpointer user_data)
{
  LoopSeat *seat = user_data;

  if (seat->answered != NULL)
    seat->answered (seat);
  pump (seat);
}

void
loop_seat_tell (LoopSeat *seat, GBytes *message)
{
  sh_session_receive (seat->session, g_bytes_get_data (message, NULL),
                      g_bytes_get_size (message), &seat->error);
  g_bytes_unref (message);
  pump (seat);
}

void
loop_seat_connect (LoopSeat *seat)
{
  g_assert_true (sh_driver_abandon (seat->driver));
  sh_session_connect (seat->session);
  pump (seat);
}

static void
add_seat (LoopHost *host, ShDriver *driver)
{
  LoopSeat *seat = g_new0 (LoopSeat, 1);

  seat->driver = driver;
  seat->predict = host->predict;
  seat->silent = host->silent;
  seat->stop_after = host->stop_after;
  seat->log = g_string_new (NULL);
  seat->session = sh_session_new (&(ShSessionOptions){ .simulator = &simulator,
                                                       .predict = host->predict,
                                                       .seed = 7,
                                                       .seed_step = 1 });
  sh_driver_set_ready (driver, on_ready, seat);
  g_ptr_array_add (host->seats, seat);
  sh_session_connect (seat->session);
  pump (seat);
}

static void
on_changed (gpointer user_data)
{
  LoopHost *host = user_data;

  host->changed = TRUE;
}

static void
init (LoopHost *host, guint32 flag)
{
  make_simulator (flag);
  host->seats = g_ptr_array_new ();
  host->instance = sh_instance_new (&simulator, &host->slot, &host->error);
  g_assert_no_error (host->error);
}

void
loop_host_init_events (LoopHost *host,
                       int32_t (*run) (void *self, SimhostEvents *events))
{
  ShDriver *driver;

  init (host, SIMHOST_SIMULATOR_EVENT_DRIVEN);
  events_extension.run = run;
  driver = sh_driver_new (host->instance, &host->slot);
  sh_driver_start (driver, &host->error);
  g_assert_no_error (host->error);
  add_seat (host, driver);
}

void
loop_host_init_external (LoopHost *host,
                         int32_t (*run) (void *self, SimhostExternal *external),
                         guint max_concurrent,
                         guint deadline)
{
  init (host, SIMHOST_SIMULATOR_EXTERNAL);
  program_extension.run = run;
  program_extension.max_concurrent = max_concurrent;
  host->external = sh_external_new (&(ShExternalOptions){
      .instance = host->instance,
      .slot = &host->slot,
      .seed = 40,
      .seed_step = 2,
      .deadline = deadline,
      .changed = on_changed,
      .user_data = host,
  });
  add_seat (host, sh_external_add_seat (host->external, NULL));
  sh_external_start (host->external, &host->error);
  g_assert_no_error (host->error);
}

LoopSeat *
loop_host_seat (LoopHost *host, guint index)
{
  g_assert_cmpuint (index, <, host->seats->len);
  return host->seats->pdata[index];
}

void
loop_host_serve (LoopHost *host, gboolean (*over) (LoopHost *host))
{
  while (!over (host))
    {
      g_main_context_iteration (NULL, TRUE);
      while (host->external != NULL && host->changed &&
             host->seats->len < sh_external_get_n_wanted (host->external))
        add_seat (host, sh_external_add_seat (host->external, NULL));
      host->changed = FALSE;
    }
}

static gboolean
is_over (LoopHost *host)
{
  const LoopSeat *first = loop_host_seat (host, 0);

  return host->external != NULL ? sh_external_has_ended (host->external)
                                : first->error != NULL || first->finished;
}

void
loop_host_play (LoopHost *host)
{
  LoopSeat *first = loop_host_seat (host, 0);
  ShDriverResult result;

  loop_host_serve (host, is_over);
  while ((result = host->external != NULL
                       ? sh_external_finish (host->external, &host->error)
                       : sh_driver_finish (first->driver, &host->error)) ==
         SH_DRIVER_BUSY)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (host->error != NULL, ==, result == SH_DRIVER_FAILED);
}

void
loop_host_clear (LoopHost *host)
{
  for (guint i = 0; i < host->seats->len; i++)
    {
      LoopSeat *seat = host->seats->pdata[i];

      sh_driver_free (seat->driver);
      sh_session_free (seat->session);
      g_clear_error (&seat->error);
      g_string_free (seat->log, TRUE);
      g_free (seat);
    }
  g_ptr_array_unref (host->seats);
  sh_external_free (host->external);
  sh_instance_free (host->instance);
  g_clear_error (&host->error);
}

void
loop_assert_error (const GError *error, int code, const char *says)
{
  g_assert_nonnull (error);
  g_assert_error (error, SH_ERROR, code);
  g_assert_nonnull (strstr (error->message, "'loop'"));
  if (strstr (error->message, says) == NULL)
    g_error ("'%s' does not say '%s'", error->message, says);
  g_assert_null (strchr (error->message, '\n'));
}
