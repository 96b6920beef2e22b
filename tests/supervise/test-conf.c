/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * simhost.conf: what it says, and what is said of what is wrong in it.
 *
 *   test-supervise-conf MANUAL-PAGE
 */

#include <string.h>

#include <glib/gstdio.h>

#include "folder.h"
#include "logs.h"
#include "sh-conf-file.h"

static const ShUnitSettings *
get_session (const ShConfFile *file, guint i)
{
  g_assert_cmpuint (i, <, file->sessions->len);
  return file->sessions->pdata[i];
}

static const char *
get_warning (const ShConfFile *file, guint i)
{
  g_assert_cmpuint (i, <, file->warnings->len);
  return file->warnings->pdata[i];
}

static void
test_all_keys (void)
{
  g_autoptr (ShConfFile) file =
      sh_conf_file_parse ("/x", "# what runs here\n"
                                "[daemon]\n"
                                "metrics=127.0.0.1:9100\n"
                                "trainings=3\n"
                                "notifications=no\n"
                                "[engine]\n"
                                "autostart=true\n"
                                "listen=127.0.0.1:8011\n"
                                "accesskey=k3y\n"
                                "\n"
                                "[session left-pole]\n"
                                "simulator = cartpole\n"
                                "instances=16\n"
                                "engine=https://example.test:8000\n"
                                "username=alice\n"
                                "accesskey=other\n"
                                "brain=balance\n"
                                "mode=predict\n"
                                "version=7\n"
                                "autostart=no\n"
                                "restart=always\n"
                                "memory=512M\n"
                                "cpu-time=3600\n"
                                "nice=5\n"
                                "call-timeout=30\n"
                                "set=length=0.7;mass=2\n"
                                "seed=18446744073709551615\n"
                                "record=/tmp/rows.csv\n"
                                "[session cartpole]\n");
  const ShUnitSettings *session = get_session (file, 0);

  g_assert_cmpuint (file->warnings->len, ==, 0);
  g_assert_cmpstr (file->daemon.metrics, ==, "127.0.0.1:9100");
  g_assert_cmpuint (file->daemon.trainings, ==, 3);
  g_assert_false (file->daemon.notifications);
  g_assert_true (file->engine.autostart);
  g_assert_cmpstr (file->engine.listen, ==, "127.0.0.1:8011");
  g_assert_cmpstr (file->engine.access_key, ==, "k3y");
  g_assert_null (file->engine.url);
  g_assert_cmpuint (file->sessions->len, ==, 2);
  g_assert_cmpstr (session->name, ==, "left-pole");
  g_assert_cmpstr (session->simulator, ==, "cartpole");
  g_assert_cmpuint (session->n_instances, ==, 16);
  g_assert_cmpstr (session->engine, ==, "https://example.test:8000");
  g_assert_cmpstr (session->username, ==, "alice");
  g_assert_cmpstr (session->access_key, ==, "other");
  g_assert_cmpstr (session->brain, ==, "balance");
  g_assert_true (session->predict);
  g_assert_cmpuint (session->version, ==, 7);
  g_assert_false (session->autostart);
  g_assert_cmpint (session->restart, ==, SH_RESTART_ALWAYS);
  g_assert_cmpuint (session->limits.memory, ==, 512u * 1024 * 1024);
  g_assert_cmpuint (session->limits.cpu, ==, 3600);
  g_assert_cmpuint (session->limits.niceness, ==, 5);
  g_assert_cmpuint (session->call_deadline, ==, 30000);
  g_assert_cmpuint (g_strv_length (session->set), ==, 2);
  g_assert_cmpstr (session->set[1], ==, "mass=2");
  g_assert_true (session->has_seed);
  g_assert_cmpuint (session->seed, ==, G_MAXUINT64);
  g_assert_cmpstr (session->record, ==, "/tmp/rows.csv");

  /* All that it needs is its name. */
  session = get_session (file, 1);
  g_assert_cmpstr (session->simulator, ==, "cartpole");
  g_assert_true (session->autostart);
  g_assert_false (session->has_seed);
  g_assert_false (session->predict);
  g_assert_cmpint (session->restart, ==, SH_RESTART_ON_FAILURE);
}

/* A line of a file that is wrong, and what is said of it; the session "good"
 * below it is there all the same. */
