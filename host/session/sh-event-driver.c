/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * For event-driven simulators: runs their loop on a thread of its own, and
 * gives events to it when it asks for them.
 *
 * The call slot is this side's: it says from when an event is handed over until
 * it is answered, whatever the loop does meanwhile, so that one that never asks
 * again is found like a call that hangs.
 */

#include <string.h>

#include "sh-driver-private.h"
#include "sh-error.h"
#include "sh-handover.h"
#include "sh-loop.h"
#include "sh-run-thread.h"
#include "sh-text.h"
#include "sh-struct-copy.h"

typedef struct
{
  ShDriver driver; /* first: they are cast into each other */
  const SimhostEventDriven *loop;
  SimhostEvents api;
  ShHandover handover;
  ShRunThread thread;
  gboolean finishing;

  /* The loop's thread's, but between its answer and the next event. */
  const ShEvent *current; /* being worked on; NULL: none */
  SimhostEvent shown;
  ShStructCopy *state;
  ShOutcome outcome;
  gboolean answered;
  GError *failure; /* of the current event */
  gboolean told_finished;

  /* What it did that cannot be gone on from; text, set once, any thread. */
  _Atomic (char *) misuse;
} EventDriver;

static const char *
event_name (ShEventType type)
{
  return type == SH_EVENT_EPISODE_START ? "episode-start" : "simulate";
}

/* ---- the loop's side ---- */

static void
misuse (EventDriver *self, const char *text)
{
  char *expected = NULL;
  char *own = g_strdup (text);

  if (!atomic_compare_exchange_strong (&self->misuse, &expected, own))
    g_free (own);
  sh_wake_up (self->handover.wake);
}

G_GNUC_PRINTF (2, 3)
static void
set_failure (EventDriver *self, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_clear_error (&self->failure);
  self->failure = g_error_new (SH_ERROR, SH_ERROR_SIMULATOR,
                               "simulator '%s': %s", self->driver.name, text);
}

/* The loop asks for more: what it had is done. */
static void
complete (EventDriver *self)
{
  const ShEvent *event = self->current;

  if (event == NULL)
    return;
  if (event->type != SH_EVENT_EPISODE_FINISH && !self->answered &&
      self->failure == NULL)
    set_failure (self,
                 "asked for the next event without an answer to the %s event; "
                 "call answer with its state first",
                 event_name (event->type));
  self->current = NULL;
  sh_instance_set_recordable (self->driver.instance, FALSE);
  sh_handover_answer (&self->handover, &self->outcome,
                      g_steal_pointer (&self->failure));
}

static void
show (EventDriver *self, const ShEvent *event)
{
  self->current = event;
  self->answered = FALSE;
  self->outcome = (ShOutcome){ 0 };
  sh_instance_set_recordable (self->driver.instance, TRUE);
  switch (event->type)
    {
    case SH_EVENT_EPISODE_START:
      self->shown.type = SIMHOST_EVENT_EPISODE_START;
      self->shown.config = event->config;
      self->shown.seed = event->seed;
      break;
    case SH_EVENT_SIMULATE:
      self->shown.type = SIMHOST_EVENT_SIMULATE;
      self->shown.action = event->action;
      break;
    default:
      self->shown.type = SIMHOST_EVENT_EPISODE_FINISH;
      return;
    }
  self->shown.reward = event->reward != NULL ? event->reward->name : NULL;
}

static const SimhostEvent *
on_next_event (SimhostEvents *events, uint32_t timeout_ms)
{
  EventDriver *self = events->reserved;
  const ShEvent *event;
  gboolean closed;

  if (!sh_run_thread_is_current (&self->thread))
    {
      misuse (self, "next_event was called from another thread than that of "
                    "run; call it from there only");
      return NULL;
    }
  if (self->told_finished)
    misuse (self, "next_event was called after the finished event; run must "
                  "return then");
  complete (self);
  self->shown = (SimhostEvent){ .struct_size = sizeof (SimhostEvent),
                                .type = SIMHOST_EVENT_IDLE };
  event = sh_handover_take (&self->handover,
                            timeout_ms * G_GINT64_CONSTANT (1000), &closed);
  if (closed)
    {
      self->told_finished = TRUE;
      self->shown.type = SIMHOST_EVENT_FINISHED;
    }
  else if (event != NULL)
    show (self, event);
  return &self->shown;
}

static gboolean
has_event (EventDriver *self)
{
  return sh_run_thread_is_current (&self->thread) && self->current != NULL &&
         self->current->type != SH_EVENT_EPISODE_FINISH;
}

static int32_t
on_answer (SimhostEvents *events,
           const void *state,
           double reward,
           uint8_t terminal)
{
  EventDriver *self = events->reserved;
  g_autoptr (GError) error = NULL;

  if (!has_event (self))
    return SIMHOST_ERROR;
  self->answered = FALSE;
  g_clear_error (&self->failure);
  if (state == NULL || !sh_struct_copy_set (self->state, state, &error))
    {
      set_failure (self, "its answer to the %s event: %s",
                   event_name (self->current->type),
                   state == NULL ? "the state is NULL" : error->message);
      return SIMHOST_ERROR;
    }
  if (self->current->type == SH_EVENT_SIMULATE)
    {
      self->outcome.reward = self->current->reward != NULL ? reward : 0.0;
      self->outcome.terminal = terminal != 0;
    }
  self->answered = TRUE;
  return SIMHOST_OK;
}

