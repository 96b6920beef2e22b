/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-supervisor.h"

#include "sh-restarts.h"
#include "sh-worker.h"

struct ShSupervisor
{
  const ShWorkerOptions *options;
  guint call_deadline;
  ShSupervisorEnded ended;
  void (*restarting) (gpointer user_data); /* may be NULL */
  gpointer user_data;
  ShWorker *worker;
  ShRestarts restarts;
  guint timer;
  gboolean stopping;
  guint64 first_episode;
  guint64 iterations; /* of all workers so far */
};

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
  supervisor->first_episode = options->first_episode;
  sh_restarts_init (&supervisor->restarts, &sh_retry_system_source);
  return supervisor;
}

void
sh_supervisor_set_restarting (ShSupervisor *supervisor,
                              void (*restarting) (gpointer user_data))
{
  g_return_if_fail (supervisor != NULL);

  supervisor->restarting = restarting;
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

/* NULL: it is started again. */
static GError *
decide (ShSupervisor *supervisor, const GError *error)
{
  gint64 delay;
  GError *end;

  take_stock (supervisor);
  end = sh_restarts_judge (&supervisor->restarts, error,
                           supervisor->iterations > 0, &delay);
  if (end != NULL)
    return end;
  g_warning ("%s; starting it again in %.1f s", error->message,
             (double) delay / G_USEC_PER_SEC);
  supervisor->timer =
      g_timeout_add ((guint) (delay / 1000), on_restart, supervisor);
  if (supervisor->restarting != NULL)
    supervisor->restarting (supervisor->user_data);
  return NULL;
}

static void
on_exited (ShWorker *worker, const GError *error, ShSupervisor *supervisor)
{
  g_autoptr (GError) end = NULL;

  if (error != NULL && !supervisor->stopping)
    {
      end = decide (supervisor, error);
      if (end == NULL)
        {
          drop_worker (supervisor);
          return;
        }
    }
  drop_worker (supervisor);
  supervisor->ended (supervisor, end, supervisor->user_data);
}

static gboolean
start_worker (ShSupervisor *supervisor, GError **error)
{
  ShWorkerOptions options = *supervisor->options;
  g_auto (GStrv) arguments = NULL;

  options.first_episode = supervisor->first_episode;
  arguments = sh_worker_options_to_arguments (&options);
  sh_worker_options_export_key (&options);
  supervisor->worker = sh_worker_new (
      options.simulator, (const char *const *) arguments, options.n_instances);
  sh_worker_set_call_deadline (supervisor->worker, supervisor->call_deadline);
  sh_worker_set_reply_fd (supervisor->worker, options.frame_fd);
  g_signal_connect (supervisor->worker, "exited", G_CALLBACK (on_exited),
                    supervisor);
  if (sh_worker_start (supervisor->worker, error))
    return TRUE;
  drop_worker (supervisor);
  return FALSE;
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

void
sh_supervisor_stop (ShSupervisor *supervisor)
{
  g_return_if_fail (supervisor != NULL);

  if (supervisor->stopping)
    return;
  supervisor->stopping = TRUE;
  if (supervisor->worker != NULL)
    {
      sh_worker_stop (supervisor->worker);
      return;
    }
  /* Between two workers. */
  g_clear_handle_id (&supervisor->timer, g_source_remove);
  supervisor->timer = g_idle_add (on_stopped, supervisor);
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
