/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "sh-link.h"

#include <string.h>

#include "sh-error.h"
#include "sh-guard.h"
#include "sh-handshake.h"
#include "sh-trust.h"
#include "sh-websocket.h"

G_STATIC_ASSERT (SH_WEBSOCKET_MAX_MESSAGE == SH_MESSAGE_MAX_BYTES);

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
  char *access_key, *proxy;
  guint network_timeout; /* seconds */
  guint pulse_interval; /* milliseconds */
  const ShLinkHandlers *handlers;
  gpointer user_data;
  gboolean quiet, freed;
  gboolean await_brain;

  LinkState state;
  AfterClose after_close;
  ShRetry retry;
  GError *error; /* the last thing that went wrong */
  gboolean told; /* of it */
  gboolean missing; /* at the last attempt the brain was not there */
  GSource *timer; /* the next attempt, a deadline, or the end */

  GCancellable *cancellable; /* CONNECTING */
  gboolean was_connected; /* ever */
  ShWebsocket *websocket; /* OPEN, CLOSING */
  guint close_code; /* the engine's */
  char *close_reason;
  GSource *pulse;
  gint64 last_pulse;
  guint silent_pulses;
};

static void attempt (ShLink *link);

ShLink *
sh_link_new (const ShLinkSettings *settings,
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
  if (strcmp (g_uri_get_scheme (uri), "wss") == 0 &&
      !sh_trust_check_tls (error))
    {
      g_uri_unref (uri);
      return NULL;
    }
  link = g_new0 (ShLink, 1);
  g_ref_count_init (&link->ref_count);
  link->url = g_uri_to_string (uri);
  link->uri = uri;
  link->access_key = g_strdup (settings->access_key);
  link->proxy = g_strdup (settings->proxy);
  link->network_timeout = settings->network_timeout;
  link->pulse_interval =
      settings->pulse != 0 ? settings->pulse : SH_LINK_PULSE * 1000;
  link->handlers = handlers;
  link->user_data = user_data;
  link->quiet = quiet;
  link->await_brain = settings->await_brain;
  sh_retry_init (&link->retry, settings->retry_timeout, source);
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
  g_free (link->proxy);
  g_free (link->close_reason);
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
  g_clear_pointer (&link->websocket, sh_websocket_free);
  g_clear_pointer (&link->close_reason, g_free);
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
  guint code = link->close_code;
  g_autofree char *reason = link->close_reason != NULL
                                ? g_strconcat (": ", link->close_reason, NULL)
                                : g_strdup ("");

  if (code == SH_CLOSE_GOING_AWAY)
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
  if (code != SH_CLOSE_NO_CODE)
    set_error (link, g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                                  "the engine closed the connection (%u)%s",
                                  code, reason));
  else
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
  link->handlers->lost (link, link->user_data);
  attempt (link);
}

static gboolean
on_close_deadline (gpointer user_data)
{
  after_close (user_data);
  return G_SOURCE_REMOVE;
}

static void
close_connection (ShLink *link, AfterClose what)
{
  link->state = LINK_CLOSING;
  link->after_close = what;
  destroy_source (&link->pulse);
  set_timer (link, SH_LINK_CLOSE_DEADLINE, on_close_deadline);
  sh_websocket_close (link->websocket, SH_CLOSE_NORMAL, "%s", "");
}

static void
fail_with (ShLink *link, int code, const char *message)
{
  g_autoptr (GError) reason = g_error_new_literal (SH_ERROR, code, message);

  sh_link_fail (link, reason);
}

/* The engine did what no engine of this protocol does. FALSE: it is only a
 * connection that has gone wrong. */
static gboolean
is_bad_engine (guint code)
{
  return code == SH_CLOSE_TOO_BIG || code == SH_CLOSE_UNSUPPORTED;
}

static GError *
describe_breach (const ShWebsocketEnd *end)
{
  switch (end->code)
    {
    case SH_CLOSE_TOO_BIG:
      return g_error_new (SH_ERROR, SH_ERROR_LIMIT,
                          "the engine sent a message of more than %u bytes",
                          SH_MESSAGE_MAX_BYTES);
    case SH_CLOSE_UNSUPPORTED:
      return g_error_new_literal (
          SH_ERROR, SH_ERROR_PROTOCOL,
          "the engine sent a text message; the protocol is binary");
    default:
      return g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                          "the engine broke the websocket protocol: %s",
                          end->text);
    }
}

/* The engine has closed, or broken the protocol: in LINK_OPEN. */
static void
on_closing (ShWebsocket *websocket,
            const ShWebsocketEnd *end,
            gpointer user_data)
{
  ShLink *link = user_data;

  if (end->by_peer)
    {
      link->close_code = end->code;
      link->close_reason = g_strdup (end->text);
      close_connection (link, AFTER_CLOSE_ASK_CODE);
      return;
    }
  set_error (link, describe_breach (end));
  close_connection (link, is_bad_engine (end->code) ? AFTER_CLOSE_END
                                                    : AFTER_CLOSE_REOPEN);
}

/* The connection is gone; in LINK_OPEN nobody has closed it. */
static void
on_closed (ShWebsocket *websocket,
           const ShWebsocketEnd *end,
           gpointer user_data)
{
  ShLink *link = user_data;

  if (link->state == LINK_OPEN)
    {
      set_error (link, g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                                    "the connection to the engine was lost%s%s",
                                    end->text != NULL ? ": " : "",
                                    end->text != NULL ? end->text : ""));
      link->after_close = AFTER_CLOSE_REOPEN;
    }
  after_close (link);
}

