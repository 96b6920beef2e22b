/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A store for a test.
 */

#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "fixture.h"
#include "sh-error.h"

static ShPolicy *
make_policy (const StoreFixture *self, guint64 seed)
{
  const guint layers[] = { 8, 8 };

  return sh_policy_new (sh_codec_get_space (self->codec), layers, 2, seed);
}

void
store_set_up (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->home = g_dir_make_tmp ("simhost-store-XXXXXX", &error);
  g_assert_no_error (error);
  self->store = sh_store_new (self->home);
  self->program =
      fixture_program ("{ x: number, v: Number.Float32<-1 .. 1> }",
                       "{ way: number<Left = 0, Right = 1>, push: number }",
                       "{ length: number }", "");
  self->concept = fixture_concept (self->program);
  self->codec = sh_codec_new (self->concept, &error);
  g_assert_no_error (error);
  self->policy = make_policy (self, 1);
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
store_tear_down (StoreFixture *self, gconstpointer data)
{
  remove_tree (self->home);
  g_free (self->home);
  sh_store_free (self->store);
  sh_policy_free (self->policy);
  sh_codec_unref (self->codec);
  sh_program_unref (self->program);
}

char *
store_get_path (const StoreFixture *self, const char *relative)
{
  return g_build_filename (self->home, "brains", relative, NULL);
}

gboolean
store_exists (const StoreFixture *self, const char *relative)
{
  g_autofree char *path = store_get_path (self, relative);
  struct stat info;

  return lstat (path, &info) == 0;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

char *
store_list_folder (const StoreFixture *self, const char *relative)
{
  g_autofree char *path = store_get_path (self, relative);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **) names->pdata);
}

ShStoreVersion *
store_begin (const StoreFixture *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  ShStoreVersion *version = sh_store_begin_version (self->store, name, &error);

  g_assert_no_error (error);
  g_assert_nonnull (version);
  return version;
}

void
store_save (const StoreFixture *self,
            ShStoreVersion *version,
            guint64 iterations)
{
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();
  g_autoptr (GError) error = NULL;

  info->algorithm = g_strdup ("PPO");
  info->reason = g_strdup ("curriculum-met");
  info->iterations = iterations;
  info->episodes = 7;
  info->mean_return = 0.1;
  info->seconds = 2.5;
  info->seed = G_MAXUINT64;
  sh_store_version_save (version, info, self->program, self->concept,
                         self->policy, &error);
  g_assert_no_error (error);
}

guint
store_store (const StoreFixture *self, const char *name)
{
  g_autoptr (ShStoreVersion) version = store_begin (self, name);

  store_save (self, version, 100);
  return sh_store_version_get_number (version);
}

ShBrain *
store_load (const StoreFixture *self, const char *name, guint number)
{
  g_autoptr (GError) error = NULL;
  ShBrain *brain = sh_store_load (self->store, name, number, &error);

  g_assert_no_error (error);
  g_assert_nonnull (brain);
  return brain;
}

void
store_check_loaded (const StoreFixture *self,
                    const char *name,
                    guint number,
                    guint version,
                    guint64 iterations)
{
  g_autoptr (ShBrain) brain = store_load (self, name, number);

  g_assert_cmpuint (brain->info->version, ==, version);
  g_assert_cmpuint (brain->info->iterations, ==, iterations);
}

void
store_check_not_loaded (const StoreFixture *self,
                        const char *name,
                        guint number,
                        int code,
                        const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sh_store_load (self->store, name, number, &error));
  g_assert_error (error, SH_ERROR, code);
  if (strstr (error->message, message) == NULL)
    g_error ("'%s' lacks '%s'", error->message, message);
}

void
store_make_folder (const StoreFixture *self, const char *relative)
{
  g_autofree char *path = store_get_path (self, relative);
  g_autofree char *file = g_build_filename (path, "policy.onnx", NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "half", -1, NULL));
}
