/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the catalog finds, and what it remembers. Probes are real ones.
 *
 *   test-host-catalog FOLDER-OF-BAD-PLUGINS GOOD EVERYTHING
 */

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "folder.h"
#include "sh-catalog.h"
#include "sh-error.h"
#include "sh-field-type.h"
#include "sh-plugin.h"

static const char *bad_folder, *good, *everything;

typedef struct
{
  char *home; /* the user's plugins */
  char *first, *second; /* folders of the plugin path */
  char *log; /* a byte for each load of `everything` */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;

  fixture->home = folder_new ();
  fixture->first = folder_new ();
  fixture->second = folder_new ();
  fixture->log = g_build_filename (fixture->home, "log", NULL);
  path = g_strdup_printf ("%s::%s:%s", fixture->first, fixture->second,
                          fixture->first);
  g_setenv ("SIMHOST_PLUGIN_PATH", path, TRUE);
  g_setenv ("SIMHOST_DATA_HOME", fixture->home, TRUE);
  g_setenv ("EVERYTHING_LOG", fixture->log, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  folder_free (fixture->home);
  folder_free (fixture->first);
  folder_free (fixture->second);
  g_free (fixture->log);
  g_unsetenv ("EVERYTHING_MEET");
}

/* How often `everything` has been loaded so far. */
static gsize
count_loads (Fixture *fixture)
{
  GStatBuf info;

  return g_stat (fixture->log, &info) == 0 ? (gsize) info.st_size : 0;
}

static const ShPluginInfo *
nth (const GPtrArray *infos, guint index)
{
  g_assert_cmpuint (index, <, infos->len);
  return infos->pdata[index];
}

/* ---- what is found ---- */

static void
test_folders (Fixture *fixture, gconstpointer data)
{
  g_auto (GStrv) folders = sh_catalog_get_folders ();
  g_autofree char *own = g_build_filename (fixture->home, "plugins", NULL);

  g_assert_cmpstr (folders[0], ==, fixture->first);
  g_assert_cmpstr (folders[1], ==, fixture->second);
  g_assert_cmpstr (folders[2], ==, own);
  g_assert_true (g_str_has_suffix (folders[3], "/simhost/plugins"));
  g_assert_null (folders[4]);
}

static void
test_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (GError) error = NULL;
  const ShSimulatorInfo *simulator;

  g_setenv ("SIMHOST_PLUGIN_PATH", "/nowhere", TRUE);
  infos = sh_catalog_scan ();
  g_assert_cmpuint (infos->len, ==, 0);
  g_assert_null (sh_catalog_find ("lift", &simulator, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==,
                   "there is no simulator 'lift', nor any other: put plugins "
                   "into /nowhere, or name their folder in "
                   "SIMHOST_PLUGIN_PATH");
}

static void
test_order (Fixture *fixture, gconstpointer data)
{
  const struct
  {
    const char *folder, *name;
    gboolean listed;
  } files[] = {
    { fixture->second, "a.so", TRUE },
    { fixture->first, "z.so", TRUE },
    { fixture->first, "b.so", TRUE },
    { fixture->first, ".hidden.so", FALSE },
    { fixture->first, "x.so.1", FALSE },
    { fixture->first, "README", FALSE },
  };
  const guint order[] = { 2, 1, 0 };
  g_autoptr (GPtrArray) infos = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    g_free (folder_copy (files[i].folder, files[i].name, good));
  infos = sh_catalog_scan ();
  g_assert_cmpuint (infos->len, ==, G_N_ELEMENTS (order));
  for (guint i = 0; i < infos->len; i++)
    {
      g_autofree char *path =
          g_build_filename (files[order[i]].folder, files[order[i]].name, NULL);

      g_assert_cmpstr (nth (infos, i)->path, ==, path);
      g_assert_null (nth (infos, i)->failure);
      g_assert_cmpstr (nth (infos, i)->simulators[0].simulator.name, ==,
                       "cartpole");
      g_assert_true (nth (infos, i)->simulators[0].plugin == nth (infos, i));
    }
}

/* ---- a description comes through unchanged ---- */

static void
expect_same_field (const SimhostField *found, const SimhostField *given)
{
  g_assert_cmpstr (found->name, ==, given->name);
  g_assert_cmpuint (found->type, ==, given->type);
  g_assert_cmpuint (found->flags, ==, given->flags);
  g_assert_cmpuint (found->offset, ==, given->offset);
  g_assert_cmpuint (found->size, ==, given->size);
  g_assert_cmpuint (found->count, ==, given->count);
  g_assert_cmpuint (found->n_values, ==, given->n_values);
  g_assert_cmpfloat (found->min, ==, given->min);
  g_assert_cmpfloat (found->max, ==, given->max);
  g_assert_cmpfloat (found->step, ==, given->step);
  g_assert_cmpstr (found->unit, ==, given->unit ? given->unit : "");
  g_assert_cmpstr (found->description, ==,
                   given->description ? given->description : "");
  for (guint i = 0; i < given->n_values; i++)
    {
      g_assert_cmpstr (found->values[i].name, ==, given->values[i].name);
      g_assert_cmpfloat (found->values[i].value, ==, given->values[i].value);
    }
}

static void
expect_same_schema (const SimhostSchema *found, const SimhostSchema *given)
{
  g_assert_cmpuint (found->struct_size, ==, sizeof (SimhostSchema));
  g_assert_cmpuint (found->field_size, ==, sizeof (SimhostField));
  g_assert_cmpstr (found->name, ==, given->name);
  g_assert_cmpuint (found->size, ==, given->size);
  g_assert_cmpuint (found->n_fields, ==, given->n_fields);
  for (guint i = 0; i < given->n_fields; i++)
    expect_same_field (&found->fields[i], &given->fields[i]);
  if (given->defaults == NULL)
    g_assert_null (found->defaults);
  for (guint i = 0; i < given->n_fields && given->defaults != NULL; i++)
    {
      const SimhostField *field = &given->fields[i];

      g_assert_cmpmem (
          (const char *) found->defaults + field->offset, field->size,
          (const char *) given->defaults + field->offset, field->size);
    }
}

static void
test_everything (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_copy (fixture->first, "x.so", everything);
  ShPlugin *plugin = sh_plugin_load (path, NULL);

  /* As the probe tells it, and as the cache does. */
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GPtrArray) infos = sh_catalog_scan ();
      const ShPluginInfo *info = nth (infos, 0);

      g_assert_cmpstr (info->failure, ==, NULL);
      g_assert_cmpstr (info->id, ==, "org.simhost.everything");
      g_assert_cmpstr (info->name, ==, "Everything");
      g_assert_cmpstr (info->version, ==, "2.0.1");
      g_assert_cmpstr (info->vendor, ==, NULL);
      g_assert_cmpstr (info->license, ==, NULL);
      g_assert_cmpstr (info->homepage, ==, "https://example.org/");
      g_assert_cmpuint (info->n_simulators, ==, 2);
      for (guint i = 0; i < 2; i++)
        {
          const SimhostSimulator *given = sh_plugin_get_simulator (plugin, i);
          const SimhostSimulator *found = &info->simulators[i].simulator;

          g_assert_cmpstr (found->name, ==, given->name);
          g_assert_cmpstr (found->description, ==, given->description);
          g_assert_cmpuint (found->flags, ==, given->flags);
          expect_same_schema (&found->config, &given->config);
          expect_same_schema (&found->action, &given->action);
          expect_same_schema (&found->state, &given->state);
          g_assert_cmpuint (found->n_rewards, ==, given->n_rewards);
          for (guint j = 0; j < given->n_rewards; j++)
            {
              g_assert_cmpstr (found->rewards[j].name, ==,
                               given->rewards[j].name);
              g_assert_cmpuint (found->rewards[j].flags, ==,
                                given->rewards[j].flags);
              g_assert_null (found->rewards[j].evaluate);
            }
          g_assert_null (found->create);
        }
    }
  sh_plugin_close (plugin);
  g_assert_cmpuint (count_loads (fixture), ==, 2);
}

