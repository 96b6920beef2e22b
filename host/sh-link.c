/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-link.h"

#include "sh-error.h"
#include "sh-guard.h"
#include "sh-handshake.h"
#include "sh-proxy.h"

/*
 * NOTES
 *
 * What libsoup 3.2 does not offer, and how it is done here:
 *
 * An unsolicited pong. There is no call for one, but send_message passes its
 * type on as the frame's opcode, so that a type of 10 makes a pong.
 *
 * Answering a close with 1000. libsoup echoes the engine's code. The original
 * library always answers 1000. The `closing` signal comes before the answer is
 * sent, and a close from within it is the one that counts.
 *
 * Back-pressure. libsoup reads until a read would block, queues what it is
 * given to send without a limit, and tells neither. So messages are counted by
 * wake-up, and after every UNWATCHED_BYTES sent the next message must find the
 * socket writable: an engine that waits for its answers has read them all by
 * then.
 */

#define OPCODE_PONG 0x0a
#define UNWATCHED_BYTES (64u * 1024)

typedef enum
{
  LINK_NEW,
  LINK_WAITING, /* for the next attempt */
  LINK_CONNECTING,
  LINK_OPEN,
  LINK_CLOSING,
  LINK_ENDED
} LinkState;

/* What follows when a connection is gone. */
typedef enum
{
  AFTER_CLOSE_END, /* with link->error */
  AFTER_CLOSE_REOPEN,
  AFTER_CLOSE_ASK_CODE /* the engine closed: its code decides */
} AfterClose;

struct ShLink
{
  grefcount ref_count; /* the owner's, and one for each attempt under way */
  char *url;
  GUri *uri;
  char *access_key;
  guint network_timeout; /* seconds */
  SoupSession *soup;
  const ShLinkHandlers *handlers;
  gpointer user_data;
  gboolean quiet, freed;

  LinkState state;
  AfterClose after_close;
  ShRetry retry;
  GError *error; /* the last thing that went wrong */
  gboolean told; /* of it */
  GSource *timer; /* the next attempt, a deadline, or the end */

  GCancellable *cancellable; /* CONNECTING */
  SoupWebsocketConnection *connection; /* OPEN, CLOSING */
  GSource *pulse;
  guint silent_pulses;
  gint64 wake_up; /* when the loop woke up, and messages since */
  guint messages;
  GQueue queue; /* GBytes beyond those */
  GSource *unqueue;
  gsize unwatched;
};

static void attempt (ShLink *link);

SoupSession *
sh_link_soup_session_new (guint n, const char *proxy)
{
  g_autoptr (GProxyResolver) resolver = sh_proxy_new_resolver (proxy);
  SoupSession *soup = soup_session_new_with_options (
      /* Handshakes under way; a websocket is not counted after that. */
      "max-conns", (int) n + 1, "max-conns-per-host", (int) n + 1,
      /* A link may be silent for as long as its engine learns. */
      "timeout", 0u, "user-agent", "simhost/" SIMHOST_VERSION, "proxy-resolver",
      resolver, NULL);

  /* The key is ours to send, as it is. */
  soup_session_remove_feature_by_type (soup, SOUP_TYPE_AUTH_MANAGER);
  return soup;
}

ShLink *
sh_link_new (const ShLinkSettings *settings,
             SoupSession *soup,
             const ShRetrySource *source,
             const ShLinkHandlers *handlers,
             gpointer user_data,
             gboolean quiet,
             GError **error)
{
  GUri *uri = sh_link_settings_build_uri (settings, error);
  ShLink *link;

  if (uri == NULL)
    return NULL;
  link = g_new0 (ShLink, 1);
  g_ref_count_init (&link->ref_count);
  link->url = g_uri_to_string (uri);
  link->uri = uri;
  link->access_key = g_strdup (settings->access_key);
  link->network_timeout = settings->network_timeout;
  link->soup = g_object_ref (soup);
  link->handlers = handlers;
  link->user_data = user_data;
  link->quiet = quiet;
  sh_retry_init (&link->retry, settings->retry_timeout, source);
  g_queue_init (&link->queue);
  return link;
}

