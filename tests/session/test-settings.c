/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Where a link connects to, and how a worker is told.
 */

#include <stdlib.h>
#include <string.h>

#include "sh-error.h"
#include "sh-worker-options.h"

static void
set (char **setting, const char *value)
{
  g_free (*setting);
  *setting = g_strdup (value);
}

static void
fill (ShLinkSettings *settings)
{
  sh_link_settings_init (settings);
  set (&settings->url, "http://127.0.0.1:8010");
  set (&settings->username, "alice");
  set (&settings->brain, "lift");
  set (&settings->access_key, "k3y");
}

static const struct
{
  const char *url, *expected;
} urls[] = {
  { "http://127.0.0.1:8010", "ws://127.0.0.1:8010/v1/alice/lift/sims/ws" },
  { "http://localhost", "ws://localhost/v1/alice/lift/sims/ws" },
  { "HTTPS://api.example.org", "wss://api.example.org/v1/alice/lift/sims/ws" },
  { "ws://h:1", "ws://h:1/v1/alice/lift/sims/ws" },
  { "wss://h:1/", "wss://h:1/v1/alice/lift/sims/ws" },
  /* A path is lost, as ever. */
  { "http://h/", "ws://h/v1/alice/lift/sims/ws" },
  { "http://h:7/prefix/more?x=1#y", "ws://h:7/v1/alice/lift/sims/ws" },
  { "http://[::1]:8010", "ws://[::1]:8010/v1/alice/lift/sims/ws" },
  { "http://user:secret@h", "ws://h/v1/alice/lift/sims/ws" },
};

static void
test_train (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      g_auto (ShLinkSettings) settings;
      g_autoptr (GUri) uri = NULL;
      g_autoptr (GError) error = NULL;
      g_autofree char *text = NULL;

      fill (&settings);
      set (&settings.url, urls[i].url);
      uri = sh_link_settings_build_uri (&settings, &error);
      g_assert_no_error (error);
      text = g_uri_to_string (uri);
      g_assert_cmpstr (text, ==, urls[i].expected);
    }
}

static const struct
{
  const char *username, *brain;
  guint version;
  const char *path;
} names[] = {
  { "alice", "lift", 0, "/v1/alice/lift/latest/predictions/ws" },
  { "alice", "lift", 3, "/v1/alice/lift/3/predictions/ws" },
  { "a@b.c", "x-1_y", 1, "/v1/a@b.c/x-1_y/1/predictions/ws" },
  { "a b", "../x?y#z%", 1, "/v1/a%20b/..%2Fx%3Fy%23z%25/1/predictions/ws" },
  { "\xc3\xa4", "lift", 1, "/v1/%C3%A4/lift/1/predictions/ws" },
};

static void
test_predict (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_auto (ShLinkSettings) settings;
      g_autoptr (GUri) uri = NULL;
      g_autoptr (GError) error = NULL;

      fill (&settings);
      set (&settings.username, names[i].username);
      set (&settings.brain, names[i].brain);
      settings.predict = TRUE;
      settings.version = names[i].version;
      uri = sh_link_settings_build_uri (&settings, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (g_uri_get_path (uri), ==, names[i].path);
    }
}

static const struct
{
  const char *url, *username, *brain, *key, *says;
} bad_settings[] = {
  { NULL, "alice", "lift", "k", "--url" },
  { "", "alice", "lift", "k", "--url" },
  { "http://h", NULL, "lift", "k", "--username" },
  { "http://h", "alice", NULL, "k", "--brain" },
  { "http://h", "alice", "", "k", "--brain" },
  { "http://h", "alice", "lift", NULL, "--accesskey" },
  { "http://h", "alice", "lift", "", "--accesskey" },
  { "http://h", "alice", "lift", "k\r\nX: y", "access key" },
  { "http://h", "alice", "lift", "k\xc3\xa4", "access key" },
  { "h:8010", "alice", "lift", "k", "'h:8010'" },
  { "127.0.0.1:8010", "alice", "lift", "k", "'127.0.0.1:8010'" },
  { "ftp://h", "alice", "lift", "k", "'ftp://h'" },
  { "http://", "alice", "lift", "k", "'http://'" },
  { "http:///x", "alice", "lift", "k", "'http:///x'" },
  { "http://h:99999", "alice", "lift", "k", "'http://h:99999'" },
  { "nonsense", "alice", "lift", "k", "'nonsense'" },
};