/* ---- failures ---- */

static const struct
{
  const char *file, *pattern; /* NULL: good */
} failures[] = {
  { "crash-load", "crashed in load: segmentation fault" },
  { "crash-init", "crashed in init: segmentation fault" },
  { "crash-describe", "crashed in get_simulator: segmentation fault" },
  { "crash-deinit", "crashed in deinit: segmentation fault" },
  { "abort-init", "crashed in init: aborted" },
  { "exit-load", "ended the process in load (exit status 7)" },
  { "exit-init", "ended the process in init (exit status 7)" },
  { "exit-describe", "ended the process in get_simulator (exit status 7)" },
  { "hang-load", "did not return from load within 5 s" },
  { "hang-init", "did not return from init within 5 s" },
  { "error-init", "init failed: it was told to fail" },
  { "wrong-magic", "'simhost_plugin' starts with 0x464c457f, not with *" },
  { "close-descriptors-init", "*" },
  /* What it prints stays out of the answer. */
  { "print-load", NULL },
  { "print-init", NULL },
  { "flood-stderr-init", NULL },
  { "flood-log-init", NULL },
  { "locale-init", NULL },
  { "signals-load", NULL },
  { "thread-init", NULL },
  { "fork-load", NULL },
  /* These come later. */
  { "crash-create", NULL },
  { "hang-advance", NULL },
};

