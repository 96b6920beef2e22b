/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-client.h"

#include "sh-driver.h"
#include "sh-error.h"
#include "sh-log.h"

struct ShClient
{
  ShInstance *instance;
  ShSession *session;
  ShLink *link;
  const char *name; /* the simulator's */
  ShCallSlot *slot;
  gboolean quiet;
  guint failures; /* since an episode was played to its end */
  ShClientEnded ended;
  gpointer user_data;
};

/* Takes the error. */
static void
on_failure (ShClient *client, GError *failure)
{
  g_autoptr (GError) error = failure;

  if (!g_error_matches (error, SH_ERROR, SH_ERROR_SIMULATOR))
    {
      sh_link_fail (client->link, error);
      return;
    }
  if (++client->failures == SH_CLIENT_MAX_FAILURES)
    {
      g_prefix_error (&error,
                      "gave up after %u failures in a row: ", client->failures);
      sh_link_fail (client->link, error);
      return;
    }
  g_warning ("%s; this episode is lost", error->message);
  sh_link_restart (client->link, error);
}

/* Does what is due until it is the engine's turn. */
static void
run (ShClient *client)
{
  GError *error = NULL;
  gboolean complete = FALSE;
  ShEvent event;

  while (sh_driver_run (client->session, client->instance, client->slot, &event,
                        &complete, &error))
    {
      if (complete)
        client->failures = 0;
      if (event.type == SH_EVENT_IDLE)
        return;
      if (event.type == SH_EVENT_FINISHED)
        {
          if (!client->quiet)
            g_message ("the engine has finished");
          sh_link_close (client->link);
          return;
        }
      SH_LOG (SH_LOG_SIMULATOR_WS, "%s: sends %" G_GSIZE_FORMAT " bytes",
              client->name, event.size);
      sh_link_send (client->link, event.data, event.size);
    }
  if (complete)
    client->failures = 0;
  on_failure (client, error);
}

static void
on_opened (ShLink *link, gpointer user_data)
{
  ShClient *client = user_data;

  sh_session_connect (client->session);
  run (client);
}

static void
on_received (ShLink *link, const guint8 *data, gsize size, gpointer user_data)
{
  ShClient *client = user_data;
  g_autoptr (GError) error = NULL;

  SH_LOG (SH_LOG_SIMULATOR_WS, "%s: receives %" G_GSIZE_FORMAT " bytes",
          client->name, size);
  if (sh_session_receive (client->session, data, size, &error))
    run (client);
  else
    on_failure (client, g_steal_pointer (&error));
}

static void
on_ended (ShLink *link, const GError *error, gpointer user_data)
{
  ShClient *client = user_data;

  client->ended (client, error, client->user_data);
}

static const ShLinkHandlers link_handlers = { on_opened, on_received,
                                              on_ended };

ShClient *
sh_client_new (const ShClientOptions *options, GError **error)
{
  g_autoptr (ShClient) client = g_new0 (ShClient, 1);

  client->name = options->session.simulator->name;
  client->slot = options->slot;
  client->quiet = options->session.quiet;
  client->ended = options->ended;
  client->user_data = options->user_data;
  client->link =
      sh_link_new (options->settings, options->retry_source, &link_handlers,
                   client, options->session.quiet, error);
  if (client->link == NULL)
    return NULL;
  client->instance =
      sh_instance_new (options->session.simulator, options->slot, error);
  if (client->instance == NULL)
    return NULL;
  sh_instance_set_strict (client->instance, options->strict);
  sh_instance_set_recording (client->instance, options->session.recording);
  if (options->camera != NULL)
    sh_camera_watch (options->camera, client->instance);
  client->session = sh_session_new (&options->session);
  return g_steal_pointer (&client);
}

void
sh_client_start (ShClient *client)
{
  g_return_if_fail (client != NULL);

  sh_link_open (client->link);
}

void
sh_client_stop (ShClient *client)
{
  g_return_if_fail (client != NULL);

  sh_link_close (client->link);
}

void
sh_client_free (ShClient *client)
{
  if (client == NULL)
    return;
  sh_link_free (client->link);
  sh_session_free (client->session);
  g_clear_pointer (&client->instance, sh_instance_free);
  g_free (client);
}
