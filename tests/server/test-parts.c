/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Paths, access keys, and work put off to the end of a turn.
 */

#include <glib.h>

#include "sh-access.h"
#include "sh-error.h"
#include "sh-route.h"
#include "sh-turn.h"

typedef struct
{
  const char *path;
  ShRouteKind kind;
  const char *user, *brain;
  guint version;
} RouteCase;

static const RouteCase route_cases[] = {
  { "/metrics", SH_ROUTE_PROMETHEUS, NULL, NULL, 0 },
  { "/metrics/x", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice", SH_ROUTE_USER, "alice", NULL, 0 },
  { "/v1/alice/", SH_ROUTE_USER, "alice", NULL, 0 },
  { "/v1/alice/lift", SH_ROUTE_BRAIN, "alice", "lift", 0 },
  { "/v1/alice/lift/", SH_ROUTE_BRAIN, "alice", "lift", 0 },
  { "/v1/alice/lift/status", SH_ROUTE_STATUS, "alice", "lift", 0 },
  { "/v1/alice/lift/sims", SH_ROUTE_SIMS, "alice", "lift", 0 },
  { "/v1/alice/lift/sims/ws", SH_ROUTE_TRAIN, "alice", "lift", 0 },
  { "/v1/alice/lift/latest/predictions/ws", SH_ROUTE_PREDICT, "alice", "lift",
    0 },
  { "/v1/alice/lift/0/predictions/ws", SH_ROUTE_PREDICT, "alice", "lift", 0 },
  { "/v1/alice/lift/12/predictions/ws", SH_ROUTE_PREDICT, "alice", "lift", 12 },
  { "/v1/a%20b/%6cift", SH_ROUTE_BRAIN, "a b", "lift", 0 },
  { "/v1/alice/a%2fb", SH_ROUTE_BRAIN, "alice", "a/b", 0 },
  { "/v1/alice/status", SH_ROUTE_BRAIN, "alice", "status", 0 },
  { "/v1/alice/lift/None/predictions/ws", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice/lift/-1/predictions/ws", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice/lift/1.0/predictions/ws", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice/lift/99999999999/predictions/ws", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice/lift//predictions/ws", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice/lift/predictions/ws", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice/lift/metrics", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice/lift/sims/ws/more", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/a/b/c/d/e/f/g/h/i/j/k", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1//lift", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v2/alice", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/V1/alice", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice/%ff", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice/%00", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/v1/alice/%zz", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "/", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "", SH_ROUTE_NONE, NULL, NULL, 0 },
  { "*", SH_ROUTE_NONE, NULL, NULL, 0 },
};

static void
test_route (gconstpointer data)
{
  const RouteCase *c = data;
  g_auto (ShRoute) route = { 0 };

  sh_route_parse (c->path, &route);
  g_assert_cmpint ((int) route.kind, ==, (int) c->kind);
  g_assert_cmpstr (route.user, ==, c->user);
  g_assert_cmpstr (route.brain, ==, c->brain);
  g_assert_cmpuint (route.version, ==, c->version);
}

static void
test_access_check (void)
{
  g_autoptr (ShAccess) access = sh_access_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (sh_access_check (access, ""));
  g_assert_true (sh_access_add_key (access, "first", &error));
  g_assert_true (sh_access_add_key (access, "second-key", &error));
  g_assert_no_error (error);

  g_assert_true (sh_access_check (access, "first"));
  g_assert_true (sh_access_check (access, "second-key"));
  g_assert_false (sh_access_check (access, NULL));
  g_assert_false (sh_access_check (access, ""));
  g_assert_false (sh_access_check (access, "firs"));
  g_assert_false (sh_access_check (access, "first "));
  g_assert_false (sh_access_check (access, "FIRST"));
  g_assert_false (sh_access_check (access, "Bearer first"));
}

static void
test_access_bad_keys (void)
{
  g_autoptr (ShAccess) access = sh_access_new ();
  g_autofree char *longest = g_strnfill (SH_ACCESS_MAX_KEY, 'k');
  g_autofree char *too_long = g_strnfill (SH_ACCESS_MAX_KEY + 1, 'k');
  const char *const bad[] = { "", "two words", "line\nfeed", "\xc3\xa9",
                              too_long };

  g_assert_true (sh_access_add_key (access, longest, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sh_access_add_key (access, bad[i], &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
      g_assert_false (sh_access_check (access, bad[i]));
    }
}

static void
test_access_generated (void)
{
  g_autoptr (ShAccess) access = sh_access_new ();
  g_autofree char *one = sh_access_generate_key (NULL);
  g_autofree char *two = sh_access_generate_key (NULL);

  g_assert_cmpuint (strlen (one), ==, 32);
  g_assert_cmpstr (one, !=, two);
  g_assert_true (sh_access_add_key (access, one, NULL));
  g_assert_true (sh_access_check (access, one));
  g_assert_false (sh_access_check (access, two));
}

typedef struct
{
  ShTurn *turn;
  guint n_calls;
  guint n_again; /* requests to make from within */
} TurnData;

static void
on_turn (gpointer user)
{
  TurnData *data = user;

  data->n_calls++;
  if (data->n_again > 0)
    {
      data->n_again--;
      sh_turn_request (data->turn);
    }
}

static void
run_dry (void)
{
  for (guint i = 0; i < 100; i++)
    g_main_context_iteration (NULL, FALSE);
}

static void
test_turn_once (void)
{
  TurnData data = { 0 };

  data.turn = sh_turn_new (on_turn, &data);
  run_dry ();
  g_assert_cmpuint (data.n_calls, ==, 0);
  sh_turn_request (data.turn);
  sh_turn_request (data.turn);
  g_assert_cmpuint (data.n_calls, ==, 0);
  run_dry ();
  g_assert_cmpuint (data.n_calls, ==, 1);
  data.n_again = 2;
  sh_turn_request (data.turn);
  run_dry ();
  g_assert_cmpuint (data.n_calls, ==, 4);
  sh_turn_free (data.turn);
}

static gboolean
request_more (gpointer user)
{
  sh_turn_request (((TurnData *) user)->turn);
  return G_SOURCE_CONTINUE;
}

/* Somebody who never stops cannot put the work off for ever. */
static void
test_turn_not_for_ever (void)
{
  TurnData data = { 0 };
  guint source;

  data.turn = sh_turn_new (on_turn, &data);
  source = g_idle_add_full (G_PRIORITY_DEFAULT, request_more, &data, NULL);
  run_dry ();
  g_assert_cmpuint (data.n_calls, >, 5);
  g_source_remove (source);
  sh_turn_free (data.turn);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (route_cases); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/server/route/%u:%s", i, route_cases[i].path);

      /* A test's path may not end in a slash. */
      for (char *c = path + strlen ("/server/route/"); *c != '\0'; c++)
        if (*c == '/')
          *c = '|';
      g_test_add_data_func (path, &route_cases[i], test_route);
    }
  g_test_add_func ("/server/access/check", test_access_check);
  g_test_add_func ("/server/access/bad-keys", test_access_bad_keys);
  g_test_add_func ("/server/access/generated", test_access_generated);
  g_test_add_func ("/server/turn/once-for-all", test_turn_once);
  g_test_add_func ("/server/turn/not-for-ever", test_turn_not_for_ever);
  return g_test_run ();
}
