/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-driver.h"

#include "sh-log.h"

/* A slot has one writer: no read-modify-write is needed. */
static void
count (_Atomic guint64 *counter)
{
  guint64 value = atomic_load_explicit (counter, memory_order_relaxed);

  atomic_store_explicit (counter, value + 1, memory_order_relaxed);
}

static gboolean
begin (ShSession *session,
       ShInstance *instance,
       const ShEvent *event,
       GError **error)
{
  gboolean terminal;

  return sh_instance_stop_if_open (instance, error) &&
         (!event->config_is_new ||
          sh_instance_set_properties (instance, event->config, error)) &&
         sh_instance_reset (instance, event->seed, error) &&
         sh_instance_start (instance, error) &&
         sh_instance_observe (instance, event->state, &terminal, error) &&
         sh_session_started (session, error);
}

static gboolean
simulate (ShSession *session,
          ShInstance *instance,
          const ShEvent *event,
          GError **error)
{
  gboolean terminal;
  double reward;

  return sh_instance_advance (instance, event->action, error) &&
         sh_instance_observe (instance, event->state, &terminal, error) &&
         sh_instance_evaluate (instance, event->reward, &reward, error) &&
         sh_session_simulated (session, reward, terminal, error);
}

static const char *
get_name (const ShInstance *instance)
{
  return sh_instance_get_simulator (instance)->name;
}

gboolean
sh_driver_run (ShSession *session,
               ShInstance *instance,
               ShCallSlot *slot,
               ShEvent *event,
               gboolean *complete,
               GError **error)
{
  while (sh_session_next (session, event, error))
    switch (event->type)
      {
      case SH_EVENT_EPISODE_START:
        SH_LOG (SH_LOG_EVENT, "%s: episode start, seed %" G_GUINT64_FORMAT,
                get_name (instance), event->seed);
        if (!begin (session, instance, event, error))
          return FALSE;
        break;
      case SH_EVENT_SIMULATE:
        SH_LOG (SH_LOG_EVENT, "%s: simulate", get_name (instance));
        if (!simulate (session, instance, event, error))
          return FALSE;
        if (slot != NULL)
          count (&slot->iterations);
        break;
      case SH_EVENT_EPISODE_FINISH:
        SH_LOG (SH_LOG_EVENT, "%s: episode finish", get_name (instance));
        if (!sh_instance_stop_if_open (instance, error))
          return FALSE;
        if (slot != NULL)
          count (&slot->episodes);
        if (event->complete && complete != NULL)
          *complete = TRUE;
        break;
      case SH_EVENT_SEND:
      case SH_EVENT_IDLE:
      case SH_EVENT_FINISHED:
      default:
        return TRUE;
      }
  return FALSE;
}
