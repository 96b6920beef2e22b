/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Watchers of simulators, each with what it was told last.
 */

#include "sh-sim-watch.h"

#include "sh-error.h"
#include "sh-page-text.h"
#include "sh-sim-log.h"
#include "sh-sim-session.h"
#include "sh-websocket.h"

typedef struct
{
  ShSimWatch *watch;
  ShSimWatchKind kind;
  ShWebsocket *socket;
  char *brain;
  guint version, number;
  guint64 next_line;
  guint32 sim_id; /* whose steps were told last */
  guint64 n_steps; /* and how many it had made */
} Watcher;

struct ShSimWatch
{
  ShRegistry *registry;
  GPtrArray *watchers;
};

static void
watcher_free (gpointer data)
{
  Watcher *watcher = data;

  sh_websocket_free (watcher->socket);
  g_free (watcher->brain);
  g_free (watcher);
}

/* States. */

/* A struct as {f: {"value"}}; NULL: there is none, {}. */
static void
add_struct (GString *text,
            const char *name,
            const SimhostSchema *table,
            gconstpointer values)
{
  sh_page_begin (text, name, '{');
  for (guint i = 0; values != NULL && i < table->n_fields; i++)
    {
      const SimhostField *row = &table->fields[i];
      const char *member = (const char *) values + row->offset;

      sh_page_begin (text, row->name, '{');
      if (row->type == SIMHOST_TYPE_STRING)
        sh_page_add_string (text, "value", member);
      else if (row->type == SIMHOST_TYPE_BOOL)
        sh_page_add_bool (text, "value",
                          sh_member_load (row->type, member) != 0);
      else
        sh_page_add_number (text, "value", sh_member_load (row->type, member));
      sh_page_end (text, '}');
    }
  sh_page_end (text, '}');
}

/* The last step as text; NULL: it cannot be read. */
static char *
print_step (ShWireCodec *wire, const ShWire__SimulationSourceData *step)
{
  const ShCodec *codec = sh_wire_codec_get_codec (wire);
  gconstpointer action = NULL, state;
  GString *text;

  if (step->action_taken.len > 0)
    action = sh_wire_codec_decode_action (wire, &step->action_taken, NULL);
  state = sh_wire_codec_decode_state (wire, step, NULL);
  if (state == NULL)
    return NULL;
  text = g_string_new (NULL);
  sh_page_begin (text, NULL, '{');
  add_struct (text, "action", sh_codec_get_action_table (codec), action);
  sh_page_add_number (text, "reward", step->reward);
  add_struct (text, "state", sh_codec_get_state_table (codec), state);
  sh_page_end (text, '}');
  return g_string_free (text, FALSE);
}

static void
tell_step (Watcher *watcher, ShSimSession *session)
{
  const ShWire__SimulationSourceData *step;
  g_autofree char *text = NULL;

  if (session == NULL)
    return;
  step = sh_sim_session_get_step (session);
  if (step == NULL || (watcher->sim_id == session->sim_id &&
                       watcher->n_steps == session->n_steps))
    return;
  watcher->sim_id = session->sim_id;
  watcher->n_steps = session->n_steps;
  text = print_step (session->wire, step);
  if (text != NULL)
    sh_websocket_send_text (watcher->socket, text);
}

/* Logs. */

static void
tell_lines (Watcher *watcher, const ShSimLog *log)
{
  const char *line;

  while ((line = sh_sim_log_read (log, watcher->number, &watcher->next_line)) !=
         NULL)
    sh_websocket_send_text (watcher->socket, line);
}

/* Watchers. */

/* The training of that version; NULL: it is over. `version` is set if 0. */
static ShTrainHub *
find_hub (const ShSimWatch *watch,
          const char *brain,
          guint *version,
          GError **error)
{
  guint training;
  ShTrainHub *hub =
      sh_registry_find_training (watch->registry, brain, &training, error);

  if (hub == NULL)
    return NULL;
  if (*version == 0)
    *version = training;
  if (*version == training &&
      sh_run_get_state (sh_train_hub_get_run (hub)) <= SH_RUN_STOPPING)
    return hub;
  g_set_error (error, SH_ERROR, SH_ERROR_NOT_FOUND,
               "version %u of brain '%s' is not in training", *version, brain);
  return NULL;
}

