/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-driver-private.h"

#include <string.h>

#include "sh-error.h"
#include "sh-log.h"
#include "sh-loop.h"
#include "sh-strict.h"

static gboolean
begin (ShInstance *instance, const ShEvent *event, GError **error)
{
  gboolean terminal;

  return sh_instance_stop_if_open (instance, error) &&
         (!event->config_is_new ||
          sh_instance_set_properties (instance, event->config, error)) &&
         sh_instance_reset (instance, event->seed, error) &&
         sh_instance_start (instance, error) &&
         sh_instance_observe (instance, event->state, &terminal, error);
}

static gboolean
simulate (ShInstance *instance,
          const ShEvent *event,
          ShOutcome *outcome,
          GError **error)
{
  return sh_instance_advance (instance, event->action, error) &&
         sh_instance_observe (instance, event->state, &outcome->terminal,
                              error) &&
         sh_instance_evaluate (instance, event->reward, &outcome->reward,
                               error);
}

gboolean
sh_driver_execute (ShInstance *instance,
                   const ShEvent *event,
                   ShOutcome *outcome,
                   GError **error)
{
  switch (event->type)
    {
    case SH_EVENT_EPISODE_START:
      return begin (instance, event, error);
    case SH_EVENT_SIMULATE:
      return simulate (instance, event, outcome, error);
    default:
      return sh_instance_stop_if_open (instance, error);
    }
}

/* ---- all kinds ---- */

void
sh_driver_init (ShDriver *driver,
                const ShDriverClass *klass,
                ShInstance *instance,
                ShCallSlot *slot)
{
  driver->klass = klass;
  driver->instance = instance;
  driver->slot = slot;
  driver->name = sh_instance_get_simulator (instance)->name;
}

ShDriver *
sh_driver_new (ShInstance *instance, ShCallSlot *slot)
{
  const SimhostSimulator *simulator = sh_instance_get_simulator (instance);

  g_return_val_if_fail (!sh_simulator_is_external (simulator), NULL);

  if (sh_simulator_is_event_driven (simulator))
    return sh_event_driver_new (instance, slot);
  if (simulator->flags & SIMHOST_SIMULATOR_SLOW)
    return sh_slow_driver_new (instance, slot);
  return sh_call_driver_new (instance, slot);
}

void
sh_driver_free (ShDriver *driver)
{
  if (driver != NULL)
    driver->klass->free (driver);
}

void
sh_driver_set_ready (ShDriver *driver, ShDriverReady ready, gpointer user_data)
{
  driver->ready = ready;
  driver->user_data = user_data;
}

void
sh_driver_set_report (ShDriver *driver, ShReport *report, guint instance)
{
  driver->report = report;
  driver->episode.instance = instance;
}

void
sh_driver_tell_ready (gpointer driver)
{
  ShDriver *self = driver;

  if (self->ready != NULL)
    self->ready (self->user_data);
}

gboolean
sh_driver_start (ShDriver *driver, GError **error)
{
  return driver->klass->start == NULL || driver->klass->start (driver, error);
}

gboolean
sh_driver_put_state (const ShDriver *driver,
                     const ShEvent *event,
                     gconstpointer state,
                     GError **error)
{
  const SimhostSchema *schema =
      &sh_instance_get_simulator (driver->instance)->state;
  g_autofree char *problem = NULL;

  memcpy (event->state, state, schema->size);
  if (G_LIKELY (!sh_instance_is_strict (driver->instance)))
    return TRUE;
  problem = sh_strict_check_values ("state", schema, state);
  if (problem == NULL)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_SIMULATOR, "simulator '%s': %s",
               driver->name, problem);
  return FALSE;
}

static void
announce (const ShDriver *driver, const ShEvent *event)
{
  switch (event->type)
    {
    case SH_EVENT_EPISODE_START:
      SH_LOG (SH_LOG_EVENT, "%s: episode start, seed %" G_GUINT64_FORMAT,
              driver->name, event->seed);
      break;
    case SH_EVENT_SIMULATE:
      SH_LOG (SH_LOG_EVENT, "%s: simulate", driver->name);
      break;
    default:
      SH_LOG (SH_LOG_EVENT, "%s: episode finish", driver->name);
    }
}

