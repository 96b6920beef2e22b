/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Dialogues recorded with the original simulator library, replayed to the
 * session: it sends the same bytes, and the simulator sees the same episodes,
 * whatever drives it. With the simulator `counter`
 *
 *   arithmetic  as events that are answered by a few lines of arithmetic
 *   callbacks   as functions that the host calls
 *   slow        the same, called on a thread of the driver
 *   events      as a loop that asks for events
 *   external    as a program with episodes of its own. It says itself when an
 *               episode starts, so the dialogue drives it: start_episode waits
 *               for START, get_action sends a state and waits for PREDICTION,
 *               STOP makes it give OVER, and the next start_episode waits for
 *               the next START, or for the entry that a terminal step leaves
 *               over in a PREDICTION.
 *
 *   test-session-dialogue COUNTER.so COUNTER-EVENTS.so COUNTER-EXTERNAL.so
 */

#include <json-glib/json-glib.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine.h"
#include "sh-driver.h"
#include "sh-external.h"
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

/* A way to drive a session. */
typedef struct
{
  const char *name;
  const SimhostSimulator *simulator;
  /* Answers events until it is the engine's turn. */
  gboolean (*run) (Replay *replay, ShEvent *event, GError **error);
} Way;

struct Replay
{
  const Way *way;
  ShSession *session;
  ShInstance *instance;
  ShExternal *external;
  ShDriver *driver;
  ShCallSlot slot;
  gboolean ready;

  /* arithmetic */
  Config config;
  double value;
  int step;
  guint n_starts, n_finishes;
};

static void
on_ready (gpointer user_data)
{
  ((Replay *) user_data)->ready = TRUE;
}