static void
look (Watcher *watcher)
{
  ShTrainHub *hub =
      find_hub (watcher->watch, watcher->brain, &watcher->version, NULL);

  if (hub == NULL)
    sh_websocket_close (watcher->socket, SH_CLOSE_GOING_AWAY,
                        "the training is over");
  else if (sh_websocket_get_pending (watcher->socket) >
           SH_SIM_WATCH_MAX_PENDING)
    sh_websocket_close (watcher->socket, SH_CLOSE_POLICY,
                        "what is sent is not read");
  else if (watcher->kind == SH_SIM_WATCH_LOGS)
    tell_lines (watcher, sh_train_hub_get_log (hub));
  else
    tell_step (watcher, sh_train_hub_get_session (hub, watcher->number));
}

static void
on_message (ShWebsocket *socket,
            const guint8 *message,
            gsize size,
            gpointer data)
{
}

static void
on_closed (ShWebsocket *socket, const ShWebsocketEnd *end, gpointer data)
{
  Watcher *watcher = data;

  g_ptr_array_remove_fast (watcher->watch->watchers, watcher);
}

static const ShWebsocketFuncs funcs = {
  .message = on_message,
  .closed = on_closed,
};

ShSimWatch *
sh_sim_watch_new (ShRegistry *registry)
{
  ShSimWatch *watch = g_new0 (ShSimWatch, 1);

  g_return_val_if_fail (registry != NULL, NULL);

  watch->registry = registry;
  watch->watchers = g_ptr_array_new_with_free_func (watcher_free);
  return watch;
}

void
sh_sim_watch_free (ShSimWatch *watch)
{
  if (watch == NULL)
    return;
  g_ptr_array_unref (watch->watchers);
  g_free (watch);
}

gboolean
sh_sim_watch_has_room (const ShSimWatch *watch)
{
  return watch->watchers->len < SH_SIM_WATCH_MAX_WATCHERS;
}

gboolean
sh_sim_watch_check (ShSimWatch *watch,
                    const char *brain,
                    guint version,
                    GError **error)
{
  return find_hub (watch, brain, &version, error) != NULL;
}

void
sh_sim_watch_connect (ShSimWatch *watch,
                      ShSimWatchKind kind,
                      const char *brain,
                      guint version,
                      guint number,
                      GIOStream *stream,
                      GSocket *socket)
{
  Watcher *watcher = g_new0 (Watcher, 1);

  watcher->watch = watch;
  watcher->kind = kind;
  watcher->brain = g_strdup (brain);
  watcher->version = version;
  watcher->number = number;
  watcher->socket =
      sh_websocket_new (SH_WEBSOCKET_SERVER, stream, socket, &funcs, watcher);
  g_ptr_array_add (watch->watchers, watcher);
  sh_websocket_start (watcher->socket, NULL, 0);
  look (watcher);
}

/* From the last to the first: one that closes leaves the array. */
void
sh_sim_watch_tick (ShSimWatch *watch, gint64 now)
{
  for (guint i = watch->watchers->len; i > 0; i--)
    {
      Watcher *watcher = watch->watchers->pdata[i - 1];

      if (sh_websocket_is_open (watcher->socket))
        look (watcher);
      sh_websocket_tick (watcher->socket, now);
    }
}

void
sh_sim_watch_finish (ShSimWatch *watch)
{
  for (guint i = 0; i < watch->watchers->len; i++)
    sh_websocket_close (((Watcher *) watch->watchers->pdata[i])->socket,
                        SH_CLOSE_GOING_AWAY, "the engine is being stopped");
}

guint
sh_sim_watch_get_n_watchers (const ShSimWatch *watch)
{
  return watch->watchers->len;
}
