/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Dialogues recorded with the original simulator library, replayed to the
 * session: it sends the same bytes, and the simulator sees the same episodes.
 * Once with the callback driver and the counter plugin, once with events that
 * are answered by a few lines of arithmetic.
 *
 *   test-session-dialogue COUNTER.so
 */

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "sh-driver.h"
#include "sh-plugin.h"

/* The structs of the counter plugin. */
typedef struct
{
  double limit;
  float start;
  guint64 seed;
} Config;

typedef struct
{
  gint32 delta;
  float gain;
} Action;

typedef struct
{
  double value;
  gint32 step;
  gint64 big;
  guint8 over;
  char label[16];
} State;

typedef struct Replay Replay;
struct Replay
{
  /* Answers events until it is the engine's turn. */
  gboolean (*run) (Replay *replay, ShEvent *event, GError **error);
  ShSession *session;
  ShInstance *instance;
  Config config;
  double value;
  int step;
  guint n_starts, n_finishes;
};

static const SimhostSimulator *counter;

static gboolean
run_callbacks (Replay *replay, ShEvent *event, GError **error)
{
  return sh_driver_run (replay->session, replay->instance, NULL, event, NULL,
                        error);
}

static gboolean
fill_state (const Replay *replay, State *state)
{
  *state = (State){
    .value = replay->value,
    .step = replay->step,
    .big = replay->step * G_GINT64_CONSTANT (10000000000),
    .over = replay->value >= replay->config.limit / 2,
  };
  snprintf (state->label, sizeof state->label, "s%d", replay->step);
  return fabs (replay->value) >= replay->config.limit;
}

static gboolean
run_events (Replay *replay, ShEvent *event, GError **error)
{
  while (sh_session_next (replay->session, event, error))
    {
      const Action *action = event->action;
      gboolean terminal, answered = TRUE;

      switch (event->type)
        {
        case SH_EVENT_EPISODE_START:
          replay->n_starts++;
          replay->config = *(const Config *) event->config;
          replay->value = (double) replay->config.start;
          replay->step = 0;
          fill_state (replay, event->state);
          answered = sh_session_started (replay->session, error);
          break;
        case SH_EVENT_SIMULATE:
          replay->value += (double) action->delta * (double) action->gain;
          replay->step++;
          terminal = fill_state (replay, event->state);
          answered = sh_session_simulated (replay->session, replay->value / 2,
                                           terminal, error);
          break;
        case SH_EVENT_EPISODE_FINISH:
          replay->n_finishes++;
          break;
        case SH_EVENT_SEND:
        case SH_EVENT_IDLE:
        case SH_EVENT_FINISHED:
        default:
          return TRUE;
        }
      if (!answered)
        return FALSE;
    }
  return FALSE;
}

/* What the session sends now is what was recorded. */
static void
assert_sends (Replay *replay, const char *hex)
{
  g_autoptr (GBytes) expected = engine_from_hex (hex);
  g_autoptr (GError) error = NULL;
  gsize size;
  gconstpointer data = g_bytes_get_data (expected, &size);
  ShEvent event;

  g_assert_true (replay->run (replay, &event, &error));
  g_assert_no_error (error);
  g_assert_cmpint (event.type, ==, SH_EVENT_SEND);
  g_assert_cmpmem (event.data, event.size, data, size);
  g_assert_true (replay->run (replay, &event, &error));
  g_assert_cmpint (event.type, ==, SH_EVENT_IDLE);
}

static void
receive (Replay *replay, const char *hex)
{
  g_autoptr (GBytes) message = engine_from_hex (hex);
  g_autoptr (GError) error = NULL;
  gsize size;
  gconstpointer data = g_bytes_get_data (message, &size);

  sh_session_receive (replay->session, data, size, &error);
  g_assert_no_error (error);
}

/* The session is finished when the engine said so, and when it closed there is
 * nothing more to send. */
static void
assert_over (Replay *replay, gboolean closed)
{
  g_autoptr (GError) error = NULL;
  ShEvent event;

  g_assert_true (replay->run (replay, &event, &error));
  g_assert_no_error (error);
  g_assert_cmpint (event.type, ==, closed ? SH_EVENT_IDLE : SH_EVENT_FINISHED);
}

static void
play (Replay *replay, JsonArray *dialogue)
{
  gboolean closed = FALSE;

  sh_session_connect (replay->session);
  for (guint i = 0; i < json_array_get_length (dialogue); i++)
    {
      JsonObject *row = json_array_get_object_element (dialogue, i);

      if (json_object_has_member (row, "close"))
        closed = TRUE;
      else if (g_str_equal (json_object_get_string_member (row, "from"),
                            "simulator"))
        assert_sends (replay, json_object_get_string_member (row, "hex"));
      else
        receive (replay, json_object_get_string_member (row, "hex"));
    }
  assert_over (replay, closed);
}

static guint
count_calls (JsonObject *recording, const char *name)
{
  JsonArray *calls = json_object_get_array_member (recording, "callbacks");
  guint n = 0;

  for (guint i = 0; i < json_array_get_length (calls); i++)
    n += g_str_equal (json_object_get_string_member (
                          json_array_get_object_element (calls, i), "call"),
                      name);
  return n;
}

static void
replay_recording (JsonObject *recording,
                  gboolean (*run) (Replay *, ShEvent *, GError **))
{
  const char *mode = json_object_get_string_member (recording, "mode");
  g_autoptr (GError) error = NULL;
  Replay replay = { .run = run };

  replay.session = sh_session_new (&(ShSessionOptions){
      .simulator = counter, .predict = g_str_equal (mode, "predict") });
  replay.instance = sh_instance_new (counter, NULL, &error);
  g_assert_no_error (error);
  play (&replay, json_object_get_array_member (recording, "dialogue"));
  if (run == run_events)
    {
      guint n_starts = count_calls (recording, "episode_start");

      g_assert_cmpuint (replay.n_starts, ==, n_starts);
      /* The original does not finish an episode that START cuts off. Ours
       * does: only the last may be left open. */
      g_assert_cmpuint (replay.n_finishes, >=,
                        count_calls (recording, "episode_finish"));
      g_assert_cmpuint (replay.n_finishes + 1, >=, n_starts);
    }
  sh_instance_free (replay.instance);
  sh_session_free (replay.session);
}

static void
test_dialogue (gconstpointer path)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *recording;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  recording = json_node_get_object (json_parser_get_root (parser));
  replay_recording (recording, run_callbacks);
  replay_recording (recording, run_events);
}

static void
add_dialogues (const char *folder)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) dir = g_dir_open (folder, 0, &error);
  const char *name;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".json"))
      {
        g_autofree char *stem = g_strndup (name, strlen (name) - 5);
        g_autofree char *path = g_strconcat ("/session/dialogue/", stem, NULL);

        g_test_add_data_func_full (path, g_build_filename (folder, name, NULL),
                                   test_dialogue, g_free);
      }
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  g_autoptr (GError) error = NULL;
  ShPlugin *plugin;
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 2);
  plugin = sh_plugin_load (argv[1], &error);
  g_assert_no_error (error);
  counter = sh_plugin_find_simulator (plugin, "counter", &error);
  g_assert_no_error (error);
  folder = g_test_build_filename (G_TEST_DIST, "data", "wire", NULL);
  add_dialogues (folder);
  status = g_test_run ();
  sh_plugin_close (plugin);
  return status;
}