static const struct
{
  const char *text, *warning;
} wrong[] = {
  { "nonsense", "/x:1: stands before any [group]" },
  { "[session a]\nnonsense", "/x:2: is no KEY=VALUE, [group] or # comment" },
  { "[session a", "/x:1: is no [group]" },
  { "[sesion a]", "/x:1: [sesion a] is no group of this file; there are "
                  "[session NAME], [engine] and [daemon]" },
  { "[session a]\ninstanses=2",
    "/x:2: [session a] instanses: is no key of this group; is 'instances' "
    "meant?" },
  { "[session a]\ninstances=0", "/x:2: [session a] instances: '0' is no whole "
                                "number from 1 to 1024" },
  { "[session a]\ninstances=1\ninstances=2",
    "/x:3: [session a] instances: stands there twice; this one counts" },
  { "[session a]\nautostart=maybe",
    "/x:2: [session a] autostart: 'maybe' is neither true nor false" },
  { "[session a]\nmode=play",
    "/x:2: [session a] mode: 'play' is neither train nor predict" },
  { "[session a]\nrestart=often", "/x:2: [session a] restart: 'often' is "
                                  "neither never, on-failure nor always" },
  { "[session a]\nmemory=lots", "/x:2: [session a] memory: 'lots' is no number "
                                "of bytes; write 512M or 2G" },
  { "[session a]\nmemory=99999999999999999G",
    "/x:2: [session a] memory: '99999999999999999G' is no number of bytes; "
    "write 512M or 2G" },
  { "[session a]\nnice=-5",
    "/x:2: [session a] nice: '-5' is no whole number from 0 to 19" },
  { "[session a]\nseed=x", "/x:2: [session a] seed: 'x' is no whole number" },
  { "[session a]\nversion=0", "/x:2: [session a] version: '0' is no whole "
                              "number from 1 to 2147483647" },
  { "[session a]\nversion=3", "/x:1: [session a] is left out: version: is for "
                              "mode 'predict' only" },
  { "[session a]\nmemory=1M",
    "/x:1: [session a] is left out: memory: 1048576 bytes, and a worker needs "
    "16777216 at least" },
  { "[session a]\nengine=example\naccesskey=k",
    "/x:1: [session a] is left out: engine: 'example' is no URL of an engine; "
    "write http://HOST:PORT or https://HOST" },
  { "[session a]\nengine=http://h:1",
    "/x:1: [session a] is left out: accesskey: the engine 'http://h:1' wants "
    "one; give it" },
  { "[session a]\naccesskey=k", "/x:1: [session a] is left out: accesskey: "
                                "belongs to an engine; name that too" },
  { "[session a]\nbrain=", "/x:1: [session a] is left out: brain: is empty" },
  { "[session a]\nsimulator=/tmp/x.so",
    "/x:1: [session a] is left out: simulator: '/tmp/x.so' is a path; write "
    "the simulator's name, and put its file into a plugin folder" },
  { "[session a]\nset=mass",
    "/x:1: [session a] is left out: set: 'mass' is not FIELD=VALUE" },
  { "[session a b]",
    "/x:1: [session a b] is left out: 'a b' is no name for a session: it has "
    "letters, digits, '_', '-' and '.', at most 64, and begins with a letter, "
    "a digit or '_'" },
  { "[engine]\nlisten=here", "/x:2: [engine] listen: 'here' is no HOST:PORT" },
  { "[engine]\nurl=http://h:1",
    "/x: [engine] url: is left out, as there is no accesskey for it" },
  { "[daemon]\ntrainings=1000",
    "/x:2: [daemon] trainings: '1000' is no whole number from 1 to 64" },
};

static void
test_warnings (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autofree char *text =
          g_strconcat (wrong[i].text, "\n[session good]\ninstances=3\n", NULL);
      g_autoptr (ShConfFile) file = sh_conf_file_parse ("/x", text);
      const ShUnitSettings *good = get_session (file, file->sessions->len - 1);

      g_assert_cmpstr (get_warning (file, 0), ==, wrong[i].warning);
      g_assert_cmpuint (file->warnings->len, ==, 1);
      g_assert_cmpstr (good->name, ==, "good");
      g_assert_cmpuint (good->n_instances, ==, 3);
      /* What is wrong has no effect. */
      if (file->sessions->len == 2)
        {
          g_assert_cmpuint (get_session (file, 0)->limits.memory, ==, 0);
          g_assert_false (get_session (file, 0)->has_seed);
        }
    }
}

static void
test_many (void)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (ShConfFile) file = NULL;

  for (guint i = 0; i < SH_CONF_FILE_MAX_SESSIONS + 300; i++)
    g_string_append_printf (text, "[session s%u]\n", i);
  file = sh_conf_file_parse ("/x", text->str);
  g_assert_cmpuint (file->sessions->len, ==, SH_CONF_FILE_MAX_SESSIONS);
  g_assert_cmpuint (file->warnings->len, ==, SH_CONF_FILE_MAX_WARNINGS);
}

