/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * What the monitor makes of numbers, curves, schemas and files.
 */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "sh-curriculum-file.h"
#include "sh-schema-text.h"
#include "sh-series.h"
#include "sh-tick.h"

#define NARROW "\xe2\x80\xaf"
#define MINUS "\xe2\x88\x92"

/* ---- ticks ---- */

static void
test_ticks (void)
{
  static const struct
  {
    double low, high;
    guint most, n;
    double first, step;
    const char *first_text, *last_text;
  } cases[] = {
    { 0, 100, 5, 6, 0, 20, "0", "100" },
    { -0.42, 0.42, 5, 5, -0.4, 0.2, MINUS "0.4", "0.4" },
    { 0, 12000, 6, 7, 0, 2000, "0", "12k" },
    { 0, 3e6, 4, 4, 0, 1e6, "0", "3M" },
    { 0, 1100, 3, 3, 0, 500, "0", "1000" },
    { 5e5, 1e6, 3, 3, 6e5, 2e5, "0.6M", "1.0M" },
    { 2e9, 2.0000003e9, 3, 4, 2e9, 100, "2000000000", "2000000300" },
    { 998, 1002, 4, 5, 998, 1, "998", "1002" },
    { 0.001, 0.0035, 5, 6, 0.001, 0.0005, "0.0010", "0.0035" },
    /* Where the step that fits has one tick only. */
    { 70, 600, 2, 3, 200, 200, "200", "600" },
    { 0.5, 9, 4, 4, 2, 2, "2", "8" },
    { 0.1, 1.9, 2, 3, 0.5, 0.5, "0.5", "1.5" },
    { -15, -2, 2, 3, -15, 5, MINUS "15", MINUS "5" },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double ticks[SH_TICKS_MAX], step, largest;
      guint n = sh_ticks (cases[i].low, cases[i].high, MAX (cases[i].most, 2),
                          ticks, &step);
      g_autofree char *first = NULL;
      g_autofree char *last = NULL;

      /* Both ends may be ticks. */
      g_assert_cmpuint (n, <=, cases[i].most + 1);
      g_assert_cmpuint (n, >=, 2);
      g_assert_cmpfloat_with_epsilon (step, cases[i].step, step * 1e-9);
      g_assert_cmpfloat_with_epsilon (ticks[0], cases[i].first, step * 1e-9);
      g_assert_cmpuint (n, ==, cases[i].n);
      largest = MAX (fabs (ticks[0]), fabs (ticks[n - 1]));
      first = sh_tick_text (ticks[0], step, largest);
      last = sh_tick_text (ticks[n - 1], step, largest);
      g_assert_cmpstr (first, ==, cases[i].first_text);
      g_assert_cmpstr (last, ==, cases[i].last_text);
    }
}

static void
test_ticks_of_nonsense (void)
{
  double ticks[SH_TICKS_MAX], step;

  g_assert_cmpuint (sh_ticks (0, 0, 5, ticks, &step), ==, 0);
  g_assert_cmpuint (sh_ticks (1, 0, 5, ticks, &step), ==, 0);
  g_assert_cmpuint (sh_ticks (NAN, 1, 5, ticks, &step), ==, 0);
  g_assert_cmpuint (sh_ticks (0, HUGE_VAL, 5, ticks, &step), ==, 0);
  g_assert_cmpuint (sh_ticks (0, 5e-324, 5, ticks, &step), <=, SH_TICKS_MAX);
  g_assert_cmpuint (sh_ticks (-1e308, 1e308, 5, ticks, &step), <=, 6);
}

static void
test_numbers (void)
{
  static const struct
  {
    double number;
    const char *text;
  } cases[] = {
    { 0, "0" },
    { 0.25, "0.25" },
    { -1.5, MINUS "1.5" },
    { 499.97, "500" },
    { 12345, "12" NARROW "345" },
    { -1234567, MINUS "1" NARROW "234" NARROW "567" },
    { 1e12, "1e+12" },
    { NAN, "\xe2\x80\x93" },
  };
  g_autofree char *count = sh_count_text (1234567890);
  guint i;

  g_assert_cmpstr (count, ==, "1" NARROW "234" NARROW "567" NARROW "890");
  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = sh_number_text (cases[i].number);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

static void
test_paths (void)
{
  static const struct
  {
    const char *path, *text;
  } cases[] = {
    { "/plugins/lift.so", "~/plugins/lift.so" },
    { "/", "~/" },
    /* Its neighbour. */
    { "-2/lift.so", NULL },
    { "", NULL },
  };
  const char *home = g_get_home_dir ();
  g_autofree char *elsewhere = sh_path_text ("/usr/lib/lift.so");
  g_autofree char *relative = sh_path_text ("lift.so");
  guint i;

  g_assert_cmpstr (elsewhere, ==, "/usr/lib/lift.so");
  g_assert_cmpstr (relative, ==, "lift.so");
  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat (home, cases[i].path, NULL);
      g_autofree char *text = sh_path_text (path);

      g_assert_cmpstr (text, ==, cases[i].text == NULL ? path : cases[i].text);
    }
}

