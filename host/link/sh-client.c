/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-client.h"

#include "sh-error.h"
#include "sh-log.h"

struct ShClient
{
  ShInstance *instance; /* NULL: another's */
  ShDriver *driver;
  ShSession *session;
  ShLink *link;
  const SimhostSimulator *simulator;
  const char *name; /* the simulator's */
  ShCallSlot *slot; /* may be NULL */
  ShReport *report; /* may be NULL */
  gboolean quiet;
  guint failures; /* since an episode was played to its end */
  GQueue queue; /* of GBytes, while the simulator is busy */
  gboolean connected; /* the link has a connection */
  gboolean reopened; /* there is a connection that the session knows not of */
  gboolean closing; /* in good order: nothing more is begun */
  gboolean leaving; /* it is to stop when an episode is over */
  gboolean left; /* one has been since */
  GSource *idle; /* looks whether it can stop; NULL: there is none */
  gboolean link_ended;
  GError *error; /* why it ended */
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
  sh_report_set_trouble (client->report, error->message);
  sh_link_restart (client->link, error);
}

static void
note_link (ShClient *client, ShSlotLink link)
{
  if (client->slot != NULL)
    atomic_store_explicit (&client->slot->link, (guint32) link,
                           memory_order_relaxed);
}

/* What the engine has said so far, for whoever watches. */
static void
note_registration (ShClient *client)
{
  ShCallSlot *slot = client->slot;
  const SimhostReward *reward;
  guint32 sim_id;
  gboolean registered;

  if (slot == NULL)
    return;
  registered = sh_session_get_registration (client->session, &sim_id, &reward);
  atomic_store_explicit (&slot->sim_id, sim_id, memory_order_relaxed);
  atomic_store_explicit (
      &slot->reward,
      reward != NULL ? (guint32) (reward - client->simulator->rewards) + 1 : 0,
      memory_order_relaxed);
  note_link (client,
             registered ? SH_SLOT_LINK_REGISTERED : SH_SLOT_LINK_SEEKING);
}

static void
note_loss (ShClient *client)
{
  note_link (client, SH_SLOT_LINK_SEEKING);
  if (client->slot != NULL)
    sh_call_slot_count (&client->slot->losses);
}

static gboolean
receive (ShClient *client, const guint8 *data, gsize size, GError **error)
{
  SH_LOG (SH_LOG_SIMULATOR_WS, "%s: receives %" G_GSIZE_FORMAT " bytes",
          client->name, size);
  if (!sh_session_receive (client->session, data, size, error))
    return FALSE;
  note_registration (client);
  return TRUE;
}

/* A message that had to wait; FALSE: there is none, or it is bad. */
static gboolean
receive_queued (ShClient *client, GError **error)
{
  g_autoptr (GBytes) message = g_queue_pop_head (&client->queue);
  gconstpointer data;
  gsize size;

  if (message == NULL)
    return FALSE;
  data = g_bytes_get_data (message, &size);
  return receive (client, data, size, error);
}

/* Does what the event for the connection asks for. FALSE: nothing more is due,
 * or an error. */
static gboolean
serve (ShClient *client, const ShEvent *event, GError **error)
{
  switch (event->type)
    {
    case SH_EVENT_IDLE:
      return receive_queued (client, error);
    case SH_EVENT_FINISHED:
      if (!client->quiet)
        g_message ("the engine has finished");
      client->closing = TRUE;
      sh_link_close (client->link);
      return FALSE;
    default:
      SH_LOG (SH_LOG_SIMULATOR_WS, "%s: sends %" G_GSIZE_FORMAT " bytes",
              client->name, event->size);
      sh_link_send (client->link, event->data, event->size);
      return TRUE;
    }
}

/* Does what is due until it is the engine's or the simulator's turn. */
static void
run_events (ShClient *client)
{
  GError *error = NULL;
  gboolean complete = FALSE;
  ShDriverResult result;
  ShEvent event;

  do
    {
      result = sh_driver_run (client->driver, client->session, &event,
                              &complete, &error);
      if (complete)
        {
          client->failures = 0;
          client->left = client->leaving;
        }
    }
  while (result == SH_DRIVER_DONE && serve (client, &event, &error));
  if (error != NULL)
    on_failure (client, error);
}

/* Whether the simulation is in no episode that an engine plays. */
static gboolean
is_free (const ShClient *client)
{
  return !client->connected ||
         (!sh_driver_is_busy (client->driver) &&
          (client->left || !sh_session_is_open (client->session)));
}

static void
stop_if_free (ShClient *client)
{
  if (client->leaving && !client->closing && is_free (client))
    sh_client_stop (client);
}

static void
clear_idle (ShClient *client)
{
  if (client->idle != NULL)
    g_source_destroy (client->idle);
  g_clear_pointer (&client->idle, g_source_unref);
}

static void
run (ShClient *client)
{
  run_events (client);
  stop_if_free (client);
}

static void
connect_session (ShClient *client)
{
  client->reopened = FALSE;
  g_queue_clear_full (&client->queue, (GDestroyNotify) g_bytes_unref);
  sh_session_connect (client->session);
  run (client);
}

static void
on_opened (ShLink *link, gpointer user_data)
{
  ShClient *client = user_data;

  client->connected = TRUE;
  note_link (client, SH_SLOT_LINK_SEEKING);
  if (sh_driver_abandon (client->driver))
    connect_session (client);
  else
    client->reopened = TRUE;
}

static gboolean
on_idle (gpointer user_data)
{
  ShClient *client = user_data;

  clear_idle (client);
  stop_if_free (client);
  return G_SOURCE_REMOVE;
}

