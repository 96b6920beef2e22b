/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Loading plugins into this process: which files, with which permissions, with
 * which tables. Each file that is refused is refused with one line.
 *
 *   test-host-plugin FOLDER-OF-BAD-PLUGINS GOOD GROWN EVERYTHING
 */

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "folder.h"
#include "logs.h"
#include "sh-error.h"
#include "sh-instance.h"
#include "sh-plugin-file.h"
#include "sh-plugin.h"

static const char *bad_folder, *good, *grown, *everything;

/* `pattern` with the path in front. */
static void
expect_refused (const char *path, int code, const char *pattern)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = g_strdup_printf ("%s: %s", path, pattern);
  ShPlugin *plugin = sh_plugin_load (path, &error);

  g_assert_null (plugin);
  g_assert_error (error, SH_ERROR, code);
  if (!g_pattern_match_simple (expected, error->message))
    g_error ("'%s' is not '%s'", error->message, expected);
  g_assert_null (strchr (error->message, '\n'));
}

static void
expect_loaded (const char *path)
{
  g_autoptr (GError) error = NULL;
  ShPlugin *plugin = sh_plugin_load (path, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (sh_plugin_get_path (plugin), ==, path);
  sh_plugin_close (plugin);
}

/* ---- tables ---- */

static const struct
{
  const char *file, *pattern;
} tables[] = {
  { "no-symbol", "has no symbol 'simhost_plugin', so it is no plugin *" },
  { "wrong-magic", "'simhost_plugin' starts with 0x464c457f, not with *" },
  { "newer-major",
    "is built for version 2.0 of the plugin interface, and simhost * has 1.0: "
    "update simhost" },
  { "newer-minor",
    "is built for version 1.1 of the plugin interface, and simhost * has 1.0: "
    "update simhost" },
  { "short-plugin",
    "struct_size of 'simhost_plugin' is 16, less than the 104 bytes of "
    "version 1.0" },
  { "null-id", "has no id" },
  { "null-get-n-simulators", "has no get_n_simulators function" },
  { "null-get-simulator", "has no get_simulator function" },
  { "null-simulator", "get_simulator (0) returned NULL" },
  { "no-simulators", "says that it holds 0 simulators; 1 to * are allowed" },
  { "too-many-simulators",
    "says that it holds 4294967295 simulators; 1 to * are allowed" },
  { "duplicate-simulator",
    "simulator 'bad': the name is taken by simulator 0" },
  { "short-simulator",
    "simulator 0: struct_size is 16, less than the 232 bytes of version 1.0" },
  { "null-name", "a simulator: has no name" },
  { "wrong-name", "a simulator: 'two words' is no name: *" },
  { "null-create", "simulator 'bad': has no create function" },
  { "null-destroy", "simulator 'bad': has no destroy function" },
  { "null-set-properties", "simulator 'bad': has no set_properties function" },
  { "null-reset", "simulator 'bad': has no reset function" },
  { "null-advance", "simulator 'bad': has no advance function" },
  { "null-get-state", "simulator 'bad': has no get_state function" },
  { "no-action-fields", "simulator 'bad', action: has no fields" },
  { "no-state-fields", "simulator 'bad', state: has no fields" },
  { "null-rewards", "simulator 'bad': its table of rewards is missing" },
  { "too-many-rewards", "simulator 'bad': 268435456 rewards, more than 1024" },
  { "short-reward", "simulator 'bad': 16 bytes for a reward, which takes 32" },
  { "null-reward-name", "simulator 'bad': reward 1: has no name" },
  { "wrong-reward-name", "simulator 'bad': reward 1: 'a-b' is no name: *" },
  { "duplicate-reward",
    "simulator 'bad': reward 'score': the name is taken by an earlier one" },
  { "two-default-rewards",
    "simulator 'bad': the rewards 'score' and 'points' are both the default" },
  { "null-evaluate",
    "simulator 'bad': reward 'points': has no evaluate function" },
  { "short-schema",
    "simulator 'bad', state: 16 bytes for a schema, which takes 40" },
  { "short-field",
    "simulator 'bad', state: 16 bytes for a field, which takes 80" },
  { "null-schema-name", "simulator 'bad', state: has no name" },
  { "wrong-schema-name", "simulator 'bad', state: 'a-b' is no name: *" },
  { "huge-struct",
    "simulator 'bad', state: a struct of 4294967280 bytes, more than "
    "16777216" },
  { "null-fields", "simulator 'bad', state: its table of fields is missing" },
  { "too-many-fields",
    "simulator 'bad', state: 268435456 fields, more than 4096" },
  { "null-field-name", "simulator 'bad', state: field 1: has no name" },
  { "wrong-field-name",
    "simulator 'bad', state: field 1: '2nd' is no name: *" },
  { "duplicate-field",
    "simulator 'bad', state: field 'value': the name is taken by an earlier "
    "one" },
  { "unknown-type", "simulator 'bad', state: field 'step': unknown type 99" },
  { "zero-count", "simulator 'bad', state: field 'step': has no elements" },
  { "wrong-count",
    "simulator 'bad', state: field 'step': 4 bytes for 3 of int32, which take "
    "12" },
  { "huge-count",
    "simulator 'bad', state: field 'step': 4 bytes for 1073741825 of int32, "
    "which take 4294967300" },
  { "wrong-size",
    "simulator 'bad', state: field 'step': 3 bytes for 1 of int32, which take "
    "4" },
  { "offset-past-end",
    "simulator 'bad', state: field 'step': ends at byte 44 of a struct of "
    "40" },
  { "huge-offset",
    "simulator 'bad', state: field 'step': ends at byte 4294967296 of a struct "
    "of 40" },
  { "overlapping-fields",
    "simulator 'bad', state: the fields 'value' and 'step' overlap" },
  { "min-above-max",
    "simulator 'bad', state: field 'step': min 2 is above max 1" },
  { "nan-range",
    "simulator 'bad', state: field 'step': min is not a finite number" },
  { "zero-step",
    "simulator 'bad', state: field 'step': step 0 is not positive" },
  { "null-values",
    "simulator 'bad', state: field 'step': its values are missing" },
  { "unordered-values",
    "simulator 'bad', state: field 'step': values without names must increase, "
    "and 1 follows 2" },
  { "duplicate-values",
    "simulator 'bad', state: field 'step': value 1: the name is taken by an "
    "earlier one" },
  { "error-init", "init failed: it was told to fail" },
  { "fatal-init", "init failed: it was told to give up" },
  { "discard-init", "init failed: it was told to discard" },
};

static void
test_tables (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("%s/%s.so", bad_folder, tables[i].file);

      expect_refused (path, SH_ERROR_PLUGIN, tables[i].pattern);
    }
}