static void
expect_failures (const GPtrArray *infos)
{
  g_assert_cmpuint (infos->len, ==, G_N_ELEMENTS (failures));
  for (guint i = 0; i < infos->len; i++)
    {
      const ShPluginInfo *info = NULL;
      g_autofree char *end = g_strconcat ("/", failures[i].file, ".so", NULL);
      g_autofree char *pattern = NULL;

      for (guint j = 0; info == NULL; j++)
        if (g_str_has_suffix (nth (infos, j)->path, end))
          info = nth (infos, j);
      pattern = g_strconcat (info->path, ": ", failures[i].pattern, NULL);
      if (failures[i].pattern == NULL)
        {
          g_assert_cmpstr (info->failure, ==, NULL);
          g_assert_cmpstr (info->simulators[0].simulator.name, ==, "bad");
        }
      else if (!g_pattern_match_simple (pattern, info->failure))
        g_error ("'%s' is not '%s'", info->failure, pattern);
      else
        g_assert_cmpuint (info->n_simulators, ==, 0);
    }
}

static void
test_failures (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++)
    {
      g_autofree char *name = g_strconcat (failures[i].file, ".so", NULL);
      g_autofree char *from = g_build_filename (bad_folder, name, NULL);

      g_free (folder_copy (fixture->first, name, from));
    }
  /* The second time most of it comes from the cache. */
  for (guint round = 0; round < 2; round++)
    {
      g_autoptr (GPtrArray) infos = sh_catalog_scan ();

      expect_failures (infos);
    }
}

/* A shared object without its end lets the dynamic linker itself crash. */
static void
test_truncated (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_copy (fixture->first, "x.so", good);
  g_autoptr (ShPluginInfo) info = NULL;

  g_assert_cmpint (truncate (path, 4096), ==, 0);
  info = sh_catalog_probe (path);
  g_assert_nonnull (info->failure);
}

