/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-worker-run.h"

#include <glib-unix.h>

#include "sh-child.h"
#include "sh-client.h"
#include "sh-error.h"
#include "sh-fd.h"
#include "sh-log.h"
#include "sh-plugin.h"
#include "sh-worker.h"

typedef struct
{
  GMainLoop *loop;
  GPtrArray *clients;
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
    sh_client_stop (g_ptr_array_index (run->clients, i));
}

static gboolean
on_signal (gpointer user_data)
{
  stop_all (user_data);
  return G_SOURCE_CONTINUE;
}

/* One that failed takes the others with it: they have the same plugin and the
 * same engine. */
static void
on_client_ended (ShClient *client, const GError *error, gpointer user_data)
{
  Run *run = user_data;

  if (--run->n_running == 0)
    g_main_loop_quit (run->loop);
  if (error != NULL && run->error == NULL)
    {
      run->error = g_error_copy (error);
      stop_all (run);
    }
}

static ShRecording *
add_recording (Run *run,
               const ShWorkerOptions *options,
               const SimhostSimulator *simulator)
{
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

static gboolean
add_clients (Run *run,
             const ShWorkerOptions *options,
             const SimhostSimulator *simulator,
             ShCallSlot *slots,
             GError **error)
{
  for (guint i = 0; i < options->n_instances; i++)
    {
      ShClient *client = sh_client_new (
          &(ShClientOptions){
              .session = {
                .simulator = simulator,
                .name = options->name,
                .predict = options->link.predict,
                .seed = options->seed + i +
                        options->first_episode * options->n_instances,
                .seed_step = options->n_instances,
                .quiet = i > 0,
                .overrides = run->overrides,
                .recording = add_recording (run, options, simulator),
              },
              .settings = &options->link,
              .retry_source = &sh_retry_system_source,
              .slot = &slots[i],
              .strict = options->strict,
              .camera = run->camera,
              .ended = on_client_ended,
              .user_data = run,
          },
          error);

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

  run->n_running = run->clients->len;
  for (guint i = 0; i < run->clients->len; i++)
    sh_client_start (g_ptr_array_index (run->clients, i));
  g_main_loop_run (run->loop);
  g_source_remove (sigterm);
  g_source_remove (sigint);
}

static gboolean
prepare (Run *run,
         const ShWorkerOptions *options,
         const SimhostSimulator *simulator,
         ShCallSlot *slot,
         GError **error)
{
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
  Run run = { .frame_fd = frame_fd };

  run.loop = g_main_loop_new (NULL, FALSE);
  run.clients =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_client_free);
  run.recordings =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sh_recording_free);
  if (prepare (&run, options, simulator, &slots[0], &run.error) &&
      add_clients (&run, options, simulator, slots, &run.error))
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
