/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The live catalog, with real files, monitors and probes.
 *
 *   test-host-folders FOLDER-OF-BAD-PLUGINS GOOD OTHER
 */

#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "folder.h"
#include "sh-folders.h"

static const char *bad_folder, *good, *other;

/* Seconds that anything may take. */
#define DEADLINE 60

#define N_MANY 60u

typedef struct
{
  char *home;
  char *first, *second; /* the folders; `second` need not exist */
  ShFolders *folders;
  GPtrArray *events; /* "+a.so", "~a.so", "-a.so" */
} Fixture;

static void
on_change (ShFolders *folders,
           ShFoldersChange change,
           ShPluginInfo *info,
           gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *name = g_path_get_basename (info->path);

  g_ptr_array_add (fixture->events,
                   g_strdup_printf ("%c%s", "+~-"[change], name));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const char *paths[3] = { NULL };

  fixture->home = folder_new ();
  fixture->first = g_build_filename (fixture->home, "first", NULL);
  fixture->second = g_build_filename (fixture->home, "not", "yet", NULL);
  g_assert_no_errno (g_mkdir (fixture->first, 0700));
  fixture->events = g_ptr_array_new_with_free_func (g_free);
  paths[0] = fixture->first;
  paths[1] = fixture->second;
  fixture->folders = sh_folders_new (paths, on_change, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  sh_folders_free (fixture->folders);
  g_ptr_array_unref (fixture->events);
  g_free (fixture->first);
  g_free (fixture->second);
  folder_free (fixture->home);
}

static gboolean
on_deadline (gpointer data)
{
  g_assert_not_reached ();
  return G_SOURCE_REMOVE;
}

/* The next change, as text; the caller frees it. */
static char *
next_event (Fixture *fixture)
{
  guint deadline = g_timeout_add_seconds (DEADLINE, on_deadline, NULL);

  while (fixture->events->len == 0)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  return g_ptr_array_steal_index (fixture->events, 0);
}

static void
assert_next (Fixture *fixture, const char *expected)
{
  g_autofree char *event = next_event (fixture);

  g_assert_cmpstr (event, ==, expected);
}

/* Waits until there is no more to tell. */
static void
assert_quiet (Fixture *fixture)
{
  guint deadline = g_timeout_add_seconds (DEADLINE, on_deadline, NULL);

  while (!sh_folders_is_settled (fixture->folders))
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);
  g_assert_cmpuint (fixture->events->len, ==, 0);
}

/* What is listed: "a.so: cartpole", "b.so: !", in order. */
static char *
list (Fixture *fixture)
{
  g_autoptr (GPtrArray) infos = sh_folders_get_plugins (fixture->folders);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < infos->len; i++)
    {
      const ShPluginInfo *info = infos->pdata[i];
      g_autofree char *name = g_path_get_basename (info->path);

      g_string_append_printf (
          text, "%s%s: %s", i > 0 ? ", " : "", name,
          info->failure != NULL ? "!" : info->simulators[0].simulator.name);
    }
  return g_string_free (text, FALSE);
}

static void
assert_list (Fixture *fixture, const char *expected)
{
  g_autofree char *listed = list (fixture);

  g_assert_cmpstr (listed, ==, expected);
}

static char *
in_first (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->first, name, NULL);
}

/* As an installer does: written beside, then renamed over. */
static void
replace (Fixture *fixture, const char *name, const char *from)
{
  g_autofree char *path = in_first (fixture, name);
  g_autofree char *beside = folder_copy (fixture->first, ".new", from);

  g_assert_no_errno (g_rename (beside, path));
}

/* ---- files ---- */

static void
test_dropped (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = NULL;

  assert_quiet (fixture);
  assert_list (fixture, "");
  path = folder_copy (fixture->first, "a.so", good);
  assert_next (fixture, "+a.so");
  assert_quiet (fixture);
  assert_list (fixture, "a.so: cartpole");
  g_assert_no_errno (g_unlink (path));
  assert_next (fixture, "-a.so");
  assert_quiet (fixture);
  assert_list (fixture, "");
}