/* ---- an open connection ---- */

/* A loop that was kept from running, by a long step, is late with one pulse,
 * not with many: so pulses are counted, and not seconds. */
static gboolean
on_pulse (gpointer user_data)
{
  ShLink *link = user_data;

  if (sh_websocket_get_heard (link->websocket) >= link->last_pulse)
    link->silent_pulses = 0;
  link->last_pulse = g_get_monotonic_time ();
  if (++link->silent_pulses <= SH_LINK_MAX_SILENT_PULSES)
    {
      sh_websocket_send_pong (link->websocket);
      sh_websocket_send_ping (link->websocket);
      return G_SOURCE_CONTINUE;
    }
  set_error (link, g_error_new (SH_ERROR, SH_ERROR_NETWORK,
                                "the engine gave no sign of life for %g s",
                                link->pulse_interval / 1000.0 *
                                    SH_LINK_MAX_SILENT_PULSES));
  close_connection (link, AFTER_CLOSE_REOPEN);
  return G_SOURCE_REMOVE;
}

static void
on_message (ShWebsocket *websocket,
            const guint8 *data,
            gsize size,
            gpointer user_data)
{
  ShLink *link = user_data;

  if (sh_websocket_get_backlog (websocket) > SH_LINK_MAX_BACKLOG)
    fail_with (link, SH_ERROR_LIMIT,
               "the engine sends messages without waiting for the answers");
  else if (sh_websocket_get_pending (websocket) > SH_LINK_MAX_UNREAD)
    fail_with (link, SH_ERROR_LIMIT,
               "the engine sends messages without reading the answers");
  else
    link->handlers->received (link, data, size, link->user_data);
}

static const ShWebsocketFuncs websocket_funcs = { on_message, on_closing,
                                                  on_closed };

void
sh_link_send (ShLink *link, const guint8 *data, gsize size)
{
  g_return_if_fail (link != NULL);

  if (link->state == LINK_OPEN)
    sh_websocket_send (link->websocket, data, size);
}

/* ---- connecting ---- */

static void
adopt_connection (ShLink *link, GSocketConnection *connection, GBytes *early)
{
  gboolean tls = strcmp (g_uri_get_scheme (link->uri), "wss") == 0;
  gsize size = 0;
  gconstpointer data = early != NULL ? g_bytes_get_data (early, &size) : NULL;

  sh_retry_connected (&link->retry);
  link->was_connected = TRUE;
  link->websocket = sh_websocket_new (
      SH_WEBSOCKET_CLIENT, G_IO_STREAM (connection),
      tls ? NULL : g_socket_connection_get_socket (connection),
      &websocket_funcs, link);
  sh_websocket_start (link->websocket, data, size);
  link->state = LINK_OPEN;
  link->silent_pulses = 0;
  link->last_pulse = g_get_monotonic_time ();
  link->pulse = add_timeout (link->pulse_interval, on_pulse, link);
  sh_websocket_send_pong (link->websocket);
  tell (link, "connected to %s", link->url);
  link->handlers->opened (link, link->user_data);
}

/* Is there a point in another attempt? A certificate that was never accepted
 * waits for a person; one that has been may have expired, and be renewed. */
static gboolean
is_final (ShLink *link)
{
  return g_error_matches (link->error, SH_ERROR, SH_ERROR_REFUSED) ||
         (g_error_matches (link->error, SH_ERROR, SH_ERROR_NOT_FOUND) &&
          !link->await_brain) ||
         (g_error_matches (link->error, SH_ERROR, SH_ERROR_FAILED) &&
          !link->was_connected);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ShLink *link = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) early = NULL;
  g_autoptr (GSocketConnection) connection =
      sh_handshake_finish (result, &early, &error);

  /* Otherwise it was closed while it was connecting. */
  if (link->state == LINK_CONNECTING && !link->freed)
    {
      g_clear_object (&link->cancellable);
      set_error (link, g_steal_pointer (&error));
      if (connection != NULL)
        adopt_connection (link, connection, early);
      else if (is_final (link))
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
  sh_handshake_async (
      &(ShHandshakeTarget){
          .uri = link->uri,
          .access_key = link->access_key,
          .proxy = link->proxy,
          .timeout = link->network_timeout,
      },
      link->cancellable, on_connected, ref_link (link));
}

static gboolean
on_wait_over (gpointer user_data)
{
  ShLink *link = user_data;

  destroy_source (&link->timer);
  connect_now (link);
  return G_SOURCE_REMOVE;
}

/* The engine is there, and may get the brain at any time: that is seen soon, and
 * told once. */
static void
heed_missing (ShLink *link, gint64 *delay)
{
  gboolean missing =
      g_error_matches (link->error, SH_ERROR, SH_ERROR_NOT_FOUND);

  link->told |= missing && link->missing;
  link->missing = missing;
  if (missing)
    *delay = MIN (*delay, (gint64) SH_LINK_BRAIN_WAIT * 1000);
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
  heed_missing (link, &delay);
  if (link->error != NULL && !link->told)
    {
      tell (link, "%s; trying again in %.1f s", link->error->message,
            (double) delay / G_USEC_PER_SEC);
      if (link->handlers->trouble != NULL)
        link->handlers->trouble (link, link->error, link->user_data);
    }
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