static ShLink *
ref_link (ShLink *link)
{
  g_ref_count_inc (&link->ref_count);
  return link;
}

static void
unref_link (ShLink *link)
{
  if (!g_ref_count_dec (&link->ref_count))
    return;
  g_uri_unref (link->uri);
  g_free (link->url);
  g_free (link->access_key);
  g_object_unref (link->soup);
  g_clear_error (&link->error);
  g_free (link);
}

static void
destroy_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static GSource *
add_timeout (guint milliseconds, GSourceFunc function, ShLink *link)
{
  GSource *source = g_timeout_source_new (milliseconds);

  g_source_set_callback (source, function, link, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
set_timer (ShLink *link, guint milliseconds, GSourceFunc function)
{
  destroy_source (&link->timer);
  link->timer = add_timeout (milliseconds, function, link);
}

G_GNUC_PRINTF (2, 3)
static void
tell (ShLink *link, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  if (link->quiet)
    g_debug ("%s", text);
  else
    g_message ("%s", text);
}

static void
set_error (ShLink *link, GError *error)
{
  g_clear_error (&link->error);
  link->error = error;
  link->told = FALSE;
}

/* ---- the end ---- */

static gboolean
on_ended (gpointer user_data)
{
  ShLink *link = user_data;

  destroy_source (&link->timer);
  link->handlers->ended (link, link->error, link->user_data);
  return G_SOURCE_REMOVE;
}

/* The handler is called from the main loop, so that it may free the link. */
static void
end (ShLink *link, GError *error)
{
  set_error (link, error);
  link->state = LINK_ENDED;
  set_timer (link, 0, on_ended);
}

/* Lets go of the connection, whatever state it is in. */
static void
drop_connection (ShLink *link)
{
  destroy_source (&link->pulse);
  destroy_source (&link->unqueue);
  g_queue_clear_full (&link->queue, (GDestroyNotify) g_bytes_unref);
  if (link->connection == NULL)
    return;
  g_signal_handlers_disconnect_by_data (link->connection, link);
  g_clear_object (&link->connection);
}

/* ---- closing ---- */

static gboolean
is_permanent (guint code)
{
  return (code >= 3000 && code <= 3099) || (code >= 4000 && code <= 4099);
}

/* The engine has closed. TRUE: for good, and link->error says how. */
static gboolean
is_over (ShLink *link)
{
  guint code = soup_websocket_connection_get_close_code (link->connection);
  const char *data =
      soup_websocket_connection_get_close_data (link->connection);
  g_autofree char *reason = data != NULL && *data != '\0'
                                ? g_strconcat (": ", data, NULL)
                                : g_strdup ("");

  if (code == SOUP_WEBSOCKET_CLOSE_GOING_AWAY)
    {
      tell (link, "the engine closed the connection (%u)%s", code, reason);
      set_error (link, NULL);
      return TRUE;
    }
  if (is_permanent (code))
    {
      set_error (link, g_error_new (SH_ERROR, SH_ERROR_REFUSED,
                                    "the engine closed the connection for "
                                    "good (%u)%s",
                                    code, reason));
      return TRUE;
    }
  if (code != 0 && code != SOUP_WEBSOCKET_CLOSE_NO_STATUS)
    set_error (link, g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                                  "the engine closed the connection (%u)%s",
                                  code, reason));
  else if (link->error == NULL)
    set_error (link, g_error_new_literal (SH_ERROR, SH_ERROR_NETWORK,
                                          "the connection to the engine was "
                                          "lost"));
  return FALSE;
}

/* The connection is gone. */
static void
after_close (ShLink *link)
{
  gboolean over = link->after_close == AFTER_CLOSE_END;

  if (link->after_close == AFTER_CLOSE_ASK_CODE)
    over = is_over (link);
  drop_connection (link);
  destroy_source (&link->timer);
  if (over)
    {
      end (link, g_steal_pointer (&link->error));
      return;
    }
  sh_retry_lost (&link->retry);
  attempt (link);
}

static gboolean
on_close_deadline (gpointer user_data)
{
  after_close (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_closed (SoupWebsocketConnection *connection, ShLink *link)
{
  if (link->state == LINK_OPEN)
    link->after_close = AFTER_CLOSE_ASK_CODE;
  after_close (link);
}

static void
close_connection (ShLink *link, AfterClose what)
{
  link->state = LINK_CLOSING;
  link->after_close = what;
  destroy_source (&link->pulse);
  set_timer (link, SH_LINK_CLOSE_DEADLINE, on_close_deadline);
  if (soup_websocket_connection_get_state (link->connection) ==
      SOUP_WEBSOCKET_STATE_OPEN)
    soup_websocket_connection_close (link->connection,
                                     SOUP_WEBSOCKET_CLOSE_NORMAL, NULL);
}

/* One side begins to close. If it is the engine, see NOTES. */
static void
on_closing (SoupWebsocketConnection *connection, ShLink *link)
{
  if (link->state == LINK_OPEN)
    close_connection (link, AFTER_CLOSE_ASK_CODE);
}

static void
fail_with (ShLink *link, int code, const char *message)
{
  g_autoptr (GError) reason = g_error_new_literal (SH_ERROR, code, message);

  sh_link_fail (link, reason);
}

static void
fail_too_big (ShLink *link)
{
  g_autoptr (GError) reason = g_error_new (
      SH_ERROR, SH_ERROR_LIMIT,
      "the engine sent a message of more than %u bytes", SH_MESSAGE_MAX_BYTES);

  sh_link_fail (link, reason);
}

static void
fail_text (ShLink *link)
{
  fail_with (link, SH_ERROR_PROTOCOL,
             "the engine sent a text message; the protocol is binary");
}

static void
on_connection_error (SoupWebsocketConnection *connection,
                     const GError *error,
                     ShLink *link)
{
  if (link->state != LINK_OPEN)
    return;
  if (g_error_matches (error, SOUP_WEBSOCKET_ERROR,
                       SOUP_WEBSOCKET_CLOSE_TOO_BIG))
    fail_too_big (link);
  else if (g_error_matches (error, SOUP_WEBSOCKET_ERROR,
                            SOUP_WEBSOCKET_CLOSE_BAD_DATA))
    fail_text (link); /* and not even UTF-8 */
  else
    set_error (link, g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                                  "the connection to the engine was lost: %s",
                                  error->message));
}

/* ---- an open connection ---- */

static void
send_pong (ShLink *link)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  soup_websocket_connection_send_message (
      link->connection, (SoupWebsocketDataType) OPCODE_PONG, nothing);
}

/* A loop that was kept from running, by a long step, is late with one pulse,
 * not with many: so pulses are counted, and not seconds. */
static gboolean
on_pulse (gpointer user_data)
{
  ShLink *link = user_data;

  if (++link->silent_pulses <= SH_LINK_MAX_SILENT_PULSES)
    {
      send_pong (link);
      return G_SOURCE_CONTINUE;
    }
  set_error (link, g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                                "the engine gave no sign of life for %u s",
                                SH_LINK_PULSE * SH_LINK_MAX_SILENT_PULSES));
  close_connection (link, AFTER_CLOSE_REOPEN);
  return G_SOURCE_REMOVE;
}

