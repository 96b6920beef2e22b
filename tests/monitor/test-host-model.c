/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * The monitor's model of the daemon, on a private bus, with objects made by the
 * code that gdbus-codegen writes from the daemon's interfaces.
 */

#include <math.h>
#include <string.h>

#include "sh-bus-object.h"
#include "sh-dbus.h"
#include "sh-fact.h"
#include "sh-host-model.h"

/* Seconds that anything may take. */
#define DEADLINE 60
#define BRAIN SH_HOST_ROOT "/brain/lift"
#define RUN SH_HOST_ROOT "/run/lift"
#define SESSION SH_HOST_ROOT "/session/lift"

typedef struct
{
  GTestDBus *bus;
  GDBusConnection *server;
  GDBusConnection *client;
  GDBusObjectManagerServer *objects;
  ShDbusManager *manager;
  guint name;
  ShHostModel *model;
} Fixture;

static GDBusConnection *
connect_to (GTestDBus *bus)
{
  g_autoptr (GError) error = NULL;
  GDBusConnection *connection = g_dbus_connection_new_for_address_sync (
      g_test_dbus_get_bus_address (bus),
      G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
          G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
      NULL, NULL, &error);

  g_assert_no_error (error);
  return connection;
}

static void
set_up (Fixture *it, gconstpointer unused)
{
  it->bus = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (it->bus);
  it->server = connect_to (it->bus);
  it->client = connect_to (it->bus);
  it->objects = g_dbus_object_manager_server_new (SH_HOST_ROOT);
  it->manager = sh_dbus_manager_skeleton_new ();
  g_assert_true (g_dbus_interface_skeleton_export (
      G_DBUS_INTERFACE_SKELETON (it->manager), it->server, SH_HOST_ROOT, NULL));
  g_dbus_object_manager_server_set_connection (it->objects, it->server);
  it->model = sh_host_model_new (it->client);
}

static void
tear_down (Fixture *it, gconstpointer unused)
{
  g_clear_object (&it->model);
  g_clear_handle_id (&it->name, g_bus_unown_name);
  g_clear_object (&it->objects);
  g_dbus_interface_skeleton_unexport (G_DBUS_INTERFACE_SKELETON (it->manager));
  g_clear_object (&it->manager);
  g_dbus_connection_close_sync (it->client, NULL, NULL);
  g_dbus_connection_close_sync (it->server, NULL, NULL);
  g_clear_object (&it->client);
  g_clear_object (&it->server);
  g_test_dbus_down (it->bus);
  g_clear_object (&it->bus);
}

static gboolean
on_deadline (gpointer data)
{
  g_error ("not so within %d s", DEADLINE);
  return G_SOURCE_REMOVE;
}

/* Until the expression is true; everything here happens in this thread's loop. */
#define WAIT(expression)                                                       \
  G_STMT_START                                                                 \
  {                                                                            \
    guint deadline = g_timeout_add_seconds (DEADLINE, on_deadline, NULL);      \
                                                                               \
    while (!(expression))                                                      \
      g_main_context_iteration (NULL, TRUE);                                   \
    g_source_remove (deadline);                                                \
  }                                                                            \
  G_STMT_END

static void
own_name (Fixture *it)
{
  it->name = g_bus_own_name_on_connection (it->server, SH_HOST_NAME,
                                           G_BUS_NAME_OWNER_FLAGS_NONE, NULL,
                                           NULL, NULL, NULL);
}

static void
add (Fixture *it, const char *path, gpointer skeleton)
{
  g_autoptr (GDBusObjectSkeleton) object = g_dbus_object_skeleton_new (path);

  g_dbus_object_skeleton_add_interface (object, skeleton);
  g_dbus_object_manager_server_export (it->objects, object);
}

static ShDbusSession *
add_session (Fixture *it, const char *state)
{
  ShDbusSession *session = sh_dbus_session_skeleton_new ();

  sh_bus_allow_nan (session);
  sh_dbus_session_set_name (session, "lift");
  sh_dbus_session_set_state (session, state);
  sh_dbus_session_set_mean_return (session, NAN);
  add (it, SESSION, session);
  return session;
}