static void
on_fail (SimhostEvents *events, const char *text)
{
  EventDriver *self = events->reserved;
  g_autofree char *line = NULL;

  if (!has_event (self))
    return;
  line = sh_text_to_line (text != NULL ? text : "without a reason", -1);
  set_failure (self, "the %s event failed: %s",
               event_name (self->current->type), line);
}

static gint32
run_loop (gpointer data)
{
  EventDriver *self = data;

  return self->loop->run (sh_instance_get_self (self->driver.instance),
                          &self->api);
}

/* ---- this side ---- */

static gboolean
start (ShDriver *driver, GError **error)
{
  EventDriver *self = (EventDriver *) driver;

  if (!sh_run_thread_start (&self->thread, driver->name, run_loop, self,
                            self->handover.wake, error))
    return FALSE;
  sh_call_slot_enter (driver->slot, SH_CALL_LOOP);
  return TRUE;
}

static ShDriverResult
post (ShDriver *driver,
      const ShEvent *event,
      ShOutcome *outcome,
      GError **error)
{
  EventDriver *self = (EventDriver *) driver;

  sh_call_slot_enter (
      driver->slot, event->type == SH_EVENT_EPISODE_START ? SH_CALL_EVENT_START
                    : event->type == SH_EVENT_SIMULATE ? SH_CALL_EVENT_SIMULATE
                                                       : SH_CALL_EVENT_FINISH);
  sh_handover_post (&self->handover, event);
  return SH_DRIVER_BUSY;
}

static ShDriverResult
collect (ShDriver *driver,
         const ShEvent *event,
         ShOutcome *outcome,
         GError **error)
{
  EventDriver *self = (EventDriver *) driver;
  ShDriverResult result = sh_handover_collect (&self->handover, outcome, error);

  if (result == SH_DRIVER_BUSY)
    return result;
  sh_call_slot_enter (driver->slot, SH_CALL_LOOP);
  if (result == SH_DRIVER_DONE && event->type != SH_EVENT_EPISODE_FINISH &&
      !sh_driver_put_state (driver, event, sh_struct_copy_get (self->state),
                            error))
    return SH_DRIVER_FAILED;
  return result;
}

/* Of a loop that has ended. */
static gboolean
judge_end (EventDriver *self, GError **error)
{
  if (!sh_run_thread_judge (&self->thread, self->driver.instance, error))
    {
      /* Another episode would find nobody. */
      if (error != NULL &&
          g_error_matches (*error, SH_ERROR, SH_ERROR_SIMULATOR))
        (*error)->code = SH_ERROR_FATAL;
      return FALSE;
    }
  if (self->thread.thread == NULL || self->finishing)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_FATAL,
               "simulator '%s': run returned before it was given the finished "
               "event; let it ask for events until then",
               self->driver.name);
  return FALSE;
}

static gboolean
check (ShDriver *driver, GError **error)
{
  EventDriver *self = (EventDriver *) driver;
  const char *text = atomic_load (&self->misuse);

  if (text != NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FATAL, "simulator '%s': %s",
                   driver->name, text);
      return FALSE;
    }
  return !sh_run_thread_has_ended (&self->thread) || judge_end (self, error);
}

static ShDriverResult
finish (ShDriver *driver, GError **error)
{
  EventDriver *self = (EventDriver *) driver;

  if (!self->finishing)
    {
      sh_call_slot_enter (driver->slot, SH_CALL_RUN);
      /* One that has ended by now did so of its own. */
      self->finishing = !sh_run_thread_has_ended (&self->thread);
      sh_handover_close (&self->handover);
    }
  if (!sh_run_thread_has_ended (&self->thread))
    return SH_DRIVER_BUSY;
  sh_call_slot_leave (driver->slot);
  return check (driver, error) ? SH_DRIVER_DONE : SH_DRIVER_FAILED;
}

static void
event_driver_free (ShDriver *driver)
{
  EventDriver *self = (EventDriver *) driver;

  if (!sh_run_thread_has_ended (&self->thread))
    sh_call_slot_enter (driver->slot, SH_CALL_RUN);
  sh_handover_close (&self->handover);
  sh_run_thread_join (&self->thread);
  sh_call_slot_leave (driver->slot);
  sh_handover_clear (&self->handover);
  sh_struct_copy_free (self->state);
  g_clear_error (&self->failure);
  g_free (atomic_load (&self->misuse));
  g_free (self);
}

static const ShDriverClass event_class = {
  .start = start,
  .post = post,
  .collect = collect,
  .check = check,
  .finish = finish,
  .free = event_driver_free,
};

ShDriver *
sh_event_driver_new (ShInstance *instance, ShCallSlot *slot)
{
  const SimhostSimulator *simulator = sh_instance_get_simulator (instance);
  EventDriver *self = g_new0 (EventDriver, 1);

  sh_driver_init (&self->driver, &event_class, instance, slot);
  sh_handover_init (&self->handover, sh_driver_tell_ready, self);
  self->loop = sh_loop_get_event_driven (simulator);
  self->state = sh_struct_copy_new (&simulator->state);
  self->api = (SimhostEvents){
    .struct_size = sizeof (SimhostEvents),
    .reserved = self,
    .next_event = on_next_event,
    .answer = on_answer,
    .fail = on_fail,
  };
  sh_instance_set_recordable (instance, FALSE);
  return &self->driver;
}
