/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The table of a record: columns that come at different times, files that
 * change, and values of a plugin's own.
 */

#include <glib/gstdio.h>
#include <string.h>

#include "sh-error.h"
#include "sh-instance.h"
#include "sh-recorder.h"

typedef struct
{
  char *folder, *json, *csv, *other;
  ShRecorder *recorder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *suffix = data;
  g_autoptr (GError) error = NULL;

  fixture->folder = g_dir_make_tmp ("simhost-record-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->json = g_build_filename (fixture->folder, "a.json", NULL);
  fixture->csv = g_build_filename (fixture->folder, "a.csv", NULL);
  fixture->other = g_build_filename (fixture->folder, "b.csv", NULL);
  fixture->recorder = sh_recorder_new (
      strcmp (suffix, "json") == 0 ? fixture->json : fixture->csv, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sh_recorder_free (fixture->recorder);
  g_unlink (fixture->json);
  g_unlink (fixture->csv);
  g_unlink (fixture->other);
  g_rmdir (fixture->folder);
  g_free (fixture->json);
  g_free (fixture->csv);
  g_free (fixture->other);
  g_free (fixture->folder);
}

static void
set_number (ShRecorder *recorder, int column, double value)
{
  ShRecordCell cell = sh_record_cell_from_double (value);

  g_assert_cmpint (column, >=, 0);
  sh_recorder_set (recorder, (guint) column, &cell);
}

static void
write_row (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sh_recorder_write_row (fixture->recorder, &error));
  g_assert_no_error (error);
}

static void
assert_file (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
test_switch (Fixture *fixture, gconstpointer data)
{
  ShRecorder *recorder = fixture->recorder;
  int a = (int) sh_recorder_enable (recorder, NULL, "a");
  g_autoptr (GError) error = NULL;

  set_number (recorder, a, 1);
  write_row (fixture);
  g_assert_true (sh_recorder_set_path (recorder, fixture->other, &error));
  set_number (recorder, a, 2);
  write_row (fixture);
  g_assert_true (sh_recorder_set_path (recorder, fixture->json, &error));
  set_number (recorder, a, 3);
  write_row (fixture);
  g_assert_true (sh_recorder_set_path (recorder, fixture->csv, &error));
  set_number (recorder, a, 4);
  write_row (fixture);
  assert_file (fixture->csv, "a\r\n1.0\r\n4.0\r\n");
  assert_file (fixture->other, "a\r\n2.0\r\n");
  assert_file (fixture->json, "{\"a\": 3.0}\n");

  g_assert_false (sh_recorder_set_path (recorder, "x.txt", &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
  g_clear_error (&error);
  g_assert_false (sh_recorder_set_path (recorder, "/no/folder/x.csv", &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "no folder '/no/folder'"));
  set_number (recorder, a, 5);
  write_row (fixture);
  assert_file (fixture->csv, "a\r\n1.0\r\n4.0\r\n5.0\r\n");
}

/* A column of the engine's that comes late makes rows longer. */
static void
test_late (Fixture *fixture, gconstpointer data)
{
  ShRecorder *recorder = fixture->recorder;
  int a = (int) sh_recorder_enable (recorder, "state", "a");

  g_assert_cmpint (sh_recorder_enable (recorder, "state", "a"), ==, a);
  g_assert_cmpint (sh_recorder_find (recorder, "action", "a"), ==, -1);
  set_number (recorder, a, 1);
  write_row (fixture);
  set_number (recorder, (int) sh_recorder_enable (recorder, NULL, "b"), 2);
  write_row (fixture);
  if (strcmp (data, "csv") == 0)
    assert_file (fixture->csv, "state.a\r\n1.0\r\n,2.0\r\n");
  else
    assert_file (fixture->json,
                 "{\"state.a\": 1.0}\n{\"state.a\": null, \"b\": 2.0}\n");
}

static guint n_warnings;

static GLogWriterOutput
count_warnings (GLogLevelFlags level,
                const GLogField *fields,
                gsize n_fields,
                gpointer data)
{
  if (level & G_LOG_LEVEL_WARNING)
    {
      n_warnings++;
      return G_LOG_WRITER_HANDLED;
    }
  return g_log_writer_default (level, fields, n_fields, data);
}

static void
test_late_own (Fixture *fixture, gconstpointer data)
{
  ShRecorder *recorder = fixture->recorder;
  gboolean csv = strcmp (data, "csv") == 0;
  int early = sh_recorder_enable_own (recorder, "early"), late;

  n_warnings = 0;
  set_number (recorder, early, 1);
  write_row (fixture);
  g_assert_cmpint (sh_recorder_enable_own (recorder, "early"), ==, early);
  late = sh_recorder_enable_own (recorder, "late");
  g_assert_cmpint (late >= 0, ==, !csv);
  if (late >= 0)
    set_number (recorder, late, 2);
  g_assert_cmpint (sh_recorder_enable_own (recorder, "late") >= 0, ==, !csv);
  write_row (fixture);
  g_assert_cmpuint (n_warnings, ==, csv ? 1 : 0);
  if (csv)
    assert_file (fixture->csv, "early\r\n1.0\r\n\r\n");
  else
    assert_file (fixture->json,
                 "{\"early\": 1.0}\n{\"early\": null, \"late\": 2.0}\n");
}

static void
test_bad_keys (Fixture *fixture, gconstpointer data)
{
  ShRecorder *recorder = fixture->recorder;
  g_autofree char *at_most = g_strnfill (SH_RECORDER_MAX_KEY, 'x');
  g_autofree char *too_long = g_strnfill (SH_RECORDER_MAX_KEY + 1, 'x');

  n_warnings = 0;
  sh_recorder_enable (recorder, NULL, "reward");
  g_assert_cmpint (sh_recorder_enable_own (recorder, "reward"), ==, -1);
  g_assert_cmpint (sh_recorder_enable_own (recorder, ""), ==, -1);
  g_assert_cmpint (sh_recorder_enable_own (recorder, "\xff"), ==, -1);
  g_assert_cmpint (sh_recorder_enable_own (recorder, too_long), ==, -1);
  g_assert_cmpint (sh_recorder_enable_own (recorder, at_most), >=, 0);
  for (guint i = 1; i < SH_RECORDER_MAX_OWN; i++)
    {
      g_autofree char *key = g_strdup_printf ("k%u", i);

      g_assert_cmpint (sh_recorder_enable_own (recorder, key), >=, 0);
    }
  g_assert_cmpint (sh_recorder_enable_own (recorder, "more"), ==, -1);
  g_assert_cmpuint (n_warnings, ==, 1);
}

/* ---- a simulator that records ---- */

typedef struct
{
  double number;
} Values;

static const SimhostField fields[] = {
  SIMHOST_FIELD (Values, number, DOUBLE, "", ""),
};

static int32_t
create (const SimhostHost *host, void **self)
{
  *self = (void *) host;
  host->record (host, "too early", 1);
  return SIMHOST_OK;
}

static void
destroy (void *self)
{
}

static int32_t
reset (void *self, uint64_t seed)
{
  const SimhostHost *host = self;

  g_assert_cmpuint (host->struct_size, >=,
                    G_STRUCT_OFFSET (SimhostHost, record) +
                        sizeof host->record);
  host->record (host, "energy", 0.5);
  return SIMHOST_OK;
}

static int32_t
advance (void *self, const void *action)
{
  const SimhostHost *host = self;

  host->record (host, "energy", 1);
  host->record (host, "energy", 0.1);
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  return SIMHOST_OK;
}

static const SimhostSimulator recorded = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "recorded",
  .config = { .struct_size = sizeof (SimhostSchema), .name = "Config" },
  .action = SIMHOST_SCHEMA (Values, fields, NULL),
  .state = SIMHOST_SCHEMA (Values, fields, NULL),
  .create = create,
  .destroy = destroy,
  .reset = reset,
  .advance = advance,
  .get_state = get_state,
};

static void
test_plugin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShSchema) none = sh_schema_new_from_table (&recorded.config);
  g_autoptr (ShSchema) number = sh_schema_new_from_table (&recorded.state);
  g_autoptr (ShRecording) recording =
      sh_recording_new (fixture->recorder, &recorded, "r", FALSE);
  ShInstance *instance = sh_instance_new (&recorded, NULL, &error);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  gboolean terminal;
  Values values = { 0 };

  g_assert_no_error (error);
  sh_instance_set_recording (instance, recording);
  sh_recording_connect (recording);
  sh_recording_register (recording, none, number, number, 1);
  g_assert_true (sh_instance_reset (instance, 1, &error));
  g_assert_true (sh_instance_start (instance, &error));
  g_assert_true (sh_instance_observe (instance, &values, &terminal, &error));
  g_assert_true (sh_recording_started (recording, NULL, &values, &error));
  g_assert_true (sh_instance_advance (instance, &values, &error));
  g_assert_true (sh_instance_observe (instance, &values, &terminal, &error));
  g_assert_true (sh_recording_simulated (recording, NULL, 0, &values, &values,
                                         0, FALSE, &error));
  g_assert_true (sh_recording_simulated (recording, NULL, 0, &values, &values,
                                         0, FALSE, &error));
  sh_instance_free (instance);

  g_assert_true (g_file_get_contents (fixture->csv, &text, NULL, NULL));
  lines = g_strsplit (text, "\r\n", -1);
  g_assert_true (
      g_str_has_suffix (lines[0], ",statistics.iteration_rate,energy"));
  g_assert_true (g_str_has_suffix (lines[1], ",0.5"));
  g_assert_true (g_str_has_suffix (lines[2], ",0.1"));
  /* Nothing was recorded for this one. */
  g_assert_true (g_str_has_suffix (lines[3], ","));
}

int
main (int argc, char **argv)
{
  static const char *const suffixes[] = { "csv", "json" };

  g_test_init (&argc, &argv, NULL);
  g_log_set_writer_func (count_warnings, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *late =
          g_strconcat ("/record/late-column/", suffixes[i], NULL);
      g_autofree char *own =
          g_strconcat ("/record/own-values/late/", suffixes[i], NULL);

      g_test_add (late, Fixture, suffixes[i], set_up, test_late, tear_down);
      g_test_add (own, Fixture, suffixes[i], set_up, test_late_own, tear_down);
    }
  g_test_add ("/record/69-switch-of-file", Fixture, "csv", set_up, test_switch,
              tear_down);
  g_test_add ("/record/own-values/bad-keys", Fixture, "json", set_up,
              test_bad_keys, tear_down);
  g_test_add ("/record/own-values/of-a-plugin", Fixture, "csv", set_up,
              test_plugin, tear_down);
  return g_test_run ();
}