static ShItem *
get (Fixture *it, const char *path)
{
  return sh_host_model_get_item (it->model, path);
}

/* "cartpole crash.so lift", in the order of the list. */
static char *
list_names (Fixture *it)
{
  GListModel *items = sh_host_model_get_items (it->model);
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (items); i++)
    {
      g_autoptr (ShItem) item = g_list_model_get_item (items, i);

      g_string_append_printf (text, "%s%s", i == 0 ? "" : " ",
                              sh_item_get_name (item));
    }
  return g_string_free (text, FALSE);
}

static void
assert_listed (Fixture *it, const char *names)
{
  g_autofree char *listed = list_names (it);

  g_assert_cmpstr (listed, ==, names);
}

static void
test_comes_and_goes (Fixture *it, gconstpointer unused)
{
  g_autoptr (ShDbusSession) session = NULL;
  g_autoptr (ShDbusSimulator) simulator = sh_dbus_simulator_skeleton_new ();
  g_autoptr (ShDbusPlugin) plugin = sh_dbus_plugin_skeleton_new ();

  WAIT (sh_host_model_get_state (it->model) == SH_HOST_ABSENT);
  assert_listed (it, "");
  session = add_session (it, "running");
  sh_dbus_simulator_set_name (simulator, "zebra");
  add (it, SH_HOST_ROOT "/simulator/zebra", simulator);
  sh_dbus_plugin_set_file (plugin, "/plugins/crash.so");
  sh_dbus_plugin_set_state (plugin, "probing");
  add (it, SH_HOST_ROOT "/plugin/crash", plugin);
  own_name (it);
  WAIT (sh_host_model_get_state (it->model) == SH_HOST_PRESENT);
  assert_listed (it, "zebra lift");

  sh_dbus_plugin_set_state (plugin, "failed");
  WAIT (g_list_model_get_n_items (sh_host_model_get_items (it->model)) == 3);
  assert_listed (it, "zebra crash.so lift");

  g_dbus_object_manager_server_unexport (it->objects,
                                         SH_HOST_ROOT "/simulator/zebra");
  WAIT (get (it, SH_HOST_ROOT "/simulator/zebra") == NULL);
  assert_listed (it, "crash.so lift");

  g_clear_handle_id (&it->name, g_bus_unown_name);
  WAIT (sh_host_model_get_state (it->model) == SH_HOST_ABSENT);
  assert_listed (it, "");
  own_name (it);
  WAIT (sh_host_model_get_state (it->model) == SH_HOST_PRESENT);
  assert_listed (it, "crash.so lift");
}

static void
test_run_without_brain (Fixture *it, gconstpointer unused)
{
  g_autoptr (ShDbusBrain) brain = sh_dbus_brain_skeleton_new ();
  g_autoptr (ShDbusRun) run = sh_dbus_run_skeleton_new ();

  sh_dbus_run_set_brain (run, "lift");
  sh_dbus_run_set_brain_object (run, BRAIN);
  add (it, RUN, run);
  own_name (it);
  WAIT (sh_host_model_get_state (it->model) == SH_HOST_PRESENT);
  g_assert_cmpint (
      g_list_model_get_n_items (sh_host_model_get_items (it->model)), ==, 1);
  sh_dbus_brain_set_name (brain, "lift");
  sh_dbus_brain_set_run (brain, "/");
  add (it, BRAIN, brain);
  WAIT (get (it, BRAIN) != NULL);
  assert_listed (it, "lift");
  g_assert_true (sh_host_model_get_run (it->model, get (it, BRAIN)) ==
                 get (it, RUN));
  g_dbus_object_manager_server_unexport (it->objects, BRAIN);
  WAIT (get (it, BRAIN) == NULL);
  assert_listed (it, "lift");
}

static char *
fact_text (ShItem *item, const char *property)
{
  guint n, i;
  const ShFact *facts = sh_facts_get (sh_item_get_kind (item), &n);

  for (i = 0; i < n; i++)
    if (g_str_equal (facts[i].property, property))
      return sh_fact_dup_text (&facts[i], item);
  g_assert_not_reached ();
}