static void
test_died_once (Fixture *fixture, gconstpointer data)
{
  /* Whether a file whose last probe ended so is probed again. */
  const struct
  {
    const char *file;
    gboolean again;
  } files[] = {
    { "crash-init", FALSE },
    { "exit-init", FALSE },
    /* Something may have changed that the file does not show. */
    { "error-init", TRUE },
    { "wrong-magic", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *from =
          g_strdup_printf ("%s/%s.so", bad_folder, files[i].file);
      g_autofree char *path = folder_copy (fixture->first, "x.so", from);
      g_autoptr (GPtrArray) infos = sh_catalog_scan ();
      g_autofree char *cache = NULL, *text = NULL;

      g_assert_nonnull (nth (infos, 0)->failure);
      cache = g_build_filename (g_get_user_cache_dir (), "simhost",
                                "plugins.json", NULL);
      g_file_get_contents (cache, &text, NULL, NULL);
      g_assert_true ((strstr (text ? text : "", path) == NULL) ==
                     files[i].again);
      if (!files[i].again)
        g_assert_nonnull (strstr (text, "\"until\":"));
      g_assert_cmpint (g_remove (path), ==, 0);
    }
}

/* ---- the cache ---- */

static guint
scan_and_count (Fixture *fixture)
{
  gsize before = count_loads (fixture);
  g_autoptr (GPtrArray) infos = sh_catalog_scan ();

  g_assert_cmpuint (infos->len, ==, 1);
  g_assert_cmpstr (nth (infos, 0)->failure, ==, NULL);
  g_assert_cmpuint (nth (infos, 0)->n_simulators, ==, 2);
  return (guint) (count_loads (fixture) - before);
}

static void
test_cache (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_copy (fixture->first, "x.so", everything);
  const struct timespec later[] = { { 0, UTIME_OMIT }, { 1000000000, 1 } };
  const struct timespec later_by_a_nanosecond[] = { { 0, UTIME_OMIT },
                                                    { 1000000000, 2 } };
  g_autofree char *other = NULL;
  g_autoptr (ShPluginInfo) info = NULL;

  g_assert_cmpuint (scan_and_count (fixture), ==, 1);
  g_assert_cmpuint (scan_and_count (fixture), ==, 0);

  g_assert_cmpint (utimensat (AT_FDCWD, path, later, 0), ==, 0);
  g_assert_cmpuint (scan_and_count (fixture), ==, 1);
  g_assert_cmpint (utimensat (AT_FDCWD, path, later_by_a_nanosecond, 0), ==, 0);
  g_assert_cmpuint (scan_and_count (fixture), ==, 1);
  g_assert_cmpuint (scan_and_count (fixture), ==, 0);

  /* The same bytes and times, but another file. */
  other = folder_copy (fixture->home, "y.so", everything);
  g_assert_cmpint (utimensat (AT_FDCWD, other, later_by_a_nanosecond, 0), ==,
                   0);
  g_assert_cmpint (g_rename (other, path), ==, 0);
  g_assert_cmpuint (scan_and_count (fixture), ==, 1);

  /* Another size. */
  g_assert_cmpint (truncate (path, 1000000), ==, 0);
  g_assert_cmpint (utimensat (AT_FDCWD, path, later_by_a_nanosecond, 0), ==, 0);
  g_assert_cmpuint (scan_and_count (fixture), ==, 1);
  g_assert_cmpuint (scan_and_count (fixture), ==, 0);

  /* Whoever names a file wants it to be looked at. */
  info = sh_catalog_probe (path);
  g_assert_cmpstr (info->failure, ==, NULL);
  g_assert_cmpuint (scan_and_count (fixture), ==, 0);
  g_assert_cmpuint (count_loads (fixture), ==, 6);
}

/* An answer that is to be believed for a while only. */
static void
test_cache_until (Fixture *fixture, gconstpointer data)
{
  const struct
  {
    const char *until;
    guint n_loads;
  } cases[] = {
    { "\"until\":99999999999,\"answer\":", 0 },
    { "\"until\":1,\"answer\":", 1 },
    { "\"until\":\"never\",\"answer\":", 1 },
    { "\"until\":[],\"answer\":", 1 },
  };
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "simhost",
                                             "plugins.json", NULL);

  g_free (folder_copy (fixture->first, "x.so", everything));
  scan_and_count (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autofree char *bytes = NULL;

      g_assert_true (g_file_get_contents (cache, &bytes, NULL, NULL));
      g_string_assign (text, bytes);
      g_string_replace (text, "\"until\":99999999999,", "", 0);
      g_string_replace (text, "\"answer\":", cases[i].until, 1);
      g_assert_true (g_file_set_contents (cache, text->str, -1, NULL));
      g_assert_cmpuint (scan_and_count (fixture), ==, cases[i].n_loads);
    }
}

