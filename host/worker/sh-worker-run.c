/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-worker-run.h"

#include <glib-unix.h>

#include "sh-child.h"
#include "sh-client.h"
#include "sh-error.h"
#include "sh-fd.h"
#include "sh-log.h"
#include "sh-loop.h"
#include "sh-plugin.h"
#include "sh-program-client.h"
#include "sh-worker.h"

typedef struct
{
  GMainLoop *loop;
  const ShWorkerOptions *options;
  const SimhostSimulator *simulator;
  GPtrArray *clients; /* of ShClient, or of ShProgramClient if external */
  gboolean external;
  guint n_running;
  GError *error; /* the first */
  ShOverrides *overrides;
  ShRecorder *recorder; /* NULL: no record */
  GPtrArray *recordings; /* one a client, if there is a record */
  int frame_fd;
  ShCamera *camera; /* NULL: no pictures */
} Run;

static void
stop_all (Run *run)
{
  for (guint i = 0; i < run->clients->len; i++)
    if (run->external)
      sh_program_client_stop (run->clients->pdata[i]);
    else
      sh_client_stop (run->clients->pdata[i]);
}

static gboolean
on_signal (gpointer user_data)
{
  stop_all (user_data);
  return G_SOURCE_CONTINUE;
}

/* Another worker is to take this one's place. */
static gboolean
on_leave (gpointer user_data)
{
  Run *run = user_data;

  for (guint i = 0; i < run->clients->len; i++)
    if (run->external)
      sh_program_client_leave (run->clients->pdata[i]);
    else
      sh_client_leave (run->clients->pdata[i]);
  return G_SOURCE_CONTINUE;
}

/* One that failed takes the others with it: they have the same plugin and the
 * same engine. */
static void
note_end (Run *run, const GError *error)
{
  if (--run->n_running == 0)
    g_main_loop_quit (run->loop);
  if (error != NULL && run->error == NULL)
    {
      run->error = g_error_copy (error);
      stop_all (run);
    }
}

static void
on_client_ended (ShClient *client, const GError *error, gpointer user_data)
{
  note_end (user_data, error);
}

static void
on_program_ended (ShProgramClient *client,
                  const GError *error,
                  gpointer user_data)
{
  note_end (user_data, error);
}

static ShRecording *
add_recording (gpointer user_data)
{
  Run *run = user_data;
  const ShWorkerOptions *options = run->options;
  const SimhostSimulator *simulator = run->simulator;
  ShRecording *recording;

  if (run->recorder == NULL)
    return NULL;
  recording =
      sh_recording_new (run->recorder, simulator,
                        options->name != NULL ? options->name : simulator->name,
                        options->link.predict);
  g_ptr_array_add (run->recordings, recording);
  return recording;
}

static gpointer
add_client (Run *run, ShClientOptions *options, GError **error)
{
  if (run->external)
    return sh_program_client_new (
        &(ShProgramClientOptions){
            .connection = *options,
            .add_recording = add_recording,
            .ended = on_program_ended,
            .user_data = run,
        },
        error);
  options->session.recording = add_recording (run);
  options->ended = on_client_ended;
  options->user_data = run;
  return sh_client_new (options, error);
}

static gboolean
add_clients (Run *run, ShCallSlot *slots, GError **error)
{
  const ShWorkerOptions *options = run->options;
  guint n = options->n_instances;

  for (guint i = 0; i < n; i++)
    {
      ShClientOptions one = {
        .session = {
          .simulator = run->simulator,
          .name = options->name,
          .predict = options->link.predict,
          .seed = options->seed + i + options->first_episode * n,
          .seed_step = n,
          .quiet = i > 0,
          .overrides = run->overrides,
        },
        .settings = &options->link,
        .retry_source = &sh_retry_system_source,
        .slot = &slots[i],
        .report = sh_worker_report_from_environment (),
        .instance = i,
        .strict = options->strict,
        .camera = run->camera,
      };
      gpointer client = add_client (run, &one, error);

      if (client == NULL)
        return FALSE;
      g_ptr_array_add (run->clients, client);
    }
  return TRUE;
}