static void
test_facts (Fixture *it, gconstpointer unused)
{
  static const struct
  {
    const char *property, *text;
  } expected[] = {
    { "State", "Running" },
    { "IterationCount", "12\xe2\x80\xaf"
                        "345" },
    { "IterationRate", "250.5/s" },
    { "MeanReturn", "487.2" },
    { "LastReturn", NULL },
    { "Pid", "4711" },
    { "Memory", "12.3\xc2\xa0MB" },
    { "SimIds", "a, b" },
    { "Brain", NULL },
    { "LastErrorTime", NULL },
    { "Configured", "Yes" },
    { "BrainVersion", NULL },
  };
  static const char *const ids[] = { "a", "b", NULL };
  g_autoptr (ShDbusSession) session = add_session (it, "running");
  g_autofree char *summary = NULL;
  guint i;

  sh_dbus_session_set_iteration_count (session, 12345);
  sh_dbus_session_set_iteration_rate (session, 250.5);
  sh_dbus_session_set_mean_return (session, 487.2);
  sh_dbus_session_set_last_return (session, NAN);
  sh_dbus_session_set_pid (session, 4711);
  sh_dbus_session_set_memory (session, 12345678);
  sh_dbus_session_set_sim_ids (session, ids);
  sh_dbus_session_set_configured (session, TRUE);
  sh_dbus_session_set_last_error (session, "the engine is gone");
  own_name (it);
  WAIT (get (it, SESSION) != NULL);
  for (i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *text =
          fact_text (get (it, SESSION), expected[i].property);

      g_assert_cmpstr (text, ==, expected[i].text);
    }
  summary = sh_item_dup_summary (get (it, SESSION));
  g_assert_cmpstr (summary, ==, "Running, mean return 487.2");
  g_assert_cmpstr (sh_item_get_problem (get (it, SESSION)), ==,
                   "the engine is gone");
  g_assert_true (sh_item_matches (get (it, SESSION), "RUN"));
  g_assert_true (sh_item_matches (get (it, SESSION), "lIFt"));
  g_assert_true (sh_item_matches (get (it, SESSION), ""));
  g_assert_false (sh_item_matches (get (it, SESSION), "stopped"));
}

/* Its file is told beside it. */
static void
test_failure (Fixture *it, gconstpointer unused)
{
  static const char path[] = SH_HOST_ROOT "/plugin/crash";
  g_autoptr (ShDbusPlugin) plugin = sh_dbus_plugin_skeleton_new ();
  g_autofree char *file =
      g_build_filename (g_get_home_dir (), "plugins", "crash.so", NULL);
  g_autofree char *failure = g_strconcat (file, ": crashed in init", NULL);
  g_autofree char *summary = NULL;
  g_autofree char *shown = NULL;

  sh_dbus_plugin_set_file (plugin, file);
  sh_dbus_plugin_set_state (plugin, "failed");
  sh_dbus_plugin_set_failure (plugin, failure);
  add (it, path, plugin);
  own_name (it);
  WAIT (get (it, path) != NULL);
  summary = sh_item_dup_summary (get (it, path));
  g_assert_cmpstr (summary, ==, "crashed in init");
  g_assert_cmpstr (sh_item_get_problem (get (it, path)), ==, "crashed in init");
  shown = fact_text (get (it, path), "File");
  g_assert_cmpstr (shown, ==, "~/plugins/crash.so");
}

static void
test_history (Fixture *it, gconstpointer unused)
{
  g_autoptr (ShDbusSession) session = add_session (it, "running");
  const ShSeries *history;
  ShPoint last;

  own_name (it);
  WAIT (get (it, SESSION) != NULL);
  history = sh_item_get_history (get (it, SESSION));
  g_assert_true (sh_series_is_empty (history));
  sh_dbus_session_set_episode_count (session, 3);
  sh_dbus_session_set_mean_return (session, 20);
  WAIT (history->line->len == 1);
  sh_dbus_session_set_episode_count (session, 7);
  sh_dbus_session_set_mean_return (session, 30);
  WAIT (history->line->len == 2);
  g_assert_true (sh_series_get_last (history, &last));
  g_assert_cmpfloat (last.x, ==, 7);
  g_assert_cmpfloat (last.y, ==, 30);
}

