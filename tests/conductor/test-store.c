/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The store: what is saved is what is loaded, listed and deleted.
 */

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "fixture.h"
#include "sh-error.h"
#include "store-fixture.h"

/* Saving and loading */

static void
test_round_trip (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShBrain) brain = NULL;
  g_autofree char *files = NULL;
  const float observations[] = { 0, 0, 1.5f, -1, 100, 0.25f };
  float expected[6], actions[6];
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_assert_cmpuint (store_store (self, "Walker"), ==, 1);
  files = store_list_folder (self, "walker/1");
  g_assert_cmpstr (files, ==, "brain.json policy.onnx program.ink");
  brain = store_load (self, "walker", 0);
  g_assert_cmpstr (brain->info->name, ==, "Walker");
  g_assert_cmpuint (brain->info->version, ==, 1);
  g_assert_cmpint (brain->info->created, >=, now);
  g_assert_cmpint (brain->info->created, <=, now + 60);
  g_assert_cmpstr (brain->info->simulator, ==, "Sim");
  g_assert_cmpstr (brain->info->concept, ==, "Walk");
  g_assert_cmpstr (brain->info->algorithm, ==, "PPO");
  g_assert_cmpstr (brain->info->reason, ==, "curriculum-met");
  g_assert_cmpuint (brain->info->iterations, ==, 100);
  g_assert_cmpuint (brain->info->episodes, ==, 7);
  g_assert_cmpfloat (brain->info->mean_return, ==, 0.1);
  g_assert_cmpfloat (brain->info->seconds, ==, 2.5);
  g_assert_cmpuint (brain->info->seed, ==, G_MAXUINT64);
  g_assert_nonnull (strstr (brain->info->state, "x"));
  g_assert_nonnull (strstr (brain->info->action, "Left"));
  g_assert_null (brain->info->failure);
  g_assert_cmpstr (brain->program->text, ==, self->program->text);
  g_assert_cmpstr (brain->concept->name, ==, "Walk");

  sh_policy_act (self->policy, SH_ACT_GREEDY, 3, observations, expected, NULL,
                 NULL);
  sh_policy_act (brain->policy, SH_ACT_GREEDY, 3, observations, actions, NULL,
                 NULL);
  g_assert_cmpmem (actions, sizeof actions, expected, sizeof expected);
}

static void
test_no_result_yet (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShStoreVersion) version = store_begin (self, "walker");
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();
  g_autoptr (ShBrain) brain = NULL;
  g_autoptr (GError) error = NULL;

  sh_store_version_save (version, info, self->program, self->concept,
                         self->policy, &error);
  g_assert_no_error (error);
  brain = store_load (self, "walker", 1);
  g_assert_true (isnan (brain->info->mean_return));
  g_assert_cmpstr (brain->info->reason, ==, "none");
}

static void
test_versions (StoreFixture *self, gconstpointer data)
{
  for (guint i = 1; i <= 12; i++)
    g_assert_cmpuint (store_store (self, "walker"), ==, i);
  for (guint i = 0; i <= 12; i++)
    {
      g_autoptr (ShBrain) brain = store_load (self, "walker", i);

      g_assert_cmpuint (brain->info->version, ==, i == 0 ? 12 : i);
    }
  store_check_not_loaded (
      self, "walker", 13, SH_ERROR_NOT_FOUND,
      "brain 'walker' has no version 13; the highest is 12");
}

static void
test_save_again (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShStoreVersion) version = store_begin (self, "walker");
  g_autofree char *names = NULL;

  for (guint i = 1; i <= 5; i++)
    {
      g_autoptr (ShBrain) brain = NULL;

      store_save (self, version, i);
      brain = store_load (self, "walker", 1);
      g_assert_cmpuint (brain->info->iterations, ==, i);
    }
  sh_store_version_free (g_steal_pointer (&version));
  names = store_list_folder (self, "walker");
  g_assert_cmpstr (names, ==, "1");
}

static void
test_never_saved (StoreFixture *self, gconstpointer data)
{
  ShStoreVersion *version = store_begin (self, "walker");

  g_assert_cmpuint (sh_store_version_get_number (version), ==, 1);
  store_check_not_loaded (self, "walker", 0, SH_ERROR_NOT_FOUND,
                          "brain 'walker' has no version yet");
  sh_store_version_free (version);
  g_assert_false (store_exists (self, "walker"));
}

/* Going on */

static ShStoreVersion *
resume (const StoreFixture *self, guint number)
{
  g_autoptr (GError) error = NULL;
  ShStoreVersion *version =
      sh_store_resume_version (self->store, "walker", number, &error);

  g_assert_no_error (error);
  return version;
}

static void
test_resume (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShStoreVersion) version = NULL;
  g_autofree char *names = NULL;

  store_store (self, "walker");
  store_store (self, "walker");
  version = resume (self, 1);
  g_assert_cmpuint (sh_store_version_get_number (version), ==, 1);
  store_check_loaded (self, "walker", 1, 1, 100);
  store_save (self, version, 300);
  store_check_loaded (self, "walker", 1, 1, 300);
  store_check_loaded (self, "walker", 2, 2, 100);
  sh_store_version_free (g_steal_pointer (&version));
  /* Not saved again, it stays as it was. */
  sh_store_version_free (resume (self, 0));
  names = store_list_folder (self, "walker");
  g_assert_cmpstr (names, ==, "1 2");
}