/* ---- series ---- */

static void
test_line_is_thinned (void)
{
  g_autoptr (ShSeries) series = sh_series_new ();
  ShPoint last;
  guint i;

  for (i = 0; i < 10 * SH_SERIES_MAX; i++)
    {
      sh_series_add_line (series, i, 2.0 * i);
      sh_series_add_dot (series, i, i);
      g_assert_cmpuint (series->line->len, <=, SH_SERIES_MAX);
      g_assert_cmpuint (series->dots->len, <=, SH_SERIES_MAX);
    }
  g_assert_cmpuint (series->line->len, >=, SH_SERIES_MAX / 2);
  g_assert_true (sh_series_get_last (series, &last));
  g_assert_cmpfloat_with_epsilon (last.x, 10 * SH_SERIES_MAX - 1, 0.1);
  for (i = 1; i < series->line->len; i++)
    g_assert_true (g_array_index (series->line, ShPoint, i - 1).x <
                   g_array_index (series->line, ShPoint, i).x);
}

static void
test_line_begins_anew (void)
{
  g_autoptr (ShSeries) series = sh_series_new ();
  ShRange range;

  g_assert_false (sh_series_get_range (series, &range));
  sh_series_add_line (series, 10, 1);
  sh_series_add_line (series, 20, NAN);
  sh_series_add_line (series, 20, 2);
  sh_series_add_line (series, 20, 3);
  g_assert_cmpuint (series->line->len, ==, 2);
  g_assert_true (sh_series_get_range (series, &range));
  g_assert_cmpfloat (range.x_low, ==, 10);
  g_assert_cmpfloat (range.x_high, ==, 20);
  g_assert_true (range.y_low < 1 && range.y_high > 3);
  sh_series_add_line (series, 5, 1);
  g_assert_cmpuint (series->line->len, ==, 1);
  g_assert_true (sh_series_get_range (series, &range));
  g_assert_true (range.x_low < range.x_high && range.y_low < range.y_high);
}

static void
test_range_of_the_largest (void)
{
  g_autoptr (ShSeries) series = sh_series_new ();
  ShRange range;

  sh_series_add_line (series, 1, -1.7e308);
  sh_series_add_line (series, 2, 1.7e308);
  g_assert_true (sh_series_get_range (series, &range));
  g_assert_true (isfinite (range.y_high - range.y_low));
}

static void
test_curve (void)
{
  g_autoptr (GVariant) curve = g_variant_ref_sink (g_variant_new_parsed (
      "([(uint64 100, 20.0, nan), (200, nan, 0.5), (300, 60.0, 0.75)],"
      " [(uint64 250, 55.5)], [(uint64 300, 'balance')])"));
  g_autoptr (GVariant) other =
      g_variant_ref_sink (g_variant_new_parsed ("(['a'],)"));
  g_autoptr (ShSeries) mean = sh_series_new_from_curve (curve, FALSE);
  g_autoptr (ShSeries) success = sh_series_new_from_curve (curve, TRUE);
  g_autoptr (ShSeries) none = sh_series_new_from_curve (other, FALSE);
  ShPoint last;

  g_assert_cmpuint (mean->line->len, ==, 2);
  g_assert_cmpuint (mean->dots->len, ==, 1);
  g_assert_cmpuint (mean->marks->len, ==, 1);
  g_assert_cmpstr (g_array_index (mean->marks, ShMark, 0).name, ==, "balance");
  g_assert_cmpuint (success->line->len, ==, 2);
  g_assert_cmpuint (success->dots->len, ==, 0);
  g_assert_true (sh_series_get_last (success, &last));
  g_assert_cmpfloat (last.y, ==, 75);
  g_assert_true (sh_series_is_empty (none));
}

/* ---- schemas ---- */

static void
test_schema (void)
{
  static const char json[] =
      "{\"state\":{\"fields\":["
      "{\"name\":\"angle\",\"type\":\"float\",\"count\":1,\"min\":-0.5,"
      "\"max\":0.5,\"unit\":\"rad\",\"description\":\"of the pole\"},"
      "{\"name\":\"cells\",\"type\":\"double\",\"count\":9},"
      "{\"name\":\"command\",\"type\":\"int32\",\"count\":1,\"values\":["
      "{\"name\":\"left\",\"value\":0},{\"name\":\"right\",\"value\":1}]},"
      "17]},\"action\":[],\"config\":{\"fields\":{}}}";
  g_autoptr (GPtrArray) fields = sh_schema_fields_new (json, "state");
  const ShSchemaField *field;

  g_assert_cmpuint (fields->len, ==, 3);
  field = fields->pdata[0];
  g_assert_cmpstr (field->name, ==, "angle");
  g_assert_cmpstr (field->type, ==, "float, " MINUS "0.5 to 0.5 rad");
  g_assert_cmpstr (field->description, ==, "of the pole");
  field = fields->pdata[1];
  g_assert_cmpstr (field->type, ==, "double[9]");
  field = fields->pdata[2];
  g_assert_cmpstr (field->type, ==, "left or right");
}