static void
test_verbs (Fixture *it, gconstpointer unused)
{
  static const struct
  {
    const char *state;
    gboolean start, stop, restart;
  } rows[] = {
    { "stopped", TRUE, FALSE, FALSE },   { "waiting", FALSE, TRUE, FALSE },
    { "starting", FALSE, TRUE, TRUE },   { "connecting", FALSE, TRUE, TRUE },
    { "running", FALSE, TRUE, TRUE },    { "restarting", FALSE, TRUE, FALSE },
    { "stopping", FALSE, FALSE, FALSE }, { "finished", TRUE, FALSE, FALSE },
    { "failed", TRUE, FALSE, FALSE },    { "", FALSE, FALSE, FALSE },
    { "start", FALSE, FALSE, FALSE },
  };
  g_autoptr (ShDbusSession) session = add_session (it, "new");
  ShItem *item;
  guint i;

  own_name (it);
  WAIT (get (it, SESSION) != NULL);
  item = get (it, SESSION);
  for (i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      sh_dbus_session_set_state (session, rows[i].state);
      WAIT (g_str_equal (sh_item_get_text (item, "State"), rows[i].state));
      g_assert_cmpint (sh_verb_is_allowed (SH_VERB_START, item), ==,
                       rows[i].start);
      g_assert_cmpint (sh_verb_is_allowed (SH_VERB_STOP, item), ==,
                       rows[i].stop);
      g_assert_cmpint (sh_verb_is_allowed (SH_VERB_RESTART, item), ==,
                       rows[i].restart);
      g_assert_true (sh_verb_is_allowed (SH_VERB_DELETE, item));
      g_assert_false (sh_verb_is_allowed (SH_VERB_TRAIN, item));
    }
  sh_dbus_session_set_configured (session, TRUE);
  WAIT (sh_item_get_flag (item, "Configured"));
  g_assert_false (sh_verb_is_allowed (SH_VERB_DELETE, item));
}

static void
test_brain_in_training (Fixture *it, gconstpointer unused)
{
  g_autoptr (ShDbusBrain) brain = sh_dbus_brain_skeleton_new ();
  ShItem *item;

  sh_dbus_brain_set_run (brain, RUN);
  sh_dbus_brain_set_version (brain, 2);
  add (it, BRAIN, brain);
  own_name (it);
  WAIT (get (it, BRAIN) != NULL);
  item = get (it, BRAIN);
  g_assert_true (sh_verb_is_allowed (SH_VERB_STOP, item));
  g_assert_false (sh_verb_is_allowed (SH_VERB_TRAIN, item));
  g_assert_false (sh_verb_is_allowed (SH_VERB_DELETE, item));
  sh_dbus_brain_set_run (brain, "/");
  WAIT (g_str_equal (sh_item_get_text (item, "Run"), "/"));
  g_assert_false (sh_verb_is_allowed (SH_VERB_STOP, item));
  g_assert_true (sh_verb_is_allowed (SH_VERB_TRAIN, item));
  g_assert_true (sh_verb_is_allowed (SH_VERB_DELETE, item));
}

/* A daemon of another version, or one that is no daemon. */
static void
test_wrong_types (Fixture *it, gconstpointer unused)
{
  g_autofree char *text = NULL;
  g_autofree char *summary = NULL;
  ShItem *item;
  guint i, n;
  const ShFact *facts = sh_facts_get (SH_ITEM_SESSION, &n);

  g_object_unref (add_session (it, "running"));
  own_name (it);
  WAIT (get (it, SESSION) != NULL);
  item = get (it, SESSION);
  g_dbus_connection_emit_signal (
      it->server, NULL, SESSION, "org.freedesktop.DBus.Properties",
      "PropertiesChanged",
      g_variant_new_parsed (
          "('org.simhost.Host1.Session', {'State': <17>, 'Pid': <'x'>,"
          " 'SimIds': <uint64 5>, 'Memory': <-1.5>, 'Configured': <'yes'>,"
          " 'EpisodeCount': <1e300>, 'MeanReturn': <[1.0]>,"
          " 'StartTime': <int64 9223372036854775807>, 'Other': <0>},"
          " @as [])"),
      NULL);
  WAIT (sh_item_get_text (item, "State")[0] == '\0');
  for (i = 0; i < n; i++)
    {
      g_autofree char *shown = sh_fact_dup_text (&facts[i], item);

      g_assert_true (shown == NULL || g_utf8_validate (shown, -1, NULL));
    }
  g_assert_true (isnan (sh_item_get_number (item, "Pid")));
  text = fact_text (item, "SimIds");
  g_assert_null (text);
  summary = sh_item_dup_summary (item);
  g_assert_cmpstr (summary, ==, "");
}

