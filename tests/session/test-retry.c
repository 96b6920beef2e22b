/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * When to connect again and when to start again, by a clock and a random
 * source that the test sets.
 */

#include <math.h>

#include "sh-restarts.h"
#include "sh-retry.h"

typedef struct
{
  gint64 now;
  double random;
} World;

static gint64
world_now (gpointer user_data)
{
  return ((World *) user_data)->now;
}

static double
world_random (gpointer user_data)
{
  return ((World *) user_data)->random;
}

#define SOURCE(WORLD)                                                          \
  {                                                                            \
    world_now, world_random, (WORLD)                                           \
  }

static const double almost_one = 1.0 - 1e-12;

static double
seconds (gint64 microseconds)
{
  return (double) microseconds / G_USEC_PER_SEC;
}

static void
assert_delay (ShRetry *retry, double expected)
{
  gint64 delay;
  gboolean expired;

  g_assert_true (sh_retry_next (retry, &delay, &expired));
  g_assert_cmpfloat_with_epsilon (seconds (delay), expected, 1e-5);
}

static void
assert_over (ShRetry *retry, gboolean expect_expired)
{
  gint64 delay;
  gboolean expired;

  g_assert_false (sh_retry_next (retry, &delay, &expired));
  g_assert_cmpint (expired, ==, expect_expired);
}

/* Upper bounds of the waits, attempt by attempt. */
static const double bounds[] = { 0,   0.1,  0.2,  0.4,  0.8,  1.6, 3.2,
                                 6.4, 12.8, 25.6, 51.2, 60.0, 60.0 };

static void
test_bounds (void)
{
  World world = { .now = 5, .random = almost_one };
  const ShRetrySource source = SOURCE (&world);
  ShRetry retry;

  sh_retry_init (&retry, SH_RETRY_FOREVER, &source);
  for (gsize i = 0; i < G_N_ELEMENTS (bounds); i++)
    assert_delay (&retry, bounds[i]);
  for (guint i = 0; i < 100; i++)
    assert_delay (&retry, 60.0);

  /* Somewhere between nothing and the bound. */
  world.random = 0.0;
  assert_delay (&retry, 0.0);
  world.random = 0.25;
  assert_delay (&retry, 15.0);
}

static void
test_never (void)
{
  World world = { 0 };
  const ShRetrySource source = SOURCE (&world);
  ShRetry retry;

  /* The first attempt failed. */
  sh_retry_init (&retry, SH_RETRY_NEVER, &source);
  assert_delay (&retry, 0.0);
  assert_over (&retry, FALSE);

  /* It succeeded, and the connection was lost. */
  sh_retry_init (&retry, SH_RETRY_NEVER, &source);
  assert_delay (&retry, 0.0);
  sh_retry_connected (&retry);
  world.now = 100 * G_USEC_PER_SEC;
  sh_retry_lost (&retry);
  assert_over (&retry, FALSE);
}

static void
test_forever (void)
{
  World world = { .random = almost_one };
  const ShRetrySource source = SOURCE (&world);
  ShRetry retry;

  sh_retry_init (&retry, SH_RETRY_FOREVER, &source);
  for (guint year = 0; year < 100; year++)
    {
      world.now += G_TIME_SPAN_DAY * 365;
      assert_delay (&retry, bounds[MIN (year, G_N_ELEMENTS (bounds) - 1)]);
    }
}

/* The deadline starts with attempt 2, and attempt 3 is the first to look. */
static void
test_deadline (void)
{
  static const int timeouts[] = { 1, 300 };

  for (gsize i = 0; i < G_N_ELEMENTS (timeouts); i++)
    {
      gint64 span = timeouts[i] * G_USEC_PER_SEC;
      World world = { .now = 1000, .random = 0.0 };
      const ShRetrySource source = SOURCE (&world);
      ShRetry retry;

      sh_retry_init (&retry, timeouts[i], &source);
      assert_delay (&retry, 0.0);
      world.now += 10 * span; /* attempt 1 took its time: that counts not */
      assert_delay (&retry, 0.0);
      world.now += span; /* the deadline itself is still good */
      assert_delay (&retry, 0.0);
      world.now += 1;
      assert_over (&retry, TRUE);
    }
}