static void
test_files (void)
{
  char *folder = folder_new ();
  g_autofree char *path = g_build_filename (folder, "simhost.conf", NULL);
  g_autofree char *expected = NULL;
  ShConfFile *file = sh_conf_file_load (path);

  g_assert_cmpuint (file->warnings->len, ==, 0);
  g_assert_cmpuint (file->sessions->len, ==, 0);
  sh_conf_file_free (file);

  g_assert_true (g_file_set_contents (
      path, "[session a]\nengine=http://h:1\naccesskey=k\n", -1, NULL));
  g_assert_cmpint (g_chmod (path, 0600), ==, 0);
  file = sh_conf_file_load (path);
  g_assert_cmpuint (file->warnings->len, ==, 0);
  g_assert_cmpuint (file->sessions->len, ==, 1);
  sh_conf_file_free (file);

  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  file = sh_conf_file_load (path);
  expected = g_strconcat (path,
                          ": has an access key, and others can read it: "
                          "chmod 600 keeps it secret",
                          NULL);
  g_assert_cmpstr (get_warning (file, 0), ==, expected);
  sh_conf_file_free (file);

  g_assert_true (g_file_set_contents (path, "\xff\xfe", -1, NULL));
  file = sh_conf_file_load (path);
  g_assert_cmpuint (file->warnings->len, ==, 1);
  sh_conf_file_free (file);

  /* A folder is no file. */
  file = sh_conf_file_load (folder);
  g_assert_cmpuint (file->warnings->len, ==, 1);
  sh_conf_file_free (file);
  folder_free (folder);
}

static const char *manual;

/* What the manual says there is. */
static void
test_manual (void)
{
  static const char *const sections[][2] = { { ".SH SESSIONS", "session x" },
                                             { ".SH ENGINE", "engine" },
                                             { ".SH DAEMON", "daemon" } };
  g_autofree char *page = NULL;
  g_auto (GStrv) lines = NULL;
  const char *group = NULL;
  guint n_keys = 0;

  g_assert_true (g_file_get_contents (manual, &page, NULL, NULL));
  lines = g_strsplit (page, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    {
      if (g_str_has_prefix (lines[i], ".SH "))
        group = NULL;
      for (guint k = 0; k < G_N_ELEMENTS (sections); k++)
        if (strcmp (lines[i], sections[k][0]) == 0)
          group = sections[k][1];
      if (group != NULL && i > 0 && strcmp (lines[i - 1], ".TP") == 0 &&
          strchr (lines[i], '=') != NULL)
        {
          gsize length = strcspn (lines[i] + 4, "=");
          g_autofree char *text = g_strdup_printf ("[%s]\n%.*s=\n", group,
                                                   (int) length, lines[i] + 4);
          g_autoptr (ShConfFile) file = sh_conf_file_parse ("/x", text);

          n_keys++;
          for (guint w = 0; w < file->warnings->len; w++)
            g_assert_null (strstr (get_warning (file, w), "is no key"));
        }
    }
  g_assert_cmpuint (n_keys, ==, 17 + 4 + 3);
}

static void
on_changed (gpointer data)
{
  ++*(guint *) data;
}

static void
wait_for_change (guint *n_changes)
{
  guint before = *n_changes;

  while (*n_changes == before)
    g_main_context_iteration (NULL, TRUE);
}

/* Written anew, replaced as editors do it, and removed. */
static void
test_watch (void)
{
  char *folder = folder_new ();
  g_autofree char *path = g_build_filename (folder, "simhost.conf", NULL);
  g_autofree char *other = g_build_filename (folder, "other", NULL);
  guint n_changes = 0;
  ShConfWatch *watch = sh_conf_watch_new (path, on_changed, &n_changes);

  g_assert_true (g_file_set_contents_full (
      path, "[daemon]\n", -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  wait_for_change (&n_changes);
  g_assert_true (g_file_set_contents (other, "[engine]\n", -1, NULL));
  g_assert_cmpint (g_rename (other, path), ==, 0);
  wait_for_change (&n_changes);
  g_assert_cmpint (g_remove (path), ==, 0);
  wait_for_change (&n_changes);
  sh_conf_watch_free (watch);
  folder_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  logs_keep ();
  manual = argv[1];

  g_test_add_func ("/conf/all-keys", test_all_keys);
  g_test_add_func ("/conf/what-is-wrong-is-told", test_warnings);
  g_test_add_func ("/conf/many", test_many);
  g_test_add_func ("/conf/manual-has-all-keys", test_manual);
  g_test_add_func ("/conf/files", test_files);
  g_test_add_func ("/conf/watch", test_watch);
  return g_test_run ();
}