static void
serve (Run *run)
{
  guint sigterm = g_unix_signal_add (SIGTERM, on_signal, run);
  guint sigint = g_unix_signal_add (SIGINT, on_signal, run);
  guint leave = g_unix_signal_add (SH_CHILD_LEAVE_SIGNAL, on_leave, run);

  run->n_running = run->clients->len;
  for (guint i = 0; i < run->clients->len; i++)
    if (run->external)
      sh_program_client_start (run->clients->pdata[i]);
    else
      sh_client_start (run->clients->pdata[i]);
  g_main_loop_run (run->loop);
  g_source_remove (sigterm);
  g_source_remove (sigint);
  g_source_remove (leave);
}

static gboolean
prepare (Run *run,
         const ShWorkerOptions *options,
         const SimhostSimulator *simulator,
         ShCallSlot *slot,
         GError **error)
{
  if (options->render && sh_simulator_has_loop (simulator))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "simulator '%s' has a loop of its own: no pictures can be "
                   "drawn of it",
                   simulator->name);
      return FALSE;
    }
  if (options->render)
    {
      run->camera = sh_camera_new (simulator, slot, options->frame_width,
                                   options->frame_height, run->frame_fd, error);
      if (run->camera == NULL)
        return FALSE;
    }
  run->overrides =
      sh_overrides_new (simulator, (const char *const *) options->set, error);
  if (run->overrides == NULL)
    return FALSE;
  if (options->record == NULL)
    return TRUE;
  run->recorder = sh_recorder_new (options->record, error);
  return run->recorder != NULL;
}

static gboolean
run_plugin (const ShWorkerOptions *options,
            const SimhostSimulator *simulator,
            ShCallSlot *slots,
            int frame_fd,
            GError **error)
{
  Run run = {
    .options = options,
    .simulator = simulator,
    .frame_fd = frame_fd,
    .external = sh_simulator_is_external (simulator),
  };

  run.loop = g_main_loop_new (NULL, FALSE);
  run.clients = g_ptr_array_new_with_free_func (
      run.external ? (GDestroyNotify) sh_program_client_free
                   : (GDestroyNotify) sh_client_free);
  run.recordings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_recording_free);
  if (prepare (&run, options, simulator, &slots[0], &run.error) &&
      add_clients (&run, slots, &run.error))
    serve (&run);
  g_ptr_array_unref (run.clients);
  g_ptr_array_unref (run.recordings);
  sh_recorder_free (run.recorder);
  sh_camera_free (run.camera);
  sh_overrides_free (run.overrides);
  g_main_loop_unref (run.loop);
  if (run.error == NULL)
    return TRUE;
  g_propagate_error (error, run.error);
  return FALSE;
}

gboolean
sh_worker_run (const ShWorkerOptions *options, GError **error)
{
  sh_autofd frame_fd = sh_child_take_reply_fd ();
  guint n_slots;
  ShCallSlot *slots = sh_worker_slots_from_environment (&n_slots);
  const SimhostSimulator *simulator;
  ShPlugin *plugin;
  gboolean done;

  if (slots == NULL || n_slots < options->n_instances)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "there is room to watch %u instances, not %u", n_slots,
                   options->n_instances);
      return FALSE;
    }
  for (char **domain = options->log; domain != NULL && *domain != NULL;
       domain++)
    sh_log_enable (*domain);
  plugin = sh_plugin_load_watched (options->file, &slots[0], error);
  if (plugin == NULL)
    return FALSE;
  simulator = sh_plugin_find_simulator (plugin, options->simulator, error);
  done = simulator != NULL &&
         run_plugin (options, simulator, slots, frame_fd, error);
  sh_plugin_close (plugin);
  return done;
}
