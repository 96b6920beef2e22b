/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A run with its muscles, or with a server and a worker, in one main loop.
 */

#include "local-engine.h"

#include "sh-access.h"
#include "sh-catalog.h"
#include "sh-conductor-installed.h"
#include "sh-control.h"
#include "sh-error.h"
#include "sh-server.h"
#include "sh-supervisor.h"
#include "sh-worker.h"

/* Milliseconds that simulations have to end their episodes once the run is to
 * end. */
#define STOP_DEADLINE 900

struct ShLocalEngine
{
  GMainLoop *loop;
  ShRun *run;
  ShConductor *conductor; /* NULL: by server and worker */
  gboolean conductor_ended;
  ShControl *control; /* or NULL */
  ShServer *server; /* NULL: by muscles, and nobody elsewhere */
  gboolean listens; /* for simulators elsewhere */
  ShWorkerOptions worker;
  ShSupervisor *supervisor; /* NULL once the worker is gone for good */
  ShPictures *pictures; /* may be NULL */
  guint deadline;
};

static gboolean
is_over (ShRun *run)
{
  ShRunState state = sh_run_get_state (run);

  return state == SH_RUN_FINISHED || state == SH_RUN_ERROR;
}

static gboolean
is_done (const ShLocalEngine *self)
{
  return is_over (self->run) &&
         (self->conductor != NULL ? self->conductor_ended
                                  : self->supervisor == NULL);
}

static void
quit_when_done (ShLocalEngine *self)
{
  if (is_done (self))
    g_main_loop_quit (self->loop);
}

static void
on_conductor_ended (ShConductor *conductor, gpointer data)
{
  ShLocalEngine *self = data;

  self->conductor_ended = TRUE;
  quit_when_done (self);
}

static gboolean
on_deadline (gpointer data)
{
  ShLocalEngine *self = data;

  self->deadline = 0;
  if (self->supervisor != NULL)
    sh_supervisor_stop (self->supervisor);
  return G_SOURCE_REMOVE;
}

/* The engine tells the simulators that it is over, and they leave; those that
 * are in a long step are not waited for. */
static void
on_stopping (ShRun *run, ShLocalEngine *self)
{
  self->deadline = g_timeout_add (STOP_DEADLINE, on_deadline, self);
}

static void
on_finished (ShRun *run, ShLocalEngine *self)
{
  quit_when_done (self);
}

static void
on_worker_ended (ShSupervisor *supervisor, const GError *error, gpointer data)
{
  ShLocalEngine *self = data;
  g_autoptr (GError) early = NULL;

  if (error == NULL && sh_run_get_state (self->run) < SH_RUN_STOPPING)
    {
      early = g_error_new (SH_ERROR, SH_ERROR_FAILED,
                           "simulator '%s' left before the run was over",
                           self->worker.simulator);
      error = early;
    }
  if (error != NULL)
    sh_run_stop (self->run, SH_RUN_REASON_FAILED, error);
  g_clear_pointer (&self->supervisor, sh_supervisor_free);
  quit_when_done (self);
}

static void
on_restarting (const GError *error, gpointer data)
{
  ShLocalEngine *self = data;

  if (self->pictures != NULL)
    sh_pictures_change_worker (self->pictures);
}

static const ShSupervisorWatch worker_watch = { .restarting = on_restarting };

static void
start_worker (ShLocalEngine *self)
{
  g_autoptr (GError) error = NULL;

  self->supervisor = sh_supervisor_new (
      &self->worker, SH_WORKER_CALL_DEADLINE * 1000, on_worker_ended, self);
  sh_supervisor_set_watch (self->supervisor, &worker_watch);
  if (!sh_supervisor_start (self->supervisor, &error))
    on_worker_ended (self->supervisor, error, self);
}

/* What would come up only when the concepts before are trained. */
static gboolean
check_later_simulators (const ShLocalEngineOptions *options, GError **error)
{
  const ShConcept *first = sh_run_get_concept (options->run);
  const ShProgram *program = sh_run_get_program (options->run);

  for (guint i = first->place + 1; i < program->n_concepts; i++)
    {
      const ShConcept *concept = &program->concepts[i];
      const char *name = concept->source.name;
      g_autoptr (ShPluginInfo) plugin = NULL;
      const ShSimulatorInfo *simulator;

      if (options->simulator != NULL &&
          g_strcmp0 (name, first->source.name) == 0)
        continue;
      if (options->simulator != NULL || name == NULL)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                       "the concepts '%s' and '%s' are not trained on the same "
                       "simulator; have the program name %s simulator, and "
                       "leave --simulator out",
                       first->name, concept->name,
                       name == NULL ? "each one's" : "each");
          return FALSE;
        }
      plugin = sh_catalog_find (name, &simulator, error);
      if (plugin == NULL)
        {
          g_prefix_error (error, "concept '%s': ", concept->name);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
find_simulator (ShLocalEngine *self,
                const ShLocalEngineOptions *options,
                guint32 *flags,
                GError **error)
{
  const char *declared = sh_run_get_concept (options->run)->source.name;
  const char *wanted =
      options->simulator != NULL ? options->simulator : declared;
  g_autoptr (ShPluginInfo) plugin = NULL;
  const ShSimulatorInfo *simulator;

  if (wanted == NULL)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_USAGE,
                           "the program does not name its simulator; say which "
                           "with --simulator");
      return FALSE;
    }
  plugin = sh_catalog_find (wanted, &simulator, error);
  if (plugin == NULL)
    return FALSE;
  if (options->pictures != NULL &&
      !sh_pictures_check_simulator (simulator, error))
    return FALSE;
  *flags = simulator->simulator.flags;
  self->worker.file = g_strdup (plugin->path);
  self->worker.simulator = g_strdup (simulator->simulator.name);
  /* The server expects the name that the program has for it. */
  self->worker.name = g_strdup (declared);
  return TRUE;
}