/* A file that may no longer be loaded is refused, though it is known. */
static void
test_cache_and_permissions (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_copy (fixture->first, "x.so", everything);
  g_autoptr (GPtrArray) infos = NULL;

  g_assert_cmpuint (scan_and_count (fixture), ==, 1);
  g_assert_cmpint (g_chmod (path, 0666), ==, 0);
  infos = sh_catalog_scan ();
  g_assert_nonnull (strstr (nth (infos, 0)->failure, "everyone may write"));
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  g_assert_cmpuint (scan_and_count (fixture), ==, 0);
}

/* Replaces `from` in the cache, NULL: all of it. The file is then looked at
 * again, and known from then on. */
static void
break_cache (Fixture *fixture, const char *from, const char *to)
{
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "simhost",
                                             "plugins.json", NULL);
  g_autofree char *text = NULL;
  g_autofree char *shown = g_strescape (to, NULL); /* it may be no text */
  g_autoptr (GString) broken = NULL;
  g_autoptr (GError) error = NULL;

  g_test_message ("%.60s", shown);
  scan_and_count (fixture);
  g_file_get_contents (cache, &text, NULL, &error);
  g_assert_no_error (error);
  broken = g_string_new (from != NULL ? text : to);
  if (from != NULL)
    g_assert_cmpuint (g_string_replace (broken, from, to, 1), ==, 1);
  g_file_set_contents (cache, broken->str, -1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (scan_and_count (fixture), ==, 1);
  g_assert_cmpuint (scan_and_count (fixture), ==, 0);
}

/* What stands in the cache instead of what belongs there. */
static void
test_broken_cache (Fixture *fixture, gconstpointer data)
{
  g_autofree char *deep = g_strnfill (200000, '[');
  g_autofree char *comment = g_strconcat ("/*\"*/", deep, NULL);
  const struct
  {
    const char *from, *to; /* what is replaced in it; NULL: all of it */
  } changes[] = {
    { NULL, "" },
    { NULL, "{" },
    { NULL, "null" },
    { NULL, "[]" },
    { NULL, "\"x\"" },
    { NULL, "\xff\xfe" },
    { NULL, "{\"simhost\":1}" },
    { NULL, deep },
    { NULL, comment },
    { "\"simhost\":\"", "\"simhost\":\"9" },
    { "\"abi\":\"", "\"abi\":\"9" },
    { "\"files\":{", "\"files\":[{" },
    { "\"answer\":\"{", "\"answer\":\"[" },
    { "\"answer\":\"{", "\"answer\":{\"" },
    { "\"answer\":", "\"answer\":7,\"x\":" },
    { "\"key\":\"", "\"key\":\"1" },
  };
  /* The same in the answer, in which quotes are escaped. */
  const struct
  {
    const char *from, *to;
  } answers[] = {
    { "\"id\":\"", "\"id\":[\"" },
    { "\"id\":\"org.simhost.everything\"", "\"id\":7" },
    { "\"id\":\"org.simhost.everything\"", "\"id\":null" },
    { "\"offset\":8", "\"offset\":0" },
    { "\"offset\":8", "\"offset\":-8" },
    { "\"offset\":8", "\"offset\":4294967304" },
    { "\"offset\":8", "\"offset\":8.5" },
    { "\"offset\":8", "\"offset\":\"8\"" },
    { "\"size\":24", "\"size\":99999999999999999999" },
    { "\"count\":3", "\"count\":1073741827" },
    { "\"type\":\"double\"", "\"type\":\"single\"" },
    { "\"type\":\"double\"", "\"type\":\"string\"" },
    { "\"type\":\"double\"", "\"type\":null" },
    { "\"fields\":[", "\"fields\":[7," },
    { "\"fields\":[", "\"fields\":{}, \"x\":[" },
    { "\"default\":-128", "\"default\":-129" },
    { "\"default\":-128", "\"default\":null" },
    { "\"default\":-128", "\"default\":\"-128\"" },
    { "\"default\":\"18446744073709551615\"",
      "\"default\":\"18446744073709551616\"" },
    { "\"default\":[", "\"default\":[0," },
    { "\"default\":true", "\"default\":1" },
    { "\"min\":-0.1", "\"min\":\"-0.1\"" },
    { "\"min\":-0.1", "\"min\":1e31" },
    { "\"values\":[", "\"values\":[[]," },
    { "\"value\":0", "\"value\":\"0\"" },
    { "\"flags\":[", "\"flags\":[[]," },
    { "\"flags\":[", "\"flags\":7, \"x\":[" },
    { "\"rewards\":[", "\"rewards\":[null," },
    { "\"name\":\"second\"", "\"name\":\"first\"" },
    { "\"simulators\":[", "\"simulators\":[{}," },
    { "\"simulators\":[", "\"simulators\":null, \"x\":[" },
  };

  g_free (folder_copy (fixture->first, "x.so", everything));
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    break_cache (fixture, changes[i].from, changes[i].to);
  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autofree char *from = g_strescape (answers[i].from, NULL);
      g_autofree char *to = g_strescape (answers[i].to, NULL);

      break_cache (fixture, from, to);
    }
}

