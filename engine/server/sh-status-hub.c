/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Watchers, each with what it was told last.
 */

#include "sh-status-hub.h"

#include "sh-page-text.h"
#include "sh-websocket.h"

/* Microseconds between two looks. */
#define LOOK_INTERVAL G_USEC_PER_SEC

/* What is told of a brain when it changes. */
typedef struct
{
  char *state, *concept;
  guint version;
  guint64 episodes, iterations;
} Seen;

typedef struct
{
  ShStatusHub *hub;
  ShWebsocket *socket;
  char *brain; /* as the watcher names it */
  gboolean greeted;
  Seen seen;
} Watcher;

struct ShStatusHub
{
  ShRegistry *registry;
  GPtrArray *watchers;
  gint64 looked_at;
};

static void
watcher_free (gpointer data)
{
  Watcher *watcher = data;

  sh_websocket_free (watcher->socket);
  g_free (watcher->brain);
  g_free (watcher->seen.state);
  g_free (watcher->seen.concept);
  g_free (watcher);
}

/* Telling. */

static GString *
begin (const char *type)
{
  GString *text = g_string_new (NULL);

  sh_page_begin (text, NULL, '{');
  sh_page_add_string (text, "type", type);
  return text;
}

static void
tell (Watcher *watcher, GString *text)
{
  sh_page_end (text, '}');
  sh_websocket_send_text (watcher->socket, text->str);
  g_string_free (text, TRUE);
}

static GString *
begin_property (const char *property)
{
  GString *text = begin ("PROPERTY_CHANGED");

  sh_page_add_string (text, "property", property);
  return text;
}

static void
tell_number (Watcher *watcher, const char *property, guint64 value)
{
  GString *text = begin_property (property);

  sh_page_add_int (text, "value", value);
  tell (watcher, text);
}

static void
tell_state (Watcher *watcher, const char *state)
{
  GString *text;

  if (g_strcmp0 (watcher->seen.state, state) == 0)
    return;
  g_free (watcher->seen.state);
  watcher->seen.state = g_strdup (state);
  text = begin_property ("state");
  sh_page_add_string (text, "value", state);
  tell (watcher, text);
}

static void
add_concept (GString *text,
             const char *name,
             const ShBrainFigures *figures,
             const char *state)
{
  sh_page_begin (text, name, '{');
  sh_page_add_string (text, "name", figures->concept);
  sh_page_add_string (text, "state", state);
  sh_page_add_string (text, "algorithm", figures->algorithm);
  sh_page_add_bool (text, "is_estimator", FALSE);
  sh_page_end (text, '}');
}

static void
tell_concepts (Watcher *watcher,
               const ShBrainFigures *figures,
               const char *state,
               gboolean state_changed)
{
  GString *text;

  if (g_strcmp0 (watcher->seen.concept, figures->concept) != 0 ||
      !watcher->greeted)
    {
      g_free (watcher->seen.concept);
      watcher->seen.concept = g_strdup (figures->concept);
      text = begin ("CONCEPTS_SET");
      sh_page_begin (text, "concepts", '[');
      if (figures->concept != NULL)
        add_concept (text, NULL, figures, state);
      sh_page_end (text, ']');
      tell (watcher, text);
    }
  else if (state_changed && figures->concept != NULL)
    {
      text = begin ("CONCEPT_CHANGED");
      add_concept (text, "concept", figures, state);
      tell (watcher, text);
    }
}

static void
tell_point (Watcher *watcher, const ShBrainFigures *figures)
{
  GString *text = begin ("ADD_DATA_POINT");

  sh_page_add_string (text, "metric", "episode_value");
  sh_page_add_number (text, "value", figures->mean_return);
  sh_page_add_int (text, "episode", figures->episodes);
  sh_page_add_int (text, "iteration", figures->iterations);
  sh_page_add_string (text, "concept", figures->concept);
  sh_page_add_string (text, "lesson", figures->lesson);
  tell (watcher, text);
}

static void
look (Watcher *watcher)
{
  g_autoptr (ShServedBrain) brain =
      sh_registry_get_brain (watcher->hub->registry, watcher->brain, NULL);
  Seen *seen = &watcher->seen;
  ShBrainFigures figures;
  const char *state;
  gboolean state_changed;

  if (brain == NULL)
    {
      sh_websocket_close (watcher->socket, SH_CLOSE_GOING_AWAY,
                          "the brain is deleted");
      return;
    }
  sh_served_brain_get_figures (brain, &figures);
  state = sh_served_brain_get_state (brain);
  state_changed = g_strcmp0 (seen->state, state) != 0;
  tell_state (watcher, state);
  tell_concepts (watcher, &figures, state, state_changed);
  if (seen->version != sh_served_brain_get_version (brain) || !watcher->greeted)
    {
      seen->version = sh_served_brain_get_version (brain);
      tell_number (watcher, "version", seen->version);
    }
  if (seen->iterations != figures.iterations)
    tell_number (watcher, "iteration", figures.iterations);
  if (seen->episodes != figures.episodes)
    {
      tell_number (watcher, "episode", figures.episodes);
      if (watcher->greeted && figures.episodes > seen->episodes)
        tell_point (watcher, &figures);
    }
  seen->iterations = figures.iterations;
  seen->episodes = figures.episodes;
  watcher->greeted = TRUE;
}

