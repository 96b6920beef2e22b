/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Readiness of connections.
 *
 * NOTES. The main loop looks at every source in every turn, and so does poll():
 * with 256 connections, of which a few are ready, that costs more than serving
 * those. So the plain sockets of a main context share one source, whose
 * descriptor is an epoll instance; a turn is a poll of that and one epoll_wait,
 * however many there are. docs/results.md has the figures.
 *
 * The source is said to recurse, which it never does: while the main loop
 * dispatches a source that may not, it takes its descriptors away and adds them
 * again, which is two writes to an eventfd.
 *
 * A TLS stream can hold input that its socket knows nothing of. It keeps the
 * sources that GIO makes for it.
 */

#include "sh-watch.h"

#include <sys/epoll.h>
#include <unistd.h>

/* Connections served in one turn. */
#define MAX_EVENTS 256

typedef struct
{
  GSource source;
  GMainContext *context; /* not owned */
  int epoll;
  gpointer tag; /* of `epoll` in the source */
  guint n_watches;
  ShWatch *only; /* the one watch, while there has been no other */
  guint64 turn;
  GQueue again; /* of ShWatch */

  /* What is being dispatched: events[next..n). */
  struct epoll_event events[MAX_EVENTS];
  int next, n;
} Poller;

struct ShWatch
{
  ShWatchFunc func;
  gpointer data;
  GIOStream *stream;
  GSocket *socket; /* NULL: the stream is watched */

  Poller *poller; /* with a socket */
  guint64 turn; /* in which it was called last */
  gboolean wants_output, wants_again;
  GList again; /* in the poller's queue */

  GSource *input, *output; /* without */
};

/* This thread's pollers, one a main context: GSList of Poller. */
static GPrivate pollers = G_PRIVATE_INIT (NULL);

static void
call (ShWatch *watch, GIOCondition ready)
{
  watch->func (ready, watch->data);
}

/* ---- the source of all sockets ---- */

static gboolean
poller_prepare (GSource *source, int *timeout)
{
  *timeout = -1;
  return ((Poller *) source)->again.length > 0;
}

static gboolean
poller_check (GSource *source)
{
  Poller *poller = (Poller *) source;

  return poller->again.length > 0 ||
         g_source_query_unix_fd (source, poller->tag) != 0;
}

static GIOCondition
get_condition (guint32 events)
{
  return ((events & ~(guint32) EPOLLOUT) != 0 ? G_IO_IN : 0) |
         ((events & EPOLLOUT) != 0 ? G_IO_OUT : 0);
}

static void
unqueue (ShWatch *watch)
{
  if (!watch->wants_again)
    return;
  watch->wants_again = FALSE;
  g_queue_unlink (&watch->poller->again, &watch->again);
}

/* Those that asked to be called: not those that ask while they are called. */
static void
dispatch_again (Poller *poller)
{
  for (guint n = poller->again.length; n > 0 && poller->again.length > 0; n--)
    {
      ShWatch *watch = g_queue_peek_head (&poller->again);

      unqueue (watch);
      watch->turn = poller->turn;
      call (watch, G_IO_IN);
    }
}

static void
dispatch_events (Poller *poller)
{
  for (poller->next = 0; poller->next < poller->n;)
    {
      struct epoll_event *event = &poller->events[poller->next++];
      ShWatch *watch = event->data.ptr;

      /* Freed since, or called already: there is another turn. */
      if (watch == NULL || watch->turn == poller->turn)
        continue;
      call (watch, get_condition (event->events));
    }
  poller->next = poller->n = 0;
}

/* Asks which are ready. Of a single one that waits for input alone it is
 * known. */
static void
fetch_events (Poller *poller)
{
  int n;

  if (poller->only != NULL && !poller->only->wants_output)
    {
      poller->events[0].events = EPOLLIN;
      poller->events[0].data.ptr = poller->only;
      poller->n = 1;
      return;
    }
  n = epoll_wait (poller->epoll, poller->events, MAX_EVENTS, 0);
  poller->n = MAX (n, 0);
}

static gboolean
poller_dispatch (GSource *source, GSourceFunc func, gpointer data)
{
  Poller *poller = (Poller *) source;

  /* Calls may free the last watch, and the poller with it. */
  g_source_ref (source);
  poller->turn++;
  fetch_events (poller);
  dispatch_again (poller);
  dispatch_events (poller);
  g_source_unref (source);
  return G_SOURCE_CONTINUE;
}

static void
poller_finalize (GSource *source)
{
  Poller *poller = (Poller *) source;

  if (poller->epoll >= 0)
    close (poller->epoll);
}

static GSourceFuncs poller_funcs = {
  poller_prepare, poller_check, poller_dispatch, poller_finalize, NULL, NULL,
};

