/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The line at a terminal: its curve, and what fits.
 */

#include <math.h>
#include <string.h>

#include "status-line.h"

static char *
draw (const ShCurve *curve, guint width, gboolean blocks)
{
  GString *text = g_string_new (NULL);

  sh_curve_draw (curve, width, blocks, text);
  return g_string_free (text, FALSE);
}

static void
assert_drawn (const ShCurve *curve,
              guint width,
              gboolean blocks,
              const char *expected)
{
  g_autofree char *drawn = draw (curve, width, blocks);

  g_assert_cmpstr (drawn, ==, expected);
}

static void
test_heights (void)
{
  ShCurve curve = { 0 };

  assert_drawn (&curve, 24, TRUE, "");
  sh_curve_add (&curve, 0);
  assert_drawn (&curve, 24, TRUE, "");
  for (guint i = 1; i < 8; i++)
    sh_curve_add (&curve, i);
  assert_drawn (&curve, 24, TRUE, "▁▂▃▄▅▆▇█");
  assert_drawn (&curve, 24, FALSE, "_.-=+*%#");
  assert_drawn (&curve, 4, TRUE, "▁▃▆█");
  assert_drawn (&curve, 1, TRUE, "");
  assert_drawn (&curve, 0, TRUE, "");
}

static void
test_odd_numbers (void)
{
  ShCurve curve = { 0 };

  sh_curve_add (&curve, NAN);
  sh_curve_add (&curve, INFINITY);
  sh_curve_add (&curve, -INFINITY);
  g_assert_cmpuint (curve.n_points, ==, 0);
  sh_curve_add (&curve, 5);
  sh_curve_add (&curve, 5);
  assert_drawn (&curve, 24, TRUE, "▁▁");
  sh_curve_add (&curve, G_MAXDOUBLE);
  sh_curve_add (&curve, -G_MAXDOUBLE);
  assert_drawn (&curve, 24, TRUE, "▅▅█▁");
}

/* However many numbers come, the curve of a line is a line. */
static void
test_many (void)
{
  for (guint n = 100; n < 100000; n *= 7)
    {
      ShCurve curve = { 0 };

      for (guint i = 0; i < n; i++)
        sh_curve_add (&curve, i);
      g_assert_cmpuint (curve.n_points, <=, SH_CURVE_MAX_POINTS);
      assert_drawn (&curve, 8, TRUE, "▁▂▃▄▅▆▇█");
    }
}

static const ShRunProgress progress = {
  .lesson = "balance",
  .iterations = 56832,
  .episodes = 183,
  .mean_return = 476.444,
  .best_mean_return = NAN,
  .iterations_per_second = 149321,
  .seconds = 0.38,
};

static void
test_whole (void)
{
  ShStatusStyle style = { 100, FALSE, FALSE };
  ShCurve curve = { 0 };
  g_autofree char *without = NULL;
  g_autofree char *with = NULL;

  without = sh_status_line_new (&progress, &curve, &style);
  g_assert_cmpstr (without, ==,
                   "balance: 56832 iterations, 183 episodes, "
                   "mean return 476.44, 149k/s, 0.4 s");
  sh_curve_add (&curve, 1);
  sh_curve_add (&curve, 2);
  style.colours = TRUE;
  with = sh_status_line_new (&progress, &curve, &style);
  g_assert_cmpstr (with, ==,
                   "balance: 56832 iterations, 183 episodes, "
                   "mean return 476.44, 149k/s, 0.4 s [36m_#[0m");
}

/* In each width something that fits, and more in a wider one. */
static void
test_widths (void)
{
  ShCurve curve = { 0 };
  glong last = 0;

  for (guint i = 0; i < 30; i++)
    sh_curve_add (&curve, i);
  for (guint width = 1; width < 130; width++)
    {
      const ShStatusStyle style = { width, TRUE, FALSE };
      g_autofree char *line = sh_status_line_new (&progress, &curve, &style);
      glong length = g_utf8_strlen (line, -1);

      g_assert_cmpint (length, <=, width - 1);
      g_assert_cmpint (length, >=, last);
      g_assert_true (width < 20 || strstr (line, "476.44") != NULL);
      last = length;
    }
  g_assert_cmpint (last, ==, 24 + 1 + 74);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/curve/heights", test_heights);
  g_test_add_func ("/curve/odd-numbers", test_odd_numbers);
  g_test_add_func ("/curve/many-numbers", test_many);
  g_test_add_func ("/status/whole-line", test_whole);
  g_test_add_func ("/status/every-width", test_widths);
  return g_test_run ();
}