static void
test_good (void)
{
  g_autoptr (GError) error = NULL;
  ShPlugin *plugin = sh_plugin_load (good, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (sh_plugin_get_n_simulators (plugin), ==, 1);
  g_assert_cmpstr (sh_plugin_get_table (plugin)->id, ==,
                   "org.simhost.cartpole");
  g_assert_true (sh_plugin_find_simulator (plugin, "cartpole", NULL) ==
                 sh_plugin_get_simulator (plugin, 0));
  sh_plugin_close (plugin);
}

static void
test_init_warns (void)
{
  g_autofree char *path = g_strdup_printf ("%s/warning-init.so", bad_folder);

  logs_clear ();
  expect_loaded (path);
  g_assert_cmpuint (
      logs_count (G_LOG_LEVEL_WARNING, "*warning-init.so: init: it was *"), ==,
      1);
}

/* Two files in one process are two plugins, though both are loaded from
 * descriptors. */
static void
test_several (void)
{
  ShPlugin *first = sh_plugin_load (good, NULL);
  ShPlugin *second = sh_plugin_load (everything, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (sh_plugin_get_simulator (first, 0)->name, ==, "cartpole");
  g_assert_cmpstr (sh_plugin_get_simulator (second, 1)->name, ==, "something");
  g_assert_null (sh_plugin_find_simulator (second, "cartpole", &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_suffix (error->message,
                                   ": no simulator 'cartpole' in it; it has "
                                   "'everything', 'something'"));
  sh_plugin_close (first);
  sh_plugin_close (second);
}

/* Structs and rows of a later version: what is known is read, at the right
 * distance. */
static void
test_grown (void)
{
  g_autoptr (GError) error = NULL;
  ShPlugin *plugin = sh_plugin_load (grown, &error);
  const SimhostSimulator *simulator;
  const char *names[] = { "first", "second", "third" };
  ShInstance *instance;
  gboolean terminal;
  double reward, state[3];

  g_assert_no_error (error);
  simulator = sh_plugin_get_simulator (plugin, 0);
  g_assert_cmpuint (simulator->struct_size, ==, sizeof (SimhostSimulator));
  g_assert_cmpuint (simulator->state.field_size, ==, sizeof (SimhostField));
  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpstr (simulator->state.fields[i].name, ==, names[i]);
      g_assert_cmpstr (simulator->action.fields[i].description, ==, names[i]);
      g_assert_cmpuint (simulator->state.fields[i].offset, ==, 8 * i);
    }
  g_assert_cmpstr (simulator->rewards[1].name, ==, "two");

  instance = sh_instance_new (simulator, NULL, &error);
  g_assert_true (sh_instance_reset (instance, 1, NULL));
  g_assert_true (sh_instance_start (instance, NULL));
  g_assert_true (sh_instance_observe (instance, state, &terminal, NULL));
  g_assert_cmpfloat (state[2], ==, 3.0);
  g_assert_true (
      sh_instance_evaluate (instance, &simulator->rewards[1], &reward, NULL));
  g_assert_cmpfloat (reward, ==, 2.0);
  sh_instance_free (instance);
  sh_plugin_close (plugin);
}

/* The slot says where a load is. */
static void
test_slot (void)
{
  ShCallSlot slot = { 0 };
  ShPlugin *plugin = sh_plugin_load_watched (good, &slot, NULL);

  g_assert_cmpuint (slot.word & 0xff, ==, SH_CALL_NONE);
  g_assert_cmpuint (slot.word, >, 0xff);
  sh_plugin_close (plugin);
}

/* ---- files ---- */

static void
write_file (const char *path, const char *bytes, gssize size)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, bytes, size, &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
}

static void
test_not_shared_objects (void)
{
  char *folder = folder_new ();
  g_autofree char *path = g_build_filename (folder, "x.so", NULL);
  g_autofree char *program = folder_copy (folder, "program.so", "/bin/true");

  expect_refused (path, SH_ERROR_NOT_FOUND, "cannot be opened: *");
  write_file (path, "", 0);
  expect_refused (path, SH_ERROR_PLUGIN, "is not a shared object");
  write_file (path, "#!/bin/sh\n", -1);
  expect_refused (path, SH_ERROR_PLUGIN, "is not a shared object");
  write_file (path, "\177ELF", 4);
  expect_refused (path, SH_ERROR_PLUGIN, "cannot be loaded: file too short");
  expect_refused (program, SH_ERROR_PLUGIN, "cannot be loaded: *");

  g_assert_cmpint (g_remove (path), ==, 0);

  g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  expect_refused (path, SH_ERROR_PLUGIN, "is not a file");
  g_assert_cmpint (g_remove (path), ==, 0);
  /* A pipe without a writer would block whoever opens it. */
  g_assert_cmpint (mkfifo (path, 0600), ==, 0);
  expect_refused (path, SH_ERROR_PLUGIN, "is not a file");
  folder_free (folder);

  expect_refused ("/nowhere/x.so", SH_ERROR_NOT_FOUND,
                  "cannot open its folder /nowhere: *");
  expect_refused ("/dev/null", SH_ERROR_PLUGIN, "is not a file");
}

static void
test_permissions (void)
{
  const struct
  {
    mode_t file, folder;
    const char *pattern; /* NULL: good */
  } modes[] = {
    { 0644, 0700, NULL },
    { 0755, 0755, NULL },
    { 0600, 0711, NULL },
    { 0646, 0700, "everyone may write to */x.so; run 'chmod o-w */x.so'" },
    { 0666, 0700, "everyone may write to */x.so; run 'chmod o-w */x.so'" },
    { 0644, 0702, "everyone may write to */simhost-test-??????; run *" },
    { 0644, 01777, "everyone may write to */simhost-test-??????; run *" },
  };
  char *folder = folder_new ();
  g_autofree char *path = folder_copy (folder, "x.so", good);

  for (guint i = 0; i < G_N_ELEMENTS (modes); i++)
    {
      g_assert_cmpint (g_chmod (path, modes[i].file), ==, 0);
      g_assert_cmpint (g_chmod (folder, modes[i].folder), ==, 0);
      if (modes[i].pattern == NULL)
        expect_loaded (path);
      else
        expect_refused (path, SH_ERROR_PLUGIN, modes[i].pattern);
    }
  folder_free (folder);
}

/* A symbolic link is as good as the worse of the two folders. */
static void
test_links (void)
{
  char *near = folder_new ();
  char *far = folder_new ();
  g_autofree char *file = folder_copy (far, "real.so", good);
  g_autofree char *link = g_build_filename (near, "link.so", NULL);

  g_assert_cmpint (symlink (file, link), ==, 0);
  expect_loaded (link);
  g_assert_cmpint (g_chmod (far, 0777), ==, 0);
  expect_refused (link, SH_ERROR_PLUGIN, "everyone may write to *");
  g_assert_cmpint (g_chmod (far, 0700), ==, 0);
  g_assert_cmpint (g_chmod (near, 0777), ==, 0);
  expect_refused (link, SH_ERROR_PLUGIN, "everyone may write to *");
  g_assert_cmpint (g_chmod (near, 0700), ==, 0);
  g_assert_cmpint (g_remove (file), ==, 0);
  expect_refused (link, SH_ERROR_NOT_FOUND, "cannot be opened: *");
  folder_free (near);
  folder_free (far);
}

/* Only root can give files away. */
static void
test_owners (void)
{
  char *folder = folder_new ();
  g_autofree char *path = folder_copy (folder, "x.so", good);

  g_assert_cmpint (g_chmod (path, 0664), ==, 0);
  /* root's own group has nobody else in it. */
  expect_loaded (path);
  g_assert_cmpint (chown (path, 0, 1), ==, 0);
  expect_refused (path, SH_ERROR_PLUGIN,
                  "group 1 may write to */x.so; run 'chmod g-w */x.so'");
  g_assert_cmpint (g_chmod (path, 0644), ==, 0);
  expect_loaded (path);
  g_assert_cmpint (chown (path, 1, 0), ==, 0);
  expect_refused (path, SH_ERROR_PLUGIN,
                  "*/x.so belongs to user 1; it must belong to you or to "
                  "root");
  g_assert_cmpint (chown (path, 0, 0), ==, 0);
  g_assert_cmpint (chown (folder, 1, 0), ==, 0);
  expect_refused (path, SH_ERROR_PLUGIN,
                  "*/simhost-test-?????? belongs to user 1; it must *");
  g_assert_cmpint (chown (folder, 0, 0), ==, 0);
  folder_free (folder);
}

/* The descriptor is the file that was checked, whatever the name is by then. */
static void
test_open (void)
{
  char *folder = folder_new ();
  g_autofree char *path = folder_copy (folder, "x.so", good);
  g_autoptr (GError) error = NULL;
  struct stat info, by_name;
  int fd = sh_plugin_file_open (path, &info, &error);

  g_assert_no_error (error);
  g_assert_cmpint (stat (path, &by_name), ==, 0);
  g_assert_cmpuint (info.st_ino, ==, by_name.st_ino);
  g_assert_cmpint (fcntl (fd, F_GETFD), ==, FD_CLOEXEC);
  close (fd);
  folder_free (folder);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 5);
  bad_folder = argv[1];
  good = argv[2];
  grown = argv[3];
  everything = argv[4];
  logs_keep ();

  g_test_add_func ("/plugin/good", test_good);
  g_test_add_func ("/plugin/several", test_several);
  g_test_add_func ("/plugin/grown", test_grown);
  g_test_add_func ("/plugin/slot", test_slot);
  g_test_add_func ("/plugin/init-warns", test_init_warns);
  g_test_add_func ("/plugin/bad-tables", test_tables);
  g_test_add_func ("/plugin/file/not-a-shared-object", test_not_shared_objects);
  g_test_add_func ("/plugin/file/permissions", test_permissions);
  g_test_add_func ("/plugin/file/links", test_links);
  if (geteuid () == 0)
    g_test_add_func ("/plugin/file/owners", test_owners);
  g_test_add_func ("/plugin/file/open", test_open);
  return g_test_run ();
}
