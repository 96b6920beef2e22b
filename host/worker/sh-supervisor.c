/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-supervisor.h"

#include "sh-restarts.h"
#include "sh-worker.h"

/* Microseconds before a worker follows one that had no more to do. */
#define PAUSE G_USEC_PER_SEC

struct ShSupervisor
{
  const ShWorkerOptions *options;
  guint call_deadline;
  ShSupervisorEnded ended;
  gpointer user_data;
  ShSupervisorRules rules;
  const ShSupervisorWatch *watch;
  ShWorker *worker;
  ShRestarts restarts;
  guint timer;
  gboolean stopping;
  guint64 first_episode;
  guint64 iterations; /* of all workers so far */
};

static const ShSupervisorWatch nobody;

ShSupervisor *
sh_supervisor_new (const ShWorkerOptions *options,
                   guint call_deadline,
                   ShSupervisorEnded ended,
                   gpointer user_data)
{
  ShSupervisor *supervisor = g_new0 (ShSupervisor, 1);

  supervisor->options = options;
  supervisor->call_deadline = call_deadline;
  supervisor->ended = ended;
  supervisor->user_data = user_data;
  supervisor->watch = &nobody;
  supervisor->first_episode = options->first_episode;
  sh_supervisor_set_rules (supervisor, &(ShSupervisorRules){
                                           .policy = SH_RESTART_ON_FAILURE,
                                           .source = &sh_retry_system_source,
                                       });
  return supervisor;
}

void
sh_supervisor_set_rules (ShSupervisor *supervisor,
                         const ShSupervisorRules *rules)
{
  g_return_if_fail (supervisor != NULL);

  supervisor->rules = *rules;
  sh_restarts_init (&supervisor->restarts, rules->source);
}

void
sh_supervisor_set_watch (ShSupervisor *supervisor,
                         const ShSupervisorWatch *watch)
{
  g_return_if_fail (supervisor != NULL);

  supervisor->watch = watch;
}

ShWorker *
sh_supervisor_get_worker (ShSupervisor *supervisor)
{
  return supervisor->worker;
}

static void
drop_worker (ShSupervisor *supervisor)
{
  if (supervisor->worker != NULL)
    g_signal_handlers_disconnect_by_data (supervisor->worker, supervisor);
  g_clear_object (&supervisor->worker);
}

/* What the worker's slots say. Its seeds are used up to its busiest instance's
 * last episode, the one that was cut off included. */
static void
take_stock (ShSupervisor *supervisor)
{
  guint64 episodes = 0;
  guint n_slots;
  const ShCallSlot *slots = sh_worker_get_slots (supervisor->worker, &n_slots);

  for (guint i = 0; i < n_slots; i++)
    {
      supervisor->iterations += atomic_load (&slots[i].iterations);
      episodes = MAX (episodes, atomic_load (&slots[i].episodes));
    }
  supervisor->first_episode += episodes + 1;
}

static gboolean start_worker (ShSupervisor *supervisor, GError **error);

static gboolean
on_restart (gpointer user_data)
{
  ShSupervisor *supervisor = user_data;
  g_autoptr (GError) error = NULL;

  supervisor->timer = 0;
  if (!start_worker (supervisor, &error))
    supervisor->ended (supervisor, error, supervisor->user_data);
  return G_SOURCE_REMOVE;
}

/* Whether another worker follows, and after how many microseconds. FALSE: none
 * does, and *end says why, NULL when all is well. */
static gboolean
decide (ShSupervisor *supervisor,
        const GError *error,
        gint64 *delay,
        GError **end)
{
  ShRestartPolicy policy = supervisor->rules.policy;

  *end = NULL;
  if (supervisor->stopping)
    return FALSE;
  if (error == NULL)
    {
      *delay = PAUSE;
      return policy == SH_RESTART_ALWAYS;
    }
  if (policy == SH_RESTART_NEVER)
    {
      *end = g_error_copy (error);
      return FALSE;
    }
  *end = sh_restarts_judge (
      &supervisor->restarts, error, policy == SH_RESTART_ALWAYS,
      supervisor->rules.patient || supervisor->iterations > 0, delay);
  return *end == NULL;
}