static void
test_no_cache (Fixture *fixture, gconstpointer data)
{
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "simhost",
                                             "plugins.json", NULL);

  g_free (folder_copy (fixture->first, "x.so", everything));
  g_assert_cmpuint (scan_and_count (fixture), ==, 1);
  /* It cannot be written where a folder is. */
  g_assert_cmpint (g_remove (cache), ==, 0);
  g_assert_cmpint (g_mkdir (cache, 0700), ==, 0);
  g_assert_cmpuint (scan_and_count (fixture), ==, 1);
  g_assert_cmpuint (scan_and_count (fixture), ==, 1);
  g_assert_cmpint (g_remove (cache), ==, 0);
}

/* Two plugins that wait for each other. */
static void
test_parallel (Fixture *fixture, gconstpointer data)
{
  g_autofree char *meeting = g_build_filename (fixture->home, "meet", NULL);
  g_autoptr (GPtrArray) infos = NULL;

  g_free (folder_copy (fixture->first, "a.so", everything));
  g_free (folder_copy (fixture->first, "b.so", everything));
  g_assert_cmpint (g_mkdir (meeting, 0700), ==, 0);
  g_setenv ("EVERYTHING_MEET", meeting, TRUE);
  infos = sh_catalog_scan ();
  g_assert_cmpstr (nth (infos, 0)->failure, ==, NULL);
  g_assert_cmpstr (nth (infos, 1)->failure, ==, NULL);
}

/* ---- by name ---- */