static void
test_there_before (Fixture *fixture, gconstpointer data)
{
  g_free (folder_copy (fixture->first, "b.so", other));
  g_free (folder_copy (fixture->first, "a.so", good));
  g_free (folder_copy (fixture->first, "README", good));
  g_free (folder_copy (fixture->first, ".c.so", good));
  g_free (next_event (fixture));
  g_free (next_event (fixture));
  assert_quiet (fixture);
  assert_list (fixture, "a.so: cartpole, b.so: pendulum");
}

static void
test_replaced (Fixture *fixture, gconstpointer data)
{
  static const char garbage[] = "this is no shared object";
  g_autofree char *path = folder_copy (fixture->first, "a.so", good);

  assert_next (fixture, "+a.so");
  replace (fixture, "a.so", other);
  assert_next (fixture, "~a.so");
  assert_list (fixture, "a.so: pendulum");

  g_assert_true (g_file_set_contents (path, garbage, -1, NULL));
  assert_next (fixture, "~a.so");
  assert_list (fixture, "a.so: !");
  /* The reason stays, and looking again does not change it. */
  sh_folders_rescan (fixture->folders);
  assert_quiet (fixture);
  assert_list (fixture, "a.so: !");

  replace (fixture, "a.so", good);
  assert_next (fixture, "~a.so");
  assert_list (fixture, "a.so: cartpole");
}

static void
test_renamed (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_copy (fixture->first, "a.so", good);
  g_autofree char *renamed = in_first (fixture, "b.so");
  g_autofree char *outside = g_build_filename (fixture->home, "c.so", NULL);
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  assert_next (fixture, "+a.so");
  g_assert_no_errno (g_rename (path, renamed));
  one = next_event (fixture);
  two = next_event (fixture);
  g_assert_true (strcmp (one, two) != 0);
  g_assert_true (strcmp (one, "-a.so") == 0 || strcmp (one, "+b.so") == 0);
  g_assert_true (strcmp (two, "-a.so") == 0 || strcmp (two, "+b.so") == 0);
  g_assert_no_errno (g_rename (renamed, outside));
  assert_next (fixture, "-b.so");
  g_assert_no_errno (g_rename (outside, renamed));
  assert_next (fixture, "+b.so");
  assert_list (fixture, "b.so: cartpole");
}

static void
test_permissions (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = folder_copy (fixture->first, "a.so", good);

  assert_next (fixture, "+a.so");
  g_assert_no_errno (g_chmod (path, 0666));
  assert_next (fixture, "~a.so");
  assert_list (fixture, "a.so: !");
  g_assert_no_errno (g_chmod (path, 0644));
  assert_next (fixture, "~a.so");
  assert_list (fixture, "a.so: cartpole");
  /* A folder that all may write to holds nothing that may be loaded. */
  g_assert_no_errno (g_chmod (fixture->first, 0777));
  assert_next (fixture, "~a.so");
  assert_list (fixture, "a.so: !");
  g_assert_no_errno (g_chmod (fixture->first, 0700));
  assert_next (fixture, "~a.so");
  assert_list (fixture, "a.so: cartpole");
}

/* A file that comes in pieces is told as what it is in the end. */
static void
test_in_pieces (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = in_first (fixture, "a.so");
  g_autofree char *contents = NULL;
  gsize size;
  FILE *file;

  g_assert_true (g_file_get_contents (good, &contents, &size, NULL));
  assert_quiet (fixture);
  file = fopen (path, "w");
  g_assert_nonnull (file);
  g_chmod (path, 0644);
  for (guint i = 0; i < 5; i++)
    {
      gsize begin = size * i / 5;
      gint64 until = g_get_monotonic_time () + 50 * G_TIME_SPAN_MILLISECOND;

      g_assert_cmpuint (
          fwrite (contents + begin, 1, size * (i + 1) / 5 - begin, file), >, 0);
      g_assert_no_errno (fflush (file));
      while (g_get_monotonic_time () < until)
        g_main_context_iteration (NULL, FALSE);
    }
  fclose (file);
  /* Where the machine was slow, a part of it may have been looked at. */
  for (gboolean whole = FALSE; !whole;)
    {
      g_autofree char *listed = NULL;

      g_free (next_event (fixture));
      listed = list (fixture);
      whole = strcmp (listed, "a.so: cartpole") == 0;
    }
}