static void
on_pong (SoupWebsocketConnection *connection, GBytes *payload, ShLink *link)
{
  link->silent_pulses = 0;
}

/* Does the engine read what it is sent? */
static gboolean
is_writable (ShLink *link)
{
  GIOStream *stream =
      soup_websocket_connection_get_io_stream (link->connection);

  return g_pollable_output_stream_is_writable (
      G_POLLABLE_OUTPUT_STREAM (g_io_stream_get_output_stream (stream)));
}

static void
receive (ShLink *link, GBytes *message)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (message, &size);

  if (link->unwatched > UNWATCHED_BYTES)
    {
      link->unwatched = 0;
      if (!is_writable (link))
        {
          fail_with (link, SH_ERROR_LIMIT,
                     "the engine sends messages without reading the answers");
          return;
        }
    }
  link->handlers->received (link, data, size, link->user_data);
}

static gboolean
on_unqueue (gpointer user_data)
{
  ShLink *link = user_data;
  g_autoptr (GBytes) message = g_queue_pop_head (&link->queue);

  if (g_queue_is_empty (&link->queue))
    destroy_source (&link->unqueue);
  receive (link, message);
  return G_SOURCE_CONTINUE;
}

/* The rest of the loop gets its turn before this message is answered. */
static void
queue_message (ShLink *link, GBytes *message)
{
  if (link->queue.length == SH_LINK_MAX_QUEUE)
    {
      fail_with (link, SH_ERROR_LIMIT,
                 "the engine sends messages without waiting for the answers");
      return;
    }
  g_queue_push_tail (&link->queue, g_bytes_ref (message));
  if (link->unqueue != NULL)
    return;
  link->unqueue = g_idle_source_new ();
  g_source_set_priority (link->unqueue, G_PRIORITY_DEFAULT);
  g_source_set_callback (link->unqueue, on_unqueue, link, NULL);
  g_source_attach (link->unqueue, g_main_context_get_thread_default ());
}