static void
test_schema_is_nonsense (void)
{
  static const char *const texts[] = {
    "",
    "[",
    "17",
    "{\"state\":17}",
    "{\"state\":{\"fields\":17}}",
    "{\"action\":{}}",
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GPtrArray) fields = sh_schema_fields_new (texts[i], "state");

      g_assert_cmpuint (fields->len, ==, 0);
    }
}

/* ---- files ---- */

typedef struct
{
  GMainLoop *loop;
  char *text;
  GError *error;
} Reading;

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  Reading *reading = data;

  reading->text =
      sh_curriculum_file_read_finish (G_FILE (source), result, &reading->error);
  g_main_loop_quit (reading->loop);
}

/* The text, or NULL and what the error says. */
static char *
read_file (const char *path, char **said)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Reading reading = { loop, NULL, NULL };

  sh_curriculum_file_read (file, 1024, NULL, on_read, &reading);
  g_main_loop_run (loop);
  g_assert_true ((reading.text == NULL) == (reading.error != NULL));
  *said = reading.error == NULL ? NULL : g_strdup (reading.error->message);
  g_clear_error (&reading.error);
  return reading.text;
}

static void
test_files (void)
{
  static const struct
  {
    const char *text;
    gssize length;
    const char *said; /* NULL: it is read */
  } cases[] = {
    { "inkling \"2.0\"\n", -1, NULL },
    { "", -1, NULL },
    { "a\0b", 3, "UTF-8" },
    { "\xff\xfe", 2, "UTF-8" },
  };
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("simhost-XXXXXX", &error);
  g_autofree char *path = g_build_filename (folder, "lift.ink", NULL);
  char large[1025];
  guint i;

  g_assert_no_error (error);
  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = NULL;
      g_autofree char *said = NULL;

      g_assert_true (
          g_file_set_contents (path, cases[i].text, cases[i].length, NULL));
      text = read_file (path, &said);
      if (cases[i].said == NULL)
        g_assert_cmpstr (text, ==, cases[i].text);
      else
        g_assert_nonnull (strstr (said, cases[i].said));
    }
  memset (large, 'a', sizeof large);
  g_assert_true (g_file_set_contents (path, large, sizeof large, NULL));
  {
    g_autofree char *said = NULL;

    g_assert_null (read_file (path, &said));
    g_assert_nonnull (strstr (said, "lift.ink"));
    g_assert_nonnull (strstr (said, "1 KiB"));
  }
  g_assert_true (g_file_set_contents (path, large, sizeof large - 1, NULL));
  {
    g_autofree char *said = NULL;
    g_autofree char *text = read_file (path, &said);

    g_assert_cmpuint (strlen (text), ==, 1024);
  }
  g_remove (path);
  g_rmdir (folder);
}

static void
test_no_files (void)
{
  static const char *const paths[] = { "/dev/zero", "/nonexistent/lift.ink",
                                       "/" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autofree char *said = NULL;

      g_assert_null (read_file (paths[i], &said));
      g_assert_true (g_str_has_prefix (said, paths[i]));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/monitor/ticks/are-round-numbers", test_ticks);
  g_test_add_func ("/monitor/ticks/of-nonsense", test_ticks_of_nonsense);
  g_test_add_func ("/monitor/numbers/are-written-for-people", test_numbers);
  g_test_add_func ("/monitor/paths/home-is-short", test_paths);
  g_test_add_func ("/monitor/series/line-is-thinned", test_line_is_thinned);
  g_test_add_func ("/monitor/series/line-begins-anew", test_line_begins_anew);
  g_test_add_func ("/monitor/series/range-of-the-largest",
                   test_range_of_the_largest);
  g_test_add_func ("/monitor/series/curve-of-a-brain", test_curve);
  g_test_add_func ("/monitor/schema/fields-as-words", test_schema);
  g_test_add_func ("/monitor/schema/nonsense-has-no-fields",
                   test_schema_is_nonsense);
  g_test_add_func ("/monitor/curriculum/file-is-read-or-refused", test_files);
  g_test_add_func ("/monitor/curriculum/what-is-no-file", test_no_files);
  return g_test_run ();
}