static void
test_bad_ones (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "abort-init.so", "crash-load.so" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (bad_folder, names[i], NULL);
      g_autofree char *expected = g_strconcat ("+", names[i], NULL);

      g_free (folder_copy (fixture->first, names[i], path));
      assert_next (fixture, expected);
    }
  assert_quiet (fixture);
  assert_list (fixture, "abort-init.so: !, crash-load.so: !");
}

static void
test_many (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) infos = NULL;

  assert_quiet (fixture);
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("%03u.so", i);

      if (i % 2 == 0)
        g_free (folder_copy (fixture->first, name, good));
      else
        {
          g_autofree char *path = in_first (fixture, name);

          g_assert_true (g_file_set_contents (path, "no", -1, NULL));
        }
    }
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char *event = next_event (fixture);

      g_assert_cmpint (event[0], ==, '+');
    }
  assert_quiet (fixture);
  infos = sh_folders_get_plugins (fixture->folders);
  g_assert_cmpuint (infos->len, ==, N_MANY);
  for (guint i = 0; i < infos->len; i++)
    {
      const ShPluginInfo *info = infos->pdata[i];

      g_assert_true ((info->failure == NULL) == (i % 2 == 0));
    }
}

/* ---- folders ---- */

static void
test_made_later (Fixture *fixture, gconstpointer data)
{
  g_autofree char *gone = g_build_filename (fixture->home, "gone", NULL);
  g_autofree char *parent = g_build_filename (fixture->home, "not", NULL);

  assert_quiet (fixture);
  g_assert_no_errno (g_mkdir_with_parents (fixture->second, 0700));
  g_free (folder_copy (fixture->second, "a.so", good));
  assert_next (fixture, "+a.so");
  g_free (folder_copy (fixture->first, "b.so", good));
  assert_next (fixture, "+b.so");
  assert_list (fixture, "b.so: cartpole, a.so: cartpole");

  g_assert_no_errno (g_rename (fixture->second, gone));
  assert_next (fixture, "-a.so");
  g_assert_no_errno (g_rename (gone, fixture->second));
  assert_next (fixture, "+a.so");
  g_assert_no_errno (g_rename (parent, gone));
  /* Nobody tells of a folder further up: that is what sweeps are for. */
  sh_folders_rescan (fixture->folders);
  assert_next (fixture, "-a.so");
  g_assert_no_errno (g_rename (gone, parent));
  assert_next (fixture, "+a.so");
}

static guint
count_descriptors (void)
{
  DIR *folder = opendir ("/proc/self/fd");
  guint n = 0;

  g_assert_nonnull (folder);
  while (readdir (folder) != NULL)
    n++;
  closedir (folder);
  return n;
}

static void
test_descriptors (Fixture *fixture, gconstpointer data)
{
  guint before = 0;

  assert_quiet (fixture);
  for (guint i = 0; i < 8; i++)
    {
      g_autofree char *path = folder_copy (fixture->first, "a.so", good);

      assert_next (fixture, "+a.so");
      g_assert_no_errno (g_unlink (path));
      assert_next (fixture, "-a.so");
      g_assert_no_errno (g_rmdir (fixture->first));
      g_assert_no_errno (g_mkdir (fixture->first, 0700));
      if (i == 1)
        before = count_descriptors ();
    }
  g_assert_cmpuint (count_descriptors (), ==, before);
}

int
main (int argc, char **argv)
{
  char *cache = folder_new ();
  int status;

  g_setenv ("XDG_CACHE_HOME", cache, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 4);
  bad_folder = argv[1];
  good = argv[2];
  other = argv[3];

#define TEST(PATH, FUNC)                                                       \
  g_test_add ("/folders/" PATH, Fixture, NULL, set_up, FUNC, tear_down)
  TEST ("dropped-and-removed", test_dropped);
  TEST ("there-before", test_there_before);
  TEST ("replaced-by-another-and-by-garbage", test_replaced);
  TEST ("renamed-within-out-and-in", test_renamed);
  TEST ("permissions-of-file-and-folder", test_permissions);
  TEST ("written-in-pieces", test_in_pieces);
  TEST ("those-that-misbehave-stay-listed", test_bad_ones);
  TEST ("many-at-once", test_many);
  TEST ("folders-made-later-moved-and-moved-back", test_made_later);
  TEST ("descriptors-stay-the-same", test_descriptors);
#undef TEST
  status = g_test_run ();
  folder_free (cache);
  return status;
}