/* Whoever hangs here is ended by the test's deadline. */
static gboolean
run_driver (Replay *replay, ShEvent *event, GError **error)
{
  ShDriverResult result;

  while ((result = sh_driver_run (replay->driver, replay->session, event, NULL,
                                  error)) == SH_DRIVER_BUSY)
    {
      while (!replay->ready)
        g_main_context_iteration (NULL, TRUE);
      replay->ready = FALSE;
    }
  return result == SH_DRIVER_DONE;
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
run_arithmetic (Replay *replay, ShEvent *event, GError **error)
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
          answered =
              sh_session_answer (replay->session, &(ShOutcome){ 0 }, error);
          break;
        case SH_EVENT_SIMULATE:
          replay->value += (double) action->delta * (double) action->gain;
          replay->step++;
          terminal = fill_state (replay, event->state);
          answered = sh_session_answer (
              replay->session,
              &(ShOutcome){ .reward = replay->value / 2, .terminal = terminal },
              error);
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

  g_assert_true (replay->way->run (replay, &event, &error));
  g_assert_no_error (error);
  g_assert_cmpint (event.type, ==, SH_EVENT_SEND);
  g_assert_cmpmem (event.data, event.size, data, size);
  g_assert_true (replay->way->run (replay, &event, &error));
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

  g_assert_true (replay->way->run (replay, &event, &error));
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
make_driver (Replay *replay)
{
  const SimhostSimulator *simulator = replay->way->simulator;
  g_autoptr (GError) error = NULL;

  replay->instance = sh_instance_new (simulator, &replay->slot, &error);
  g_assert_no_error (error);
  if (simulator->flags & SIMHOST_SIMULATOR_EXTERNAL)
    {
      replay->external = sh_external_new (&(ShExternalOptions){
          .instance = replay->instance,
          .slot = &replay->slot,
          .changed = on_ready,
          .user_data = replay,
      });
      replay->driver = sh_external_add_seat (replay->external, NULL);
      sh_external_start (replay->external, &error);
    }
  else
    {
      replay->driver = sh_driver_new (replay->instance, &replay->slot);
      sh_driver_start (replay->driver, &error);
    }
  g_assert_no_error (error);
  sh_driver_set_ready (replay->driver, on_ready, replay);
}

static void
finish (Replay *replay)
{
  g_autoptr (GError) error = NULL;
  ShDriverResult result;

  while ((result = replay->external != NULL
                       ? sh_external_finish (replay->external, &error)
                       : sh_driver_finish (replay->driver, &error)) ==
         SH_DRIVER_BUSY)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (error);
  g_assert_cmpint (result, ==, SH_DRIVER_DONE);
  sh_driver_free (replay->driver);
  sh_external_free (replay->external);
  sh_instance_free (replay->instance);
}

/* What is counted for whoever watches is the same, too. */
static void
assert_counters (const Replay *replay, JsonObject *recording)
{
  guint64 episodes = replay->slot.episodes;
  guint n_starts = count_calls (recording, "episode_start");

  g_assert_cmpuint (replay->slot.iterations, ==,
                    count_calls (recording, "simulate"));
  g_assert_cmpuint (episodes, >=, count_calls (recording, "episode_finish"));
  g_assert_cmpuint (episodes + 1, >=, n_starts);
  g_assert_cmpuint (episodes, <=, n_starts);
}

static void
replay_recording (JsonObject *recording, const Way *way)
{
  const char *mode = json_object_get_string_member (recording, "mode");
  Replay replay = { .way = way };

  g_test_message ("%s", way->name);
  replay.session = sh_session_new (
      &(ShSessionOptions){ .simulator = way->simulator,
                           .name = "counter",
                           .predict = g_str_equal (mode, "predict") });
  if (way->run == run_driver)
    make_driver (&replay);
  play (&replay, json_object_get_array_member (recording, "dialogue"));
  if (way->run == run_driver)
    {
      finish (&replay);
      assert_counters (&replay, recording);
    }
  else
    {
      guint n_starts = count_calls (recording, "episode_start");

      g_assert_cmpuint (replay.n_starts, ==, n_starts);
      /* The original does not finish an episode that START cuts off. Ours
       * does: only the last may be left open. */
      g_assert_cmpuint (replay.n_finishes, >=,
                        count_calls (recording, "episode_finish"));
      g_assert_cmpuint (replay.n_finishes + 1, >=, n_starts);
    }
  sh_session_free (replay.session);
}

static SimhostSimulator slow_counter;
static Way ways[] = {
  { "arithmetic", NULL, run_arithmetic }, { "callbacks", NULL, run_driver },
  { "slow", NULL, run_driver },           { "events", NULL, run_driver },
  { "external", NULL, run_driver },
};

static void
test_dialogue (gconstpointer path)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  JsonObject *recording;

  json_parser_load_from_file (parser, path, &error);
  g_assert_no_error (error);
  recording = json_node_get_object (json_parser_get_root (parser));
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    replay_recording (recording, &ways[i]);
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

static ShPlugin *
load (const char *path, const SimhostSimulator **simulator)
{
  g_autoptr (GError) error = NULL;
  ShPlugin *plugin = sh_plugin_load (path, &error);

  g_assert_no_error (error);
  *simulator = sh_plugin_get_simulator (plugin, 0);
  return plugin;
}

int
main (int argc, char **argv)
{
  g_autofree char *folder = NULL;
  ShPlugin *plugins[3];
  int status;

  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 4);
  plugins[0] = load (argv[1], &ways[0].simulator);
  plugins[1] = load (argv[2], &ways[3].simulator);
  plugins[2] = load (argv[3], &ways[4].simulator);
  ways[1].simulator = ways[0].simulator;
  slow_counter = *ways[0].simulator;
  slow_counter.flags |= SIMHOST_SIMULATOR_SLOW;
  ways[2].simulator = &slow_counter;
  folder = g_test_build_filename (G_TEST_DIST, "data", "wire", NULL);
  add_dialogues (folder);
  status = g_test_run ();
  for (gsize i = 0; i < G_N_ELEMENTS (plugins); i++)
    sh_plugin_close (plugins[i]);
  return status;
}