static void
on_lost (ShLink *link, gpointer user_data)
{
  ShClient *client = user_data;

  client->connected = FALSE;
  note_loss (client);
  sh_driver_lose (client->driver);
  /* The link is in the middle of something. */
  if (!client->leaving || client->idle != NULL)
    return;
  client->idle = g_idle_source_new ();
  g_source_set_callback (client->idle, on_idle, client, NULL);
  g_source_attach (client->idle, g_main_context_get_thread_default ());
}

static void
on_trouble (ShLink *link, const GError *error, gpointer user_data)
{
  ShClient *client = user_data;

  if (g_error_matches (error, SH_ERROR, SH_ERROR_NOT_FOUND))
    {
      note_link (client, SH_SLOT_LINK_WAITING);
      return;
    }
  note_link (client, SH_SLOT_LINK_SEEKING);
  sh_report_set_trouble (client->report, error->message);
}

/* The driver may still be at work; then `on_ready` comes. */
static void
end_if_idle (ShClient *client)
{
  g_autoptr (GError) error = NULL;
  ShDriverResult result = sh_driver_finish (client->driver, &error);

  if (result == SH_DRIVER_BUSY)
    return;
  if (client->error == NULL)
    client->error = g_steal_pointer (&error);
  client->link_ended = FALSE;
  client->ended (client, client->error, client->user_data);
}

/* What was begun under the old connection is done. */
static void
settle (ShClient *client)
{
  GError *error = NULL;
  gboolean complete = FALSE;
  ShDriverResult result =
      sh_driver_settle (client->driver, client->session, &complete, &error);

  if (result == SH_DRIVER_DONE)
    connect_session (client);
  else if (result == SH_DRIVER_FAILED)
    {
      client->reopened = FALSE;
      on_failure (client, error);
    }
}

static void
on_ready (gpointer user_data)
{
  ShClient *client = user_data;

  if (client->link_ended)
    end_if_idle (client);
  else if (client->reopened)
    settle (client);
  else if (!client->closing)
    run (client);
}

static void
queue_message (ShClient *client, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;

  if (client->queue.length < SH_CLIENT_MAX_QUEUE)
    {
      g_queue_push_tail (&client->queue, g_bytes_new (data, size));
      return;
    }
  g_set_error_literal (&error, SH_ERROR, SH_ERROR_LIMIT,
                       "the engine sends messages without waiting for the "
                       "answers");
  sh_link_fail (client->link, error);
}

static void
on_received (ShLink *link, const guint8 *data, gsize size, gpointer user_data)
{
  ShClient *client = user_data;
  GError *error = NULL;

  if (sh_driver_is_busy (client->driver))
    queue_message (client, data, size);
  else if (receive (client, data, size, &error))
    run (client);
  else
    on_failure (client, error);
}

static void
on_ended (ShLink *link, const GError *error, gpointer user_data)
{
  ShClient *client = user_data;

  note_link (client, SH_SLOT_LINK_NONE);
  client->error = error != NULL ? g_error_copy (error) : NULL;
  client->link_ended = TRUE;
  end_if_idle (client);
}

static const ShLinkHandlers link_handlers = {
  .opened = on_opened,
  .lost = on_lost,
  .trouble = on_trouble,
  .received = on_received,
  .ended = on_ended,
};

static gboolean
make_instance (ShClient *client, const ShClientOptions *options, GError **error)
{
  client->instance =
      sh_instance_new (options->session.simulator, options->slot, error);
  if (client->instance == NULL)
    return FALSE;
  sh_instance_set_strict (client->instance, options->strict);
  sh_instance_set_recording (client->instance, options->session.recording);
  if (options->camera != NULL)
    sh_camera_watch (options->camera, client->instance);
  client->driver = sh_driver_new (client->instance, options->slot);
  return TRUE;
}

ShClient *
sh_client_new (const ShClientOptions *options, GError **error)
{
  g_autoptr (ShClient) client = g_new0 (ShClient, 1);

  client->simulator = options->session.simulator;
  client->name = client->simulator->name;
  client->slot = options->slot;
  client->report = options->report;
  client->quiet = options->session.quiet || options->settings->own;
  client->ended = options->ended;
  client->user_data = options->user_data;
  client->driver = options->driver;
  client->link = sh_link_new (options->settings, options->retry_source,
                              &link_handlers, client, client->quiet, error);
  if (client->link == NULL ||
      (client->driver == NULL && !make_instance (client, options, error)))
    return NULL;
  sh_driver_set_ready (client->driver, on_ready, client);
  sh_driver_set_report (client->driver, client->report, options->instance);
  client->session = sh_session_new (&options->session);
  return g_steal_pointer (&client);
}

void
sh_client_start (ShClient *client)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (client != NULL);

  note_link (client, SH_SLOT_LINK_SEEKING);
  /* A link that was not opened ends at once. */
  if (sh_driver_start (client->driver, &error))
    sh_link_open (client->link);
  else
    sh_link_fail (client->link, error);
}

void
sh_client_stop (ShClient *client)
{
  g_return_if_fail (client != NULL);

  client->closing = TRUE;
  sh_link_close (client->link);
}

void
sh_client_leave (ShClient *client)
{
  g_return_if_fail (client != NULL);

  client->leaving = TRUE;
  stop_if_free (client);
}

void
sh_client_free (ShClient *client)
{
  if (client == NULL)
    return;
  clear_idle (client);
  sh_link_free (client->link);
  sh_driver_free (client->driver);
  sh_session_free (client->session);
  g_clear_pointer (&client->instance, sh_instance_free);
  g_queue_clear_full (&client->queue, (GDestroyNotify) g_bytes_unref);
  g_clear_error (&client->error);
  g_free (client);
}