static void
on_message (SoupWebsocketConnection *connection,
            SoupWebsocketDataType type,
            GBytes *message,
            ShLink *link)
{
  GSource *source = g_main_current_source ();
  gint64 now = source != NULL ? g_source_get_time (source) : 0;

  if (link->state != LINK_OPEN)
    return;
  link->silent_pulses = 0;
  if (type != SOUP_WEBSOCKET_DATA_BINARY)
    {
      fail_text (link);
      return;
    }
  /* libsoup's limit is on frames: a message may be made of several. */
  if (g_bytes_get_size (message) > SH_MESSAGE_MAX_BYTES)
    {
      fail_too_big (link);
      return;
    }
  /* The loop's time stands still until it looks again for what is ready. */
  if (now != link->wake_up)
    {
      link->wake_up = now;
      link->messages = 0;
    }
  if (++link->messages > SH_LINK_MESSAGES_AT_ONCE || link->unqueue != NULL)
    queue_message (link, message);
  else
    receive (link, message);
}

void
sh_link_send (ShLink *link, const guint8 *data, gsize size)
{
  g_return_if_fail (link != NULL);

  if (link->state != LINK_OPEN)
    return;
  link->unwatched += size;
  soup_websocket_connection_send_binary (link->connection, data, size);
}

/* ---- connecting ---- */

static void
adopt_connection (ShLink *link, SoupWebsocketConnection *connection)
{
  sh_retry_connected (&link->retry);
  link->connection = connection;
  link->state = LINK_OPEN;
  link->silent_pulses = 0;
  link->unwatched = 0;
  soup_websocket_connection_set_max_incoming_payload_size (
      connection, SH_MESSAGE_MAX_BYTES);
  soup_websocket_connection_set_keepalive_interval (connection, SH_LINK_PULSE);
  g_signal_connect (connection, "message", G_CALLBACK (on_message), link);
  g_signal_connect (connection, "pong", G_CALLBACK (on_pong), link);
  g_signal_connect (connection, "error", G_CALLBACK (on_connection_error),
                    link);
  g_signal_connect (connection, "closing", G_CALLBACK (on_closing), link);
  g_signal_connect (connection, "closed", G_CALLBACK (on_closed), link);
  link->pulse = add_timeout (SH_LINK_PULSE * 1000, on_pulse, link);
  send_pong (link);
  tell (link, "connected to %s", link->url);
  link->handlers->opened (link, link->user_data);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ShLink *link = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (SoupWebsocketConnection) connection =
      sh_handshake_finish (result, &error);

  /* Otherwise it was closed while it was connecting. */
  if (link->state == LINK_CONNECTING && !link->freed)
    {
      g_clear_object (&link->cancellable);
      set_error (link, g_steal_pointer (&error));
      if (connection != NULL)
        adopt_connection (link, g_steal_pointer (&connection));
      else if (g_error_matches (link->error, SH_ERROR, SH_ERROR_REFUSED))
        end (link, g_steal_pointer (&link->error));
      else
        attempt (link);
    }
  unref_link (link);
}