/* Watchers. */

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

  g_ptr_array_remove_fast (watcher->hub->watchers, watcher);
}

static const ShWebsocketFuncs funcs = {
  .message = on_message,
  .closed = on_closed,
};

ShStatusHub *
sh_status_hub_new (ShRegistry *registry)
{
  ShStatusHub *hub = g_new0 (ShStatusHub, 1);

  g_return_val_if_fail (registry != NULL, NULL);

  hub->registry = registry;
  hub->watchers = g_ptr_array_new_with_free_func (watcher_free);
  return hub;
}

void
sh_status_hub_free (ShStatusHub *hub)
{
  if (hub == NULL)
    return;
  g_ptr_array_unref (hub->watchers);
  g_free (hub);
}

gboolean
sh_status_hub_has_room (const ShStatusHub *hub)
{
  return hub->watchers->len < SH_STATUS_HUB_MAX_WATCHERS;
}

void
sh_status_hub_connect (ShStatusHub *hub,
                       const char *brain,
                       GIOStream *stream,
                       GSocket *socket)
{
  Watcher *watcher = g_new0 (Watcher, 1);

  watcher->hub = hub;
  watcher->brain = g_strdup (brain);
  watcher->socket =
      sh_websocket_new (SH_WEBSOCKET_SERVER, stream, socket, &funcs, watcher);
  g_ptr_array_add (hub->watchers, watcher);
  sh_websocket_start (watcher->socket, NULL, 0);
  look (watcher);
}

void
sh_status_hub_tick (ShStatusHub *hub, gint64 now)
{
  const gboolean looks = now - hub->looked_at >= LOOK_INTERVAL;

  if (looks)
    hub->looked_at = now;
  for (guint i = hub->watchers->len; i > 0; i--)
    {
      Watcher *watcher = hub->watchers->pdata[i - 1];

      if (looks && sh_websocket_is_open (watcher->socket))
        look (watcher);
      sh_websocket_tick (watcher->socket, now);
    }
}

void
sh_status_hub_finish (ShStatusHub *hub)
{
  for (guint i = 0; i < hub->watchers->len; i++)
    sh_websocket_close (((Watcher *) hub->watchers->pdata[i])->socket,
                        SH_CLOSE_GOING_AWAY, "the engine is being stopped");
}

guint
sh_status_hub_get_n_watchers (const ShStatusHub *hub)
{
  return hub->watchers->len;
}

static gboolean
watches (const Watcher *watcher, const char *brain)
{
  return g_ascii_strcasecmp (watcher->brain, brain) == 0 &&
         sh_websocket_is_open (watcher->socket);
}

void
sh_status_hub_tell_state (ShStatusHub *hub,
                          const char *brain,
                          const char *state)
{
  for (guint i = 0; i < hub->watchers->len; i++)
    if (watches (hub->watchers->pdata[i], brain))
      tell_state (hub->watchers->pdata[i], state);
}

void
sh_status_hub_tell_start (ShStatusHub *hub, const char *brain)
{
  for (guint i = 0; i < hub->watchers->len; i++)
    {
      Watcher *watcher = hub->watchers->pdata[i];

      if (!watches (watcher, brain))
        continue;
      tell (watcher, begin ("TRAINING_INITIALIZED"));
      look (watcher);
    }
}

void
sh_status_hub_tell_files (ShStatusHub *hub,
                          const char *brain,
                          const GPtrArray *files)
{
  for (guint i = 0; i < hub->watchers->len; i++)
    {
      Watcher *watcher = hub->watchers->pdata[i];

      if (!watches (watcher, brain))
        continue;
      for (guint f = 0; f < files->len; f++)
        {
          const ShProjectFile *file = files->pdata[f];
          g_autofree char *hash =
              g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, file->content);
          GString *text = begin ("FILE_UPDATED");

          sh_page_add_string (text, "filename", file->path);
          sh_page_add_string (text, "hash", hash);
          tell (watcher, text);
        }
      tell (watcher, begin ("FILES_UPDATED"));
    }
}