static void
begin_episode (ShReportEpisode *episode)
{
  episode->number++;
  episode->length = 0;
  episode->episode_return = 0;
  episode->end = SH_REPORT_STOPPED;
}

static void
end_episode (ShDriver *driver, gboolean complete)
{
  if (!complete)
    driver->episode.end = SH_REPORT_CUT;
  if (driver->slot != NULL)
    sh_call_slot_count (&driver->slot->episodes);
  sh_report_add_episode (driver->report, &driver->episode);
}

static void
count_step (ShDriver *driver, const ShOutcome *outcome)
{
  driver->episode.length++;
  driver->episode.episode_return += outcome->reward;
  if (outcome->terminal)
    driver->episode.end = SH_REPORT_TERMINAL;
  if (driver->slot != NULL)
    sh_call_slot_count (&driver->slot->iterations);
}

/* The event is done: the session and the counters hear of it. */
static ShDriverResult
take_over (ShDriver *driver,
           ShSession *session,
           const ShOutcome *outcome,
           gboolean *complete,
           GError **error)
{
  const ShEvent *event = &driver->event;

  if (event->type == SH_EVENT_EPISODE_FINISH)
    {
      end_episode (driver, event->complete);
      if (event->complete && complete != NULL)
        *complete = TRUE;
      return SH_DRIVER_DONE;
    }
  if (!sh_session_answer (session, outcome, error))
    return SH_DRIVER_FAILED;
  if (event->type == SH_EVENT_SIMULATE)
    count_step (driver, outcome);
  else
    begin_episode (&driver->episode);
  return SH_DRIVER_DONE;
}

ShDriverResult
sh_driver_settle (ShDriver *driver,
                  ShSession *session,
                  gboolean *complete,
                  GError **error)
{
  ShOutcome outcome = { 0 };
  ShDriverResult result;

  if (!driver->busy)
    return SH_DRIVER_DONE;
  result = driver->klass->collect (driver, &driver->event, &outcome, error);
  if (result == SH_DRIVER_BUSY)
    return result;
  driver->busy = FALSE;
  return result == SH_DRIVER_DONE
             ? take_over (driver, session, &outcome, complete, error)
             : result;
}

static gboolean
is_for_connection (const ShEvent *event)
{
  return event->type == SH_EVENT_SEND || event->type == SH_EVENT_IDLE ||
         event->type == SH_EVENT_FINISHED;
}

ShDriverResult
sh_driver_run (ShDriver *driver,
               ShSession *session,
               ShEvent *event,
               gboolean *complete,
               GError **error)
{
  const ShDriverClass *klass = driver->klass;
  ShDriverResult result;

  if (klass->check != NULL && !klass->check (driver, error))
    return SH_DRIVER_FAILED;
  result = sh_driver_settle (driver, session, complete, error);
  while (result == SH_DRIVER_DONE)
    {
      ShOutcome outcome = { 0 };

      if (!sh_session_next (session, &driver->event, error))
        return SH_DRIVER_FAILED;
      if (is_for_connection (&driver->event))
        {
          *event = driver->event;
          return SH_DRIVER_DONE;
        }
      announce (driver, &driver->event);
      result = klass->post (driver, &driver->event, &outcome, error);
      driver->busy = result == SH_DRIVER_BUSY;
      if (result == SH_DRIVER_DONE)
        result = take_over (driver, session, &outcome, complete, error);
    }
  return result;
}

gboolean
sh_driver_is_busy (const ShDriver *driver)
{
  return driver->busy;
}

void
sh_driver_lose (ShDriver *driver)
{
  if (driver->klass->lose == NULL)
    return;
  driver->klass->lose (driver);
  driver->busy = FALSE;
}

gboolean
sh_driver_abandon (ShDriver *driver)
{
  if (driver->klass->abandon != NULL)
    {
      driver->klass->abandon (driver);
      driver->busy = FALSE;
    }
  return !driver->busy;
}

ShDriverResult
sh_driver_finish (ShDriver *driver, GError **error)
{
  return driver->klass->finish != NULL ? driver->klass->finish (driver, error)
                                       : SH_DRIVER_DONE;
}
