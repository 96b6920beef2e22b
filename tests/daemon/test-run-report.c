/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What is known of a training by the lines that it tells.
 */

#include <math.h>

#include "sh-run-report.h"

#define STARTED                                                                \
  "{\"event\":\"started\",\"brain\":\"pole\",\"version\":3,\"simulator\":"     \
  "\"cartpole\",\"algorithm\":\"PPO\",\"seed\":4294967295,\"lessons\":"        \
  "[\"none\",\"one\",\"two\",\"three\"]}"

static void take (ShRunReport *report, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

static void
take (ShRunReport *report, const char *format, ...)
{
  g_autofree char *line = NULL;
  va_list values;

  va_start (values, format);
  line = g_strdup_vprintf (format, values);
  va_end (values);
  g_assert_true (sh_run_report_take (report, line));
}

static void
take_progress (ShRunReport *report, guint iterations, double mean)
{
  take (report,
        "{\"event\":\"progress\",\"lesson\":\"one\",\"iterations\":%u,"
        "\"episodes\":%u,\"mean_return\":%g,\"success_rate\":0.5,"
        "\"iterations_per_second\":250,\"seconds\":1}",
        iterations, iterations / 10, mean);
}

static void
test_story (void)
{
  g_auto (ShRunReport) report;

  sh_run_report_init (&report);
  g_assert_false (report.started);
  g_assert_true (isnan (report.mean_return));
  take (&report, STARTED);
  g_assert_true (report.started);
  g_assert_cmpstr (report.brain, ==, "pole");
  g_assert_cmpuint (report.version, ==, 3);
  g_assert_cmpuint (report.seed, ==, 4294967295u);
  g_assert_true (isnan (sh_run_report_get_progress (&report)));
  take_progress (&report, 1000, 20.5);
  g_assert_cmpfloat (sh_run_report_get_progress (&report), ==, 0.25);
  g_assert_cmpstr (report.lesson, ==, "one");
  g_assert_cmpuint (report.iterations, ==, 1000);
  g_assert_cmpuint (report.episodes, ==, 100);
  g_assert_cmpfloat (report.mean_return, ==, 20.5);
  g_assert_cmpfloat (report.iteration_rate, ==, 250);
  take (&report, "{\"event\":\"lesson\",\"lesson\":\"one\",\"reason\":"
                 "\"threshold\"}");
  take (&report, "{\"event\":\"finished\",\"brain\":\"pole\",\"version\":3,"
                 "\"reason\":\"curriculum-met\",\"iterations\":1200,"
                 "\"episodes\":130,\"mean_return\":null,\"seconds\":2}");
  g_assert_true (report.finished && report.saved);
  g_assert_cmpfloat (sh_run_report_get_progress (&report), ==, 1);
  g_assert_cmpstr (report.reason, ==, "curriculum-met");
  g_assert_cmpstr (report.message, ==, "");
  g_assert_cmpuint (report.iterations, ==, 1200);
  g_assert_cmpfloat (report.iteration_rate, ==, 0);
  g_assert_true (isnan (report.mean_return));
  g_assert_cmpuint (report.lessons->len, ==, 1);
}

static void
test_failed (void)
{
  g_auto (ShRunReport) report;

  sh_run_report_init (&report);
  take (&report, "{\"event\":\"finished\",\"brain\":\"pole\",\"version\":null,"
                 "\"reason\":\"failed\",\"message\":\"it broke\"}");
  g_assert_false (report.saved);
  g_assert_cmpstr (report.reason, ==, "failed");
  g_assert_cmpstr (report.message, ==, "it broke");
}

/* Nothing that it is told breaks it, or makes it forget what it knows. */
static void
test_nonsense (void)
{
  static const char *const useless[] = {
    "",
    "{",
    "[]",
    "null",
    "{\"event\":1}",
    "{\"event\":\"unknown\"}",
    "{\"brain\":\"pole\"}",
    "{\"event\":\"progress\",\"iterations\":1",
    "\xff\xfe",
  };
  static const char *const odd[] = {
    "{\"event\":\"started\",\"brain\":7,\"version\":\"x\",\"seed\":-1}",
    "{\"event\":\"started\",\"brain\":{},\"version\":[],\"seed\":1e300}",
    "{\"event\":\"progress\"}",
    "{\"event\":\"progress\",\"iterations\":-5,\"mean_return\":\"high\"}",
    "{\"event\":\"progress\",\"iterations_per_second\":null}",
    "{\"event\":\"lesson\"}",
    "{\"event\":\"lesson\",\"lesson\":null}",
    "{\"event\":\"started\",\"lessons\":{\"none\":1}}",
    "{\"event\":\"started\",\"lessons\":[null,1,[],{},true]}",
  };
  g_auto (ShRunReport) report;
  g_autoptr (GVariant) curve = NULL;

  sh_run_report_init (&report);
  take (&report, STARTED);
  for (gsize i = 0; i < G_N_ELEMENTS (useless); i++)
    g_assert_false (sh_run_report_take (&report, useless[i]));
  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    take (&report, "%s", odd[i]);
  g_assert_cmpstr (report.brain, ==, "pole");
  g_assert_cmpuint (report.version, ==, 3);
  g_assert_cmpuint (report.iterations, ==, 0);
  g_assert_true (isnan (report.mean_return));
  g_assert_cmpfloat (report.iteration_rate, ==, 0);
  curve = g_variant_ref_sink (sh_run_report_get_curve (&report));
  g_assert_true (g_variant_is_normal_form (curve));
}

/* However long it goes on, the curve spans all of it and stays small. */
static void
test_curve (void)
{
  g_auto (ShRunReport) report;

  sh_run_report_init (&report);
  for (guint i = 1; i <= 20000; i++)
    {
      g_autoptr (GVariant) curve = NULL;
      g_autoptr (GVariant) points = NULL;
      guint64 first, last, before = 0;
      gsize n;

      take_progress (&report, i * 10, i);
      if (i % 997 != 0)
        continue;
      curve = g_variant_ref_sink (sh_run_report_get_curve (&report));
      points = g_variant_get_child_value (curve, 0);
      n = g_variant_n_children (points);
      g_assert_cmpuint (n, >, MIN (i, SH_RUN_REPORT_MAX_POINTS / 2) - 2);
      g_assert_cmpuint (n, <=, SH_RUN_REPORT_MAX_POINTS);
      g_variant_get_child (points, 0, "(tdd)", &first, NULL, NULL);
      g_variant_get_child (points, n - 1, "(tdd)", &last, NULL, NULL);
      g_assert_cmpuint (first, <=, 10 * report.stride);
      g_assert_cmpuint (last + 10 * report.stride, >=, i * 10);
      for (gsize j = 0; j < n; j++)
        {
          guint64 iterations;
          double mean, success;

          g_variant_get_child (points, j, "(tdd)", &iterations, &mean,
                               &success);
          g_assert_cmpuint (iterations, >, before);
          g_assert_cmpfloat (mean * 10, ==, (double) iterations);
          g_assert_cmpfloat (success, ==, 0.5);
          before = iterations;
        }
    }
}

/* Each of several concepts is an equal part of it. */
static void
test_concepts (void)
{
  g_auto (ShRunReport) report;

  sh_run_report_init (&report);
  take (&report, "{\"event\":\"started\",\"brain\":\"team\",\"version\":1,"
                 "\"simulator\":\"one\",\"algorithm\":\"PPO\",\"seed\":1,"
                 "\"concept\":\"A\",\"concepts\":[\"A\",\"B\"],"
                 "\"lessons\":[\"one\",\"two\"]}");
  g_assert_cmpstr (report.concept, ==, "A");
  take (&report,
        "{\"event\":\"progress\",\"concept\":\"A\",\"lesson\":\"two\"}");
  g_assert_cmpfloat (sh_run_report_get_progress (&report), ==, 0.25);
  take (&report, "{\"event\":\"concept\",\"concept\":\"B\","
                 "\"concepts\":[\"A\",\"B\"],\"simulator\":\"two\","
                 "\"lessons\":[\"two\",\"three\"]}");
  g_assert_cmpstr (report.simulator, ==, "two");
  g_assert_cmpstr (report.brain, ==, "team");
  g_assert_cmpfloat (sh_run_report_get_progress (&report), ==, 0.5);
  take (&report,
        "{\"event\":\"progress\",\"concept\":\"B\",\"lesson\":\"three\"}");
  g_assert_cmpfloat (sh_run_report_get_progress (&report), ==, 0.75);
  take (&report, "{\"event\":\"finished\",\"brain\":\"team\",\"version\":1,"
                 "\"reason\":\"curriculum-met\"}");
  g_assert_cmpfloat (sh_run_report_get_progress (&report), ==, 1);
}

static void
test_many_lessons (void)
{
  g_auto (ShRunReport) report;

  sh_run_report_init (&report);
  for (guint i = 0; i < SH_RUN_REPORT_MAX_LESSONS + 100; i++)
    take (&report, "{\"event\":\"lesson\",\"lesson\":\"%u\"}", i);
  g_assert_cmpuint (report.lessons->len, ==, SH_RUN_REPORT_MAX_LESSONS);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/run-report/from-start-to-end", test_story);
  g_test_add_func ("/run-report/one-that-failed", test_failed);
  g_test_add_func ("/run-report/nonsense-changes-nothing", test_nonsense);
  g_test_add_func ("/run-report/curve-stays-small", test_curve);
  g_test_add_func ("/run-report/many-lessons", test_many_lessons);
  g_test_add_func ("/run-report/several-concepts", test_concepts);
  return g_test_run ();
}