/* A source is dispatched only if it has a callback. */
static gboolean
unused_callback (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static Poller *
poller_new (GMainContext *context)
{
  Poller *poller;
  int epoll = epoll_create1 (EPOLL_CLOEXEC);

  if (epoll < 0)
    return NULL;
  poller = (Poller *) g_source_new (&poller_funcs, sizeof (Poller));
  poller->context = context;
  poller->epoll = epoll;
  poller->n_watches = 0;
  poller->only = NULL;
  poller->turn = 0;
  poller->next = poller->n = 0;
  g_queue_init (&poller->again);
  poller->tag = g_source_add_unix_fd (&poller->source, epoll, G_IO_IN);
  g_source_set_can_recurse (&poller->source, TRUE);
  g_source_set_callback (&poller->source, unused_callback, NULL, NULL);
  g_source_set_name (&poller->source, "connections");
  g_source_attach (&poller->source, context);
  return poller;
}

/* The poller of the current main context; NULL if there can be none. */
static Poller *
get_poller (void)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  Poller *poller;

  for (GSList *l = g_private_get (&pollers); l != NULL; l = l->next)
    {
      poller = l->data;
      if (poller->context == context)
        return poller;
    }
  poller = poller_new (context);
  if (poller != NULL)
    g_private_set (&pollers,
                   g_slist_prepend (g_private_get (&pollers), poller));
  return poller;
}

static void
drop_poller (Poller *poller)
{
  g_private_set (&pollers, g_slist_remove (g_private_get (&pollers), poller));
  g_source_destroy (&poller->source);
  g_source_unref (&poller->source);
}

static gboolean
control (ShWatch *watch, int operation)
{
  struct epoll_event event = {
    .events = EPOLLIN | (watch->wants_output ? EPOLLOUT : 0),
    .data.ptr = watch,
  };

  return epoll_ctl (watch->poller->epoll, operation,
                    g_socket_get_fd (watch->socket), &event) == 0;
}

static gboolean
join_poller (ShWatch *watch)
{
  watch->poller = get_poller ();
  if (watch->poller == NULL)
    return FALSE;
  watch->poller->only = watch->poller->n_watches++ == 0 ? watch : NULL;
  if (control (watch, EPOLL_CTL_ADD))
    return TRUE;
  if (--watch->poller->n_watches == 0)
    drop_poller (watch->poller);
  watch->poller = NULL;
  return FALSE;
}

static void
leave_poller (ShWatch *watch)
{
  Poller *poller = watch->poller;

  unqueue (watch);
  control (watch, EPOLL_CTL_DEL);
  for (int i = poller->next; i < poller->n; i++)
    if (poller->events[i].data.ptr == watch)
      poller->events[i].data.ptr = NULL;
  if (--poller->n_watches == 0)
    drop_poller (poller);
}

/* ---- the sources of a stream ---- */

static gboolean
on_stream_input (GObject *stream, gpointer data)
{
  ShWatch *watch = data;

  g_source_set_ready_time (watch->input, -1);
  call (watch, G_IO_IN);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_stream_output (GObject *stream, gpointer data)
{
  call (data, G_IO_OUT);
  return G_SOURCE_CONTINUE;
}

static GSource *
attach (GSource *source, GPollableSourceFunc func, ShWatch *watch)
{
  g_source_set_callback (source, G_SOURCE_FUNC (func), watch, NULL);
  g_source_set_name (source, "connection");
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

static void
watch_input (ShWatch *watch)
{
  GInputStream *input = g_io_stream_get_input_stream (watch->stream);

  watch->input = attach (g_pollable_input_stream_create_source (
                             G_POLLABLE_INPUT_STREAM (input), NULL),
                         on_stream_input, watch);
}

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
watch_output (ShWatch *watch, gboolean wanted)
{
  GOutputStream *output = g_io_stream_get_output_stream (watch->stream);

  clear_source (&watch->output);
  if (wanted)
    watch->output = attach (g_pollable_output_stream_create_source (
                                G_POLLABLE_OUTPUT_STREAM (output), NULL),
                            on_stream_output, watch);
}

/* ---- public ---- */

ShWatch *
sh_watch_new (GIOStream *stream,
              GSocket *socket,
              ShWatchFunc func,
              gpointer data)
{
  ShWatch *watch;

  g_return_val_if_fail (G_IS_IO_STREAM (stream), NULL);
  g_return_val_if_fail (socket == NULL || G_IS_SOCKET (socket), NULL);
  g_return_val_if_fail (func != NULL, NULL);

  watch = g_new0 (ShWatch, 1);
  watch->func = func;
  watch->data = data;
  watch->stream = g_object_ref (stream);
  watch->socket = socket != NULL ? g_object_ref (socket) : NULL;
  watch->again.data = watch;
  if (socket == NULL || !join_poller (watch))
    watch_input (watch);
  return watch;
}

void
sh_watch_free (ShWatch *watch)
{
  if (watch == NULL)
    return;
  if (watch->poller != NULL)
    leave_poller (watch);
  clear_source (&watch->input);
  clear_source (&watch->output);
  g_clear_object (&watch->socket);
  g_object_unref (watch->stream);
  g_free (watch);
}

void
sh_watch_set_output (ShWatch *watch, gboolean wanted)
{
  g_return_if_fail (watch != NULL);

  if (watch->wants_output == wanted)
    return;
  watch->wants_output = wanted;
  if (watch->poller != NULL)
    control (watch, EPOLL_CTL_MOD);
  else
    watch_output (watch, wanted);
}

void
sh_watch_again (ShWatch *watch)
{
  g_return_if_fail (watch != NULL);

  if (watch->poller == NULL)
    g_source_set_ready_time (watch->input, 0);
  else if (!watch->wants_again)
    {
      watch->wants_again = TRUE;
      g_queue_push_tail_link (&watch->poller->again, &watch->again);
    }
}