static void
restart_later (ShSupervisor *supervisor, const GError *error, gint64 delay)
{
  if (error != NULL)
    g_warning ("%s; starting it again in %.1f s", error->message,
               (double) delay / G_USEC_PER_SEC);
  supervisor->timer =
      g_timeout_add ((guint) (delay / 1000), on_restart, supervisor);
  if (supervisor->watch->restarting != NULL)
    supervisor->watch->restarting (error, supervisor->user_data);
}

static void
on_exited (ShWorker *worker, const GError *error, ShSupervisor *supervisor)
{
  g_autoptr (GError) end = NULL;
  gint64 delay;

  take_stock (supervisor);
  if (supervisor->watch->gone != NULL)
    supervisor->watch->gone (worker, supervisor->user_data);
  if (decide (supervisor, error, &delay, &end))
    {
      drop_worker (supervisor);
      restart_later (supervisor, error, delay);
      return;
    }
  drop_worker (supervisor);
  supervisor->ended (supervisor, end, supervisor->user_data);
}

static void
on_line (const char *line, gpointer user_data)
{
  ShSupervisor *supervisor = user_data;

  supervisor->watch->line (line, supervisor->user_data);
}

static gboolean
start_worker (ShSupervisor *supervisor, GError **error)
{
  ShWorkerOptions options = *supervisor->options;
  g_auto (GStrv) arguments = NULL;
  g_auto (GStrv) variables = sh_worker_options_to_variables (&options);

  options.first_episode = supervisor->first_episode;
  arguments = sh_worker_options_to_arguments (&options);
  supervisor->worker = sh_worker_new (
      options.simulator, (const char *const *) arguments, options.n_instances);
  sh_worker_set_call_deadline (supervisor->worker, supervisor->call_deadline);
  sh_worker_set_reply_fd (supervisor->worker, options.frame_fd);
  sh_worker_set_limits (supervisor->worker, &options.limits);
  sh_worker_set_variables (supervisor->worker, (const char *const *) variables);
  if (supervisor->watch->line != NULL)
    sh_worker_set_line (supervisor->worker, on_line, supervisor);
  g_signal_connect (supervisor->worker, "exited", G_CALLBACK (on_exited),
                    supervisor);
  if (!sh_worker_start (supervisor->worker, error))
    {
      drop_worker (supervisor);
      return FALSE;
    }
  if (supervisor->watch->started != NULL)
    supervisor->watch->started (supervisor->user_data);
  return TRUE;
}

gboolean
sh_supervisor_start (ShSupervisor *supervisor, GError **error)
{
  g_return_val_if_fail (supervisor != NULL && supervisor->worker == NULL,
                        FALSE);

  return start_worker (supervisor, error);
}

static gboolean
on_stopped (gpointer user_data)
{
  ShSupervisor *supervisor = user_data;

  supervisor->timer = 0;
  supervisor->ended (supervisor, NULL, supervisor->user_data);
  return G_SOURCE_REMOVE;
}

/* Between two workers. */
static void
end_soon (ShSupervisor *supervisor)
{
  g_clear_handle_id (&supervisor->timer, g_source_remove);
  supervisor->timer = g_idle_add (on_stopped, supervisor);
}

void
sh_supervisor_stop (ShSupervisor *supervisor)
{
  g_return_if_fail (supervisor != NULL);

  supervisor->stopping = TRUE;
  if (supervisor->worker != NULL)
    sh_worker_stop (supervisor->worker);
  else
    end_soon (supervisor);
}

void
sh_supervisor_leave (ShSupervisor *supervisor, guint milliseconds)
{
  g_return_if_fail (supervisor != NULL);

  supervisor->stopping = TRUE;
  if (supervisor->worker != NULL)
    sh_worker_leave (supervisor->worker, milliseconds);
  else
    end_soon (supervisor);
}

void
sh_supervisor_free (ShSupervisor *supervisor)
{
  if (supervisor == NULL)
    return;
  g_clear_handle_id (&supervisor->timer, g_source_remove);
  drop_worker (supervisor);
  g_free (supervisor);
}
