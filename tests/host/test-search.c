/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Searches of the catalog that do not wait. Probes are real ones.
 *
 *   test-host-search FOLDER-OF-BAD-PLUGINS GOOD EVERYTHING
 */

#include <string.h>

#include "folder.h"
#include "sh-catalog.h"
#include "sh-error.h"

static const char *bad_folder, *good, *everything;

static char *
new_plugin_path (void)
{
  char *folder = folder_new ();

  g_setenv ("SIMHOST_PLUGIN_PATH", folder, TRUE);
  return folder;
}

typedef struct
{
  ShCatalogSearch *search;
  char *path; /* of the plugin that was found; or NULL */
  GError *error;
  guint n_told;
} Found;

/* The search may go at once; the plugin is there for as long as this takes. */
static void
on_found (ShPluginInfo *plugin,
          const ShSimulatorInfo *simulator,
          const GError *error,
          gpointer data)
{
  Found *found = data;

  g_assert_nonnull (found->search); /* not before it was there */
  g_clear_pointer (&found->search, sh_catalog_search_free);
  g_assert_true ((plugin != NULL) == (error == NULL));
  if (plugin != NULL)
    {
      g_assert_true (simulator->plugin == plugin);
      g_assert_cmpstr (simulator->simulator.name, ==, "cartpole");
      found->path = g_strdup (plugin->path);
    }
  else
    found->error = g_error_copy (error);
  found->n_told++;
}

static void
search_for (Found *found, const char *name)
{
  *found = (Found){ 0 };
  found->search = sh_catalog_search_new (name, on_found, found);
}

/* What sh_catalog_find finds, from the main loop; of files that have to be probed
 * as of those that are known. */
static void
test_name (void)
{
  char *folder = new_plugin_path ();
  g_autofree char *pole = folder_copy (folder, "pole.so", good);
  g_autofree char *broken = g_strdup_printf ("%s/crash-init.so", bad_folder);
  Found found, lost;

  g_free (folder_copy (folder, "lift.so", broken));
  for (guint i = 0; i < 2; i++)
    {
      search_for (&found, "cartpole");
      search_for (&lost, "lift");
      while (found.n_told == 0 || lost.n_told == 0)
        g_main_context_iteration (NULL, TRUE);
      g_assert_no_error (found.error);
      g_assert_cmpstr (found.path, ==, pole);
      g_assert_error (lost.error, SH_ERROR, SH_ERROR_PLUGIN);
      g_assert_nonnull (strstr (lost.error->message, "crashed in init"));
      g_error_free (lost.error);
      g_free (found.path);
    }
  /* A path is no name here. */
  search_for (&lost, pole);
  while (lost.n_told == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (lost.error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_error_free (lost.error);
  folder_free (folder);
}

static void
test_freed (void)
{
  char *folder = new_plugin_path ();
  Found found;

  g_free (folder_copy (folder, "pole.so", everything));
  search_for (&found, "everything");
  sh_catalog_search_free (found.search);
  /* What is known by now is told from the loop, too, unless nobody listens. */
  g_ptr_array_unref (sh_catalog_scan ());
  search_for (&found, "everything");
  g_assert_cmpuint (found.n_told, ==, 0);
  sh_catalog_search_free (found.search);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (found.n_told, ==, 0);
  folder_free (folder);
}

int
main (int argc, char **argv)
{
  char *home = folder_new ();
  int status;

  /* Before GLib looks: it does so once. */
  g_setenv ("XDG_CACHE_HOME", home, TRUE);
  g_setenv ("SIMHOST_DATA_HOME", home, TRUE);
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 4);
  bad_folder = argv[1];
  good = argv[2];
  everything = argv[3];

  g_test_add_func ("/catalog/search/name", test_name);
  g_test_add_func ("/catalog/search/freed", test_freed);
  status = g_test_run ();
  folder_free (home);
  return status;
}