static gboolean
open_server (ShLocalEngine *self,
             const ShLocalEngineOptions *options,
             GError **error)
{
  ShLinkSettings *link = &self->worker.link;

  self->server = sh_server_new (options->store);
  self->listens = options->listen != NULL;
  link->access_key =
      self->listens ? g_strdup (options->key) : sh_access_generate_key (error);
  if (link->access_key == NULL ||
      !sh_server_add_key (self->server, link->access_key, error) ||
      !sh_server_add_training (self->server, options->brain, options->version,
                               options->run, error) ||
      !sh_server_listen (
          self->server, self->listens ? options->listen : "127.0.0.1:0", error))
    return FALSE;
  g_free (link->url);
  link->url = g_strdup (sh_server_get_url (self->server));
  link->brain = g_strdup (options->brain);
  return TRUE;
}

static gboolean
start_muscles (ShLocalEngine *self,
               const ShLocalEngineOptions *options,
               GError **error)
{
  self->conductor = sh_conductor_new (
      &(ShConductorOptions){
          .run = self->run,
          .file = self->worker.file,
          .simulator = self->worker.simulator,
          .n_muscles = options->n_muscles,
          .n_instances = options->n_instances,
          .seed = options->seed,
          .call_deadline = SH_WORKER_CALL_DEADLINE * 1000,
          .may_rest = options->listen != NULL,
      },
      on_conductor_ended, self, error);
  return self->conductor != NULL;
}

/* A training can do without. */
static void
open_door (ShLocalEngine *self, const ShLocalEngineOptions *options)
{
  g_autoptr (GError) error = NULL;

  self->control = sh_control_new (
      &(ShControlOptions){
          .run = self->run,
          .conductor = self->conductor,
          .folder = sh_store_get_folder (options->store),
          .brain = options->brain,
          .version = options->version,
      },
      &error);
  if (self->control == NULL)
    g_info ("'simhost brain muscles' cannot reach this training: %s",
            error->message);
}

static gboolean
start (ShLocalEngine *self,
       const ShLocalEngineOptions *options,
       guint32 flags,
       GError **error)
{
  const gboolean by_muscles =
      options->by_muscles && !(flags & SH_CONDUCTOR_OWN_WAYS);

  if (by_muscles && !start_muscles (self, options, error))
    return FALSE;
  if ((!by_muscles || options->listen != NULL) &&
      !open_server (self, options, error))
    return FALSE;
  if (options->by_muscles)
    open_door (self, options);
  return TRUE;
}

ShLocalEngine *
sh_local_engine_new (const ShLocalEngineOptions *options, GError **error)
{
  g_autoptr (ShLocalEngine) self = g_new0 (ShLocalEngine, 1);
  guint32 flags;

  self->loop = g_main_loop_new (NULL, FALSE);
  self->run = g_object_ref (options->run);
  sh_worker_options_init (&self->worker);
  self->worker.link.own = TRUE;
  self->worker.n_instances = options->n_instances;
  self->worker.seed = options->seed;
  self->pictures = options->pictures;
  self->worker.render = options->pictures != NULL;
  if (options->pictures != NULL)
    sh_pictures_get_frame (options->pictures, &self->worker.frame_width,
                           &self->worker.frame_height, &self->worker.frame_fd);
  if (!find_simulator (self, options, &flags, error) ||
      (options->by_muscles && !check_later_simulators (options, error)))
    return NULL;
  if (!start (self, options, flags, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
sh_local_engine_free (ShLocalEngine *self)
{
  if (self == NULL)
    return;
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_clear_pointer (&self->supervisor, sh_supervisor_free);
  g_clear_pointer (&self->control, sh_control_free);
  g_clear_pointer (&self->conductor, sh_conductor_free);
  g_clear_pointer (&self->server, sh_server_free);
  sh_worker_options_clear (&self->worker);
  g_object_unref (self->run);
  g_main_loop_unref (self->loop);
  g_free (self);
}

guint
sh_local_engine_count_muscles (ShLocalEngine *self)
{
  return self->conductor != NULL ? sh_conductor_get_n_staying (self->conductor)
                                 : 0;
}

const char *
sh_local_engine_get_url (ShLocalEngine *self)
{
  return self->listens ? sh_server_get_url (self->server) : NULL;
}

static void
on_server_stopped (GObject *source, GAsyncResult *result, gpointer data)
{
  ShLocalEngine *self = data;

  sh_server_stop_finish (self->server, result);
  g_main_loop_quit (self->loop);
}

/* Simulators elsewhere are told that it is over. */
static void
stop_server (ShLocalEngine *self)
{
  sh_server_stop_async (self->server, on_server_stopped, self);
  g_main_loop_run (self->loop);
}

void
sh_local_engine_run (ShLocalEngine *self)
{
  gulong stopping =
      g_signal_connect (self->run, "stopping", G_CALLBACK (on_stopping), self);
  gulong finished =
      g_signal_connect (self->run, "finished", G_CALLBACK (on_finished), self);

  if (self->conductor == NULL)
    start_worker (self);
  if (!is_done (self))
    g_main_loop_run (self->loop);
  if (self->listens)
    stop_server (self);

  g_signal_handler_disconnect (self->run, stopping);
  g_signal_handler_disconnect (self->run, finished);
}