static void
test_success_clears_deadline (void)
{
  World world = { .random = almost_one };
  const ShRetrySource source = SOURCE (&world);
  ShRetry retry;

  sh_retry_init (&retry, 10, &source);
  assert_delay (&retry, 0.0);
  assert_delay (&retry, 0.1);
  assert_delay (&retry, 0.2);
  sh_retry_connected (&retry);
  world.now += (gint64) 3600 * G_USEC_PER_SEC;
  sh_retry_lost (&retry);
  /* As at the start: at once, then with a new deadline. */
  assert_delay (&retry, 0.0);
  assert_delay (&retry, 0.1);
  world.now += 9 * G_USEC_PER_SEC;
  assert_delay (&retry, 0.2);
  world.now += 2 * G_USEC_PER_SEC;
  assert_over (&retry, TRUE);
}

static void
lose_after (World *world, ShRetry *retry, gint64 lifetime)
{
  sh_retry_connected (retry);
  world->now += lifetime;
  sh_retry_lost (retry);
}

/* An engine that drops every connection at once is not called in a busy loop;
 * one connection that lasts makes that forgotten. */
static void
test_short_lived (void)
{
  World world = { .random = almost_one };
  const ShRetrySource source = SOURCE (&world);
  ShRetry retry;

  sh_retry_init (&retry, 300, &source);
  assert_delay (&retry, 0.0);
  for (guint i = 0; i < SH_RETRY_SHORT_LIVED; i++)
    {
      lose_after (&world, &retry, 1000);
      assert_delay (&retry, 0.0);
    }
  for (guint i = 0; i < 50; i++)
    {
      lose_after (&world, &retry, 1000);
      assert_delay (&retry, 0.5);
    }
  lose_after (&world, &retry, 2 * G_USEC_PER_SEC);
  assert_delay (&retry, 0.0);
}

static void
test_restarts_back_off (void)
{
  World world = { .random = almost_one };
  const ShRetrySource source = SOURCE (&world);
  ShRestarts restarts;
  gint64 delay;

  sh_restarts_init (&restarts, &source);
  for (guint i = 0; i + 1 < SH_RESTARTS_MAX_DEATHS; i++)
    {
      world.random = almost_one;
      g_assert_true (sh_restarts_died (&restarts, &delay));
      g_assert_cmpfloat_with_epsilon (seconds (delay), ldexp (0.1, (int) i),
                                      1e-5);
      world.now += G_USEC_PER_SEC;
    }
  g_assert_false (sh_restarts_died (&restarts, &delay));
}

static void
test_restarts_jitter (void)
{
  World world = { .random = 0.0 };
  const ShRetrySource source = SOURCE (&world);
  ShRestarts restarts;
  gint64 delay;

  sh_restarts_init (&restarts, &source);
  g_assert_true (sh_restarts_died (&restarts, &delay));
  g_assert_cmpfloat_with_epsilon (seconds (delay), 0.05, 1e-5);
}

/* Deaths that are a minute old do not count. */
static void
test_restarts_window (void)
{
  World world = { .now = 1, .random = almost_one };
  const ShRetrySource source = SOURCE (&world);
  ShRestarts restarts;
  gint64 delay;

  sh_restarts_init (&restarts, &source);
  for (guint i = 0; i < 1000; i++)
    {
      g_assert_true (sh_restarts_died (&restarts, &delay));
      world.now += (SH_RESTARTS_WINDOW / 4 + 1) * G_USEC_PER_SEC;
    }
  g_assert_cmpfloat_with_epsilon (seconds (delay), 0.8, 1e-5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/session/retry/52-back-off-within-bounds", test_bounds);
  g_test_add_func ("/session/retry/52-never", test_never);
  g_test_add_func ("/session/retry/52-forever", test_forever);
  g_test_add_func ("/session/retry/52-deadline", test_deadline);
  g_test_add_func ("/session/retry/54-success-clears-deadline",
                   test_success_clears_deadline);
  g_test_add_func ("/session/retry/52-short-lived", test_short_lived);
  g_test_add_func ("/session/restarts/back-off", test_restarts_back_off);
  g_test_add_func ("/session/restarts/jitter", test_restarts_jitter);
  g_test_add_func ("/session/restarts/window", test_restarts_window);
  return g_test_run ();
}