static void
test_bad (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_settings); i++)
    {
      g_auto (ShLinkSettings) settings;
      g_autoptr (GUri) uri = NULL;
      g_autoptr (GError) error = NULL;

      fill (&settings);
      set (&settings.url, bad_settings[i].url);
      set (&settings.username, bad_settings[i].username);
      set (&settings.brain, bad_settings[i].brain);
      set (&settings.access_key, bad_settings[i].key);
      uri = sh_link_settings_build_uri (&settings, &error);
      g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, bad_settings[i].says));
      g_assert_null (uri);
    }
}

/* What one process says, the other understands; the key is not in it. */
static void
test_worker_arguments (void)
{
  g_auto (ShWorkerOptions) options;
  g_auto (ShWorkerOptions) parsed;
  g_auto (GStrv) arguments = NULL;
  g_auto (GStrv) variables = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  sh_worker_options_init (&options);
  options.file = g_strdup ("/some where/--x=y.so");
  options.simulator = g_strdup ("lift");
  options.name = g_strdup ("");
  options.n_instances = 64;
  options.seed = G_MAXUINT64;
  options.first_episode = 12;
  sh_link_settings_clear (&options.link);
  fill (&options.link);
  options.link.own = TRUE;
  options.link.predict = TRUE;
  options.link.version = 7;
  options.link.retry_timeout = SH_LINK_DEFAULT_RETRY_TIMEOUT - 301;
  options.link.network_timeout = 5;

  arguments = sh_worker_options_to_arguments (&options);
  g_ptr_array_add (argv, (char *) "worker");
  for (char **argument = arguments; *argument != NULL; argument++)
    {
      g_assert_null (strstr (*argument, "k3y"));
      g_ptr_array_add (argv, *argument);
    }
  variables = sh_worker_options_to_variables (&options);
  g_assert_cmpstr (variables[0], ==, SH_ACCESS_KEY_VARIABLE "=k3y");
  g_assert_cmpstr (variables[1], ==, SH_PROXY_VARIABLE);
  g_assert_null (variables[2]);
  g_setenv (SH_ACCESS_KEY_VARIABLE, "k3y", TRUE);
  sh_worker_options_init (&parsed);
  g_assert_true (sh_worker_options_parse (&parsed, (int) argv->len,
                                          (char **) argv->pdata, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (parsed.file, ==, options.file);
  g_assert_cmpstr (parsed.simulator, ==, "lift");
  g_assert_cmpstr (parsed.name, ==, "");
  g_assert_cmpuint (parsed.n_instances, ==, 64);
  g_assert_cmpuint (parsed.seed, ==, G_MAXUINT64);
  g_assert_cmpuint (parsed.first_episode, ==, 12);
  g_assert_cmpstr (parsed.link.url, ==, options.link.url);
  g_assert_cmpstr (parsed.link.username, ==, "alice");
  g_assert_cmpstr (parsed.link.brain, ==, "lift");
  g_assert_cmpstr (parsed.link.access_key, ==, "k3y");
  g_assert_true (parsed.link.own);
  g_assert_true (parsed.link.predict);
  g_assert_cmpuint (parsed.link.version, ==, 7);
  g_assert_cmpint (parsed.link.retry_timeout, ==, -1);
  g_assert_cmpuint (parsed.link.network_timeout, ==, 5);
  /* A plugin does not find it. */
  g_assert_null (getenv (SH_ACCESS_KEY_VARIABLE));
}

static const struct
{
  const char *argument, *says;
} bad_arguments[] = {
  { "--instances=0", "0 instances" },
  { "--instances=1025", "1025 instances" },
  { "--instances=-1", "--instances=-1" },
  { "--instances=", "--instances=" },
  { "--seed=1x", "--seed=1x" },
  { "--seed=18446744073709551616", "--seed=18446744073709551616" },
  { "--predict=2", "--predict=2" },
  { "--unknown=2", "--unknown=2" },
  { "--seed", "--seed" },
  { "file", "'file'" },
};

static void
test_bad_worker_arguments (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bad_arguments); i++)
    {
      char *argv[] = { (char *) "worker", (char *) "--file=x",
                       (char *) "--simulator=y",
                       (char *) bad_arguments[i].argument, NULL };
      g_auto (ShWorkerOptions) options;
      g_autoptr (GError) error = NULL;

      sh_worker_options_init (&options);
      g_assert_false (sh_worker_options_parse (&options, 4, argv, &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
      g_assert_nonnull (strstr (error->message, bad_arguments[i].says));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/url/train", test_train);
  g_test_add_func ("/session/url/predict", test_predict);
  g_test_add_func ("/session/url/bad", test_bad);
  g_test_add_func ("/session/worker-arguments/round-trip",
                   test_worker_arguments);
  g_test_add_func ("/session/worker-arguments/bad", test_bad_worker_arguments);
  return g_test_run ();
}