/* ---- methods ---- */

static gboolean
on_rescan (ShDbusManager *manager,
           GDBusMethodInvocation *invocation,
           GVariant *options,
           gpointer unused)
{
  g_dbus_method_invocation_return_dbus_error (
      invocation, "org.simhost.Host1.Error.Busy", "it looks already");
  return TRUE;
}

typedef struct
{
  gboolean done;
  GError *error;
} Answer;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer data)
{
  Answer *answer = data;
  GVariant *reply = sh_host_model_call_finish (SH_HOST_MODEL (source), result,
                                               &answer->error);

  g_clear_pointer (&reply, g_variant_unref);
  answer->done = TRUE;
}

static void
test_errors (Fixture *it, gconstpointer unused)
{
  Answer answer = { FALSE, NULL };

  g_signal_connect (it->manager, "handle-rescan", G_CALLBACK (on_rescan), NULL);
  own_name (it);
  WAIT (sh_host_model_get_state (it->model) == SH_HOST_PRESENT);
  sh_host_model_call (it->model, SH_HOST_ROOT, SH_HOST_MANAGER, "Rescan",
                      g_variant_new ("(a{sv})", NULL), NULL, NULL, on_answer,
                      &answer);
  WAIT (answer.done);
  g_assert_nonnull (answer.error);
  g_assert_cmpstr (answer.error->message, ==, "it looks already");
  g_clear_error (&answer.error);
}

static void
test_cannot_start (Fixture *it, gconstpointer unused)
{
  WAIT (sh_host_model_get_state (it->model) == SH_HOST_ABSENT);
  g_assert_cmpstr (sh_host_model_get_problem (it->model), ==, "");
  sh_host_model_start (it->model);
  g_assert_cmpint (sh_host_model_get_state (it->model), ==, SH_HOST_LOADING);
  WAIT (sh_host_model_get_state (it->model) == SH_HOST_ABSENT);
  g_assert_nonnull (
      strstr (sh_host_model_get_problem (it->model), SH_HOST_NAME));
  own_name (it);
  WAIT (sh_host_model_get_state (it->model) == SH_HOST_PRESENT);
  g_assert_cmpstr (sh_host_model_get_problem (it->model), ==, "");
}

static void
test_freed_while_loading (Fixture *it, gconstpointer unused)
{
  own_name (it);
  WAIT (sh_host_model_get_state (it->model) == SH_HOST_LOADING &&
        g_main_context_iteration (NULL, TRUE));
  g_clear_object (&it->model);
  it->model = sh_host_model_new (it->client);
  WAIT (sh_host_model_get_state (it->model) == SH_HOST_PRESENT);
}

#define ADD(path, function)                                                    \
  g_test_add (path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/monitor/host/comes-and-goes", test_comes_and_goes);
  ADD ("/monitor/host/run-is-listed-until-its-brain-is",
       test_run_without_brain);
  ADD ("/monitor/host/wrong-types-are-nothing", test_wrong_types);
  ADD ("/monitor/host/errors-are-the-daemons-words", test_errors);
  ADD ("/monitor/host/says-why-it-cannot-start", test_cannot_start);
  ADD ("/monitor/host/freed-while-loading", test_freed_while_loading);
  ADD ("/monitor/item/facts-are-for-people", test_facts);
  ADD ("/monitor/item/failure-is-said-without-the-path", test_failure);
  ADD ("/monitor/item/history-of-a-session", test_history);
  ADD ("/monitor/verbs/session-by-its-state", test_verbs);
  ADD ("/monitor/verbs/brain-in-training-can-be-stopped",
       test_brain_in_training);
  return g_test_run ();
}