static void
connect_now (ShLink *link)
{
  link->state = LINK_CONNECTING;
  link->cancellable = g_cancellable_new ();
  sh_handshake_async (link->soup, link->uri, link->access_key,
                      link->network_timeout, link->cancellable, on_connected,
                      ref_link (link));
}

static gboolean
on_wait_over (gpointer user_data)
{
  ShLink *link = user_data;

  destroy_source (&link->timer);
  connect_now (link);
  return G_SOURCE_REMOVE;
}

/* The next attempt, if the rules allow one. link->error says why the last
 * connection failed or ended, if there was one. */
static void
attempt (ShLink *link)
{
  gint64 delay;
  gboolean expired;

  if (!sh_retry_next (&link->retry, &delay, &expired))
    {
      GError *error = g_steal_pointer (&link->error);

      if (expired)
        {
          g_prefix_error (&error,
                          "gave up after trying to reconnect for %d s: ",
                          link->retry.timeout);
          error->code = SH_ERROR_TIMEOUT;
        }
      end (link, error);
      return;
    }
  if (link->error != NULL && !link->told)
    tell (link, "%s; trying again in %.1f s", link->error->message,
          (double) delay / G_USEC_PER_SEC);
  link->state = LINK_WAITING;
  set_timer (link, (guint) ((delay + 999) / 1000), on_wait_over);
}

void
sh_link_open (ShLink *link)
{
  g_return_if_fail (link != NULL && link->state == LINK_NEW);

  attempt (link);
}

/* ---- the owner's wishes ---- */

static void
finish (ShLink *link, GError *error)
{
  switch (link->state)
    {
    case LINK_OPEN:
      set_error (link, error);
      close_connection (link, AFTER_CLOSE_END);
      break;
    case LINK_CLOSING:
      set_error (link, error);
      link->after_close = AFTER_CLOSE_END;
      break;
    case LINK_CONNECTING:
      g_cancellable_cancel (link->cancellable);
      g_clear_object (&link->cancellable);
      end (link, error);
      break;
    case LINK_NEW:
    case LINK_WAITING:
      end (link, error);
      break;
    case LINK_ENDED:
    default:
      g_clear_error (&error);
      break;
    }
}

void
sh_link_close (ShLink *link)
{
  g_return_if_fail (link != NULL);

  finish (link, NULL);
}

void
sh_link_fail (ShLink *link, const GError *reason)
{
  g_return_if_fail (link != NULL && reason != NULL);

  finish (link, g_error_copy (reason));
}

void
sh_link_restart (ShLink *link, const GError *reason)
{
  g_return_if_fail (link != NULL && reason != NULL);

  if (link->state != LINK_OPEN)
    return;
  set_error (link, g_error_copy (reason));
  link->told = TRUE;
  close_connection (link, AFTER_CLOSE_REOPEN);
}

void
sh_link_free (ShLink *link)
{
  if (link == NULL)
    return;
  link->freed = TRUE;
  if (link->cancellable != NULL)
    g_cancellable_cancel (link->cancellable);
  g_clear_object (&link->cancellable);
  drop_connection (link);
  destroy_source (&link->timer);
  unref_link (link);
}