static void
test_resume_refused (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShStoreVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (sh_store_resume_version (self->store, "walker", 0, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  store_store (self, "walker");
  g_assert_null (sh_store_resume_version (self->store, "walker", 2, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (sh_store_is_claimed (self->store, "walker", 1));
  version = resume (self, 1);
  g_assert_true (sh_store_is_claimed (self->store, "Walker", 1));
  g_assert_false (sh_store_is_claimed (self->store, "walker", 2));
  g_assert_null (sh_store_resume_version (self->store, "walker", 1, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_cmpstr (
      error->message, ==,
      "brain 'walker' version 1 is being trained by somebody else; stop "
      "that first");
}

static void
test_learner (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShStoreVersion) version = store_begin (self, "walker");
  g_autoptr (GBytes) state = g_bytes_new_static ("what it knows", 13);
  g_autoptr (GBytes) loaded = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = store_get_path (self, "walker/1/learner.bin");

  store_save (self, version, 1);
  g_assert_null (
      sh_store_load_learner (self->store, "walker", 0, NULL, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "walker' version 1"));
  g_clear_error (&error);
  sh_store_version_set_learner (version, state);
  store_save (self, version, 2);
  loaded = sh_store_load_learner (self->store, "walker", 0, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (loaded, state));

  g_assert_true (g_file_set_contents (path, "what it knew.", -1, NULL));
  g_assert_null (
      sh_store_load_learner (self->store, "walker", 0, NULL, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_CORRUPT);
  g_assert_nonnull (strstr (error->message, path));
  /* The policy is as good as before. */
  store_check_loaded (self, "walker", 0, 1, 2);
  sh_store_version_set_learner (version, NULL);
  store_save (self, version, 3);
  g_assert_false (store_exists (self, "walker/1/learner.bin"));
}

/* Names */

static void
test_names (StoreFixture *self, gconstpointer data)
{
  static const char *const good[] = { "a", "7", "cart-pole_2",
                                      "-", "_", "ABCdef" };
  static const char *const bad[] = { "",    ".",   "..",       "a/b",  ".a",
                                     "a.b", "a b", "\xc3\xa4", "a\nb", "../x",
                                     "a%",  "~",   "brain:1" };
  g_autofree char *longest = g_strnfill (SH_STORE_MAX_NAME, 'a');
  g_autofree char *too_long = g_strnfill (SH_STORE_MAX_NAME + 1, 'a');

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      g_assert_true (sh_store_check_name (good[i], NULL));
      g_assert_cmpuint (store_store (self, good[i]), ==, 1);
    }
  g_assert_true (sh_store_check_name (longest, NULL));
  g_assert_cmpuint (store_store (self, longest), ==, 1);
  g_assert_false (sh_store_check_name (too_long, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sh_store_check_name (bad[i], NULL));
      g_assert_null (sh_store_begin_version (self->store, bad[i], &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
      store_check_not_loaded (self, bad[i], 0, SH_ERROR_USAGE,
                              "cannot be a brain's");
    }
}

static void
test_names_case (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShBrain) brain = NULL;

  g_assert_cmpuint (store_store (self, "CartPole"), ==, 1);
  g_assert_cmpuint (store_store (self, "cartpole"), ==, 2);
  g_assert_cmpuint (store_store (self, "CARTPOLE"), ==, 3);
  brain = store_load (self, "cartPole", 1);
  g_assert_cmpstr (brain->info->name, ==, "CartPole");
}

static void
test_not_found (StoreFixture *self, gconstpointer data)
{
  store_check_not_loaded (
      self, "walker", 0, SH_ERROR_NOT_FOUND,
      "there is no brain 'walker'; 'simhost brain list' shows "
      "those there are");
  store_store (self, "walker");
  store_store (self, "elevator");
  store_check_not_loaded (self, "Wolker", 0, SH_ERROR_NOT_FOUND,
                          "there is no brain 'Wolker'; did you mean 'walker'?");
  store_check_not_loaded (self, "walk", 0, SH_ERROR_NOT_FOUND,
                          "did you mean 'walker'?");
  store_check_not_loaded (self, "x", 0, SH_ERROR_NOT_FOUND,
                          "there is no brain 'x'; 'simhost");
}

/* Lists and deleting */

static void
test_list (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) infos = NULL, one = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = store_get_path (self, "walker/2/brain.json");
  g_autofree char *stray = NULL;

  infos = sh_store_list (self->store, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (infos->len, ==, 0);
  g_ptr_array_unref (infos);

  for (guint i = 0; i < 11; i++)
    store_store (self, "Walker");
  store_store (self, "elevator");
  g_assert_true (g_file_set_contents (path, "{", -1, NULL));
  stray = store_get_path (self, "notes.txt");
  g_assert_true (g_file_set_contents (stray, "x", -1, NULL));
  store_make_folder (self, "walker/old");
  store_make_folder (self, "walker/012");

  infos = sh_store_list (self->store, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < infos->len; i++)
    {
      const ShBrainInfo *info = infos->pdata[i];

      g_string_append_printf (text, "%s/%u%s ", info->name, info->version,
                              info->failure != NULL ? "!" : "");
    }
  g_assert_cmpstr (text->str, ==,
                   "elevator/1 Walker/1 walker/2! Walker/3 Walker/4 Walker/5 "
                   "Walker/6 Walker/7 Walker/8 Walker/9 Walker/10 Walker/11 ");
  g_assert_nonnull (strstr (((ShBrainInfo *) infos->pdata[2])->failure, path));

  one = sh_store_list (self->store, "ELEVATOR", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (one->len, ==, 1);
  g_assert_null (sh_store_list (self->store, "elevators", &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "did you mean 'elevator'?"));
}

/* People rename and copy folders. */
static void
test_list_renamed (StoreFixture *self, gconstpointer data)
{
  g_autofree char *from = store_get_path (self, "walker"), *to = NULL;
  g_autoptr (ShBrain) brain = NULL;

  store_store (self, "walker");
  to = store_get_path (self, "runner");
  g_assert_cmpint (g_rename (from, to), ==, 0);
  brain = store_load (self, "runner", 0);
  g_assert_cmpstr (brain->info->name, ==, "runner");
}

static void
test_delete (StoreFixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;

  store_store (self, "walker");
  store_store (self, "walker");
  store_store (self, "elevator");
  g_assert_true (sh_store_delete (self->store, "Walker", 1, &error));
  g_assert_no_error (error);
  names = store_list_folder (self, "walker");
  g_assert_cmpstr (names, ==, "2");
  g_assert_false (sh_store_delete (self->store, "walker", 1, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sh_store_delete (self->store, "walker", 2, &error));
  g_assert_false (store_exists (self, "walker"));
  g_assert_false (sh_store_delete (self->store, "walker", 0, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sh_store_delete (self->store, "elevator", 0, &error));
  g_free (names);
  names = store_list_folder (self, "");
  g_assert_cmpstr (names, ==, "");
}

/* What is in training is not deleted; removed by hand it comes back, but not in
 * the place of another one. */
static void
test_delete_while_training (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShStoreVersion) version = store_begin (self, "walker");

  g_autoptr (GError) error = NULL;
  g_autofree char *folder = store_get_path (self, "walker");
  g_autofree char *away = store_get_path (self, "away");
  g_autofree char *again = store_get_path (self, "again");

  store_save (self, version, 1);
  for (guint number = 0; number < 2; number++)
    {
      g_assert_false (sh_store_delete (self->store, "walker", number, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_BUSY);
      g_clear_error (&error);
    }
  store_check_loaded (self, "walker", 1, 1, 1);

  g_assert_cmpint (g_rename (folder, away), ==, 0);
  store_save (self, version, 2);
  store_save (self, version, 3);
  store_check_loaded (self, "walker", 1, 1, 3);

  g_assert_cmpint (g_rename (folder, again), ==, 0);
  g_assert_cmpuint (store_store (self, "walker"), ==, 1);
  {
    g_autoptr (ShBrainInfo) info = sh_brain_info_new ();

    g_assert_false (sh_store_version_save (
        version, info, self->program, self->concept, self->policy, &error));
  }
  g_assert_nonnull (error);
  store_check_loaded (self, "walker", 1, 1, 100);
}

static void
test_home (void)
{
  g_autoptr (ShStore) own = NULL;
  g_autofree char *folder =
      g_build_filename (g_get_user_data_dir (), "simhost", "brains", NULL);

  g_setenv ("SIMHOST_DATA_HOME", "/somewhere", TRUE);
  own = sh_store_new (NULL);
  g_assert_cmpstr (sh_store_get_folder (own), ==, "/somewhere/brains");
  sh_store_free (own);
  g_setenv ("SIMHOST_DATA_HOME", "", TRUE);
  own = sh_store_new (NULL);
  g_assert_cmpstr (sh_store_get_folder (own), ==, folder);
  g_unsetenv ("SIMHOST_DATA_HOME");
}

static const struct
{
  const char *path;
  void (*test) (StoreFixture *, gconstpointer);
} tests[] = {
  { "/store/round-trip", test_round_trip },
  { "/store/no-result-yet", test_no_result_yet },
  { "/store/versions", test_versions },
  { "/store/save-again", test_save_again },
  { "/store/never-saved", test_never_saved },
  { "/store/resume", test_resume },
  { "/store/resume/refused", test_resume_refused },
  { "/store/learner", test_learner },
  { "/store/names", test_names },
  { "/store/names/case", test_names_case },
  { "/store/not-found", test_not_found },
  { "/store/list", test_list },
  { "/store/list/renamed", test_list_renamed },
  { "/store/delete", test_delete },
  { "/store/delete/while-training", test_delete_while_training },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/store/home", test_home);
  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, StoreFixture, NULL, store_set_up, tests[i].test,
                store_tear_down);
  return g_test_run ();
}