static void
test_find (Fixture *fixture, gconstpointer data)
{
  g_autofree char *broken = g_strdup_printf ("%s/crash-init.so", bad_folder);
  g_autofree char *pole = folder_copy (fixture->second, "pole.so", good);
  g_autofree char *shadow = folder_copy (fixture->first, "p.so", good);
  g_autofree char *several =
      folder_copy (fixture->first, "many.so", everything);
  g_autofree char *lift = folder_copy (fixture->first, "lift.so", broken);
  const struct
  {
    const char *name;
    const char *path, *simulator;
    int code; /* when path is NULL */
    const char *pattern;
  } names[] = {
    { "cartpole", shadow, "cartpole", 0, NULL },
    { "something", several, "something", 0, NULL },
    { pole, pole, "cartpole", 0, NULL },
    { "many.so:something", NULL, NULL, SH_ERROR_NOT_FOUND, "*" },
    { "", NULL, NULL, SH_ERROR_NOT_FOUND, "there is no simulator ''; *" },
    { "cartpol", NULL, NULL, SH_ERROR_NOT_FOUND,
      "there is no simulator 'cartpol'; did you mean 'cartpole'?" },
    { "catrpole", NULL, NULL, SH_ERROR_NOT_FOUND,
      "there is no simulator 'catrpole'; did you mean *" },
    { "some", NULL, NULL, SH_ERROR_NOT_FOUND,
      "there is no simulator 'some'; did you mean 'something'?" },
    { "elevator", NULL, NULL, SH_ERROR_NOT_FOUND,
      "there is no simulator 'elevator'; there are 'everything', 'something', "
      "'cartpole'" },
    { "lift", NULL, NULL, SH_ERROR_PLUGIN,
      "simulator 'lift' cannot be used: */lift.so: crashed in init: *" },
    { "/nowhere/x.so", NULL, NULL, SH_ERROR_NOT_FOUND,
      "/nowhere/x.so: cannot open its folder /nowhere: *" },
    { lift, NULL, NULL, SH_ERROR_PLUGIN, "*/lift.so: crashed in init: *" },
    { several, NULL, NULL, SH_ERROR_USAGE,
      "* has several simulators, 'everything', 'something': say which, as "
      "*/many.so:NAME" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const ShSimulatorInfo *simulator;
      g_autoptr (GError) error = NULL;
      g_autoptr (ShPluginInfo) info =
          sh_catalog_find (names[i].name, &simulator, &error);

      if (names[i].path == NULL)
        {
          g_assert_null (info);
          g_assert_error (error, SH_ERROR, names[i].code);
          if (!g_pattern_match_simple (names[i].pattern, error->message))
            g_error ("'%s' is not '%s'", error->message, names[i].pattern);
          continue;
        }
      g_assert_no_error (error);
      g_assert_cmpstr (info->path, ==, names[i].path);
      g_assert_cmpstr (simulator->simulator.name, ==, names[i].simulator);
    }
}

static void
test_find_in_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_copy (fixture->first, "a:b.so", everything);
  g_autofree char *right = g_strconcat (path, ":something", NULL);
  g_autofree char *wrong = g_strconcat (path, ":nothing", NULL);
  g_autoptr (GError) error = NULL;
  const ShSimulatorInfo *simulator;
  g_autoptr (ShPluginInfo) info = sh_catalog_find (right, &simulator, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (info->path, ==, path);
  g_assert_cmpstr (simulator->simulator.name, ==, "something");
  g_assert_null (sh_catalog_find (wrong, &simulator, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_suffix (error->message,
                                   "; there are 'everything', 'something'"));
}

int
main (int argc, char **argv)
{
  char *home = folder_new ();
  int status;

  /* Before GLib looks: it does so once. */
  g_setenv ("XDG_CACHE_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 4);
  bad_folder = argv[1];
  good = argv[2];
  everything = argv[3];

#define ADD(PATH, FUNCTION)                                                    \
  g_test_add ("/catalog/" PATH, Fixture, NULL, set_up, FUNCTION, tear_down)
  ADD ("folders", test_folders);
  ADD ("nothing", test_nothing);
  ADD ("order", test_order);
  ADD ("everything", test_everything);
  ADD ("failures", test_failures);
  ADD ("truncated", test_truncated);
  ADD ("died-once", test_died_once);
  ADD ("cache/hit-and-miss", test_cache);
  ADD ("cache/until", test_cache_until);
  ADD ("cache/permissions", test_cache_and_permissions);
  ADD ("cache/broken", test_broken_cache);
  ADD ("cache/none", test_no_cache);
  ADD ("parallel", test_parallel);
  ADD ("find/name", test_find);
  ADD ("find/file", test_find_in_file);
  status = g_test_run ();
  folder_free (home);
  return status;
}
