/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The store: what is saved is what is loaded, what is damaged is named, and
 * nobody ever sees half a version.
 */

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "sh-error.h"
#include "sh-store.h"

typedef struct
{
  char *home;
  ShStore *store;
  ShProgram *program;
  const ShConcept *concept;
  ShCodec *codec;
  ShPolicy *policy;
} Fixture;

static ShPolicy *
make_policy (const Fixture *self, guint64 seed)
{
  const guint layers[] = { 8, 8 };

  return sh_policy_new (sh_codec_get_space (self->codec), layers, 2, seed);
}

static void
set_up (Fixture *self, gconstpointer data)
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

static void
tear_down (Fixture *self, gconstpointer data)
{
  remove_tree (self->home);
  g_free (self->home);
  sh_store_free (self->store);
  sh_policy_free (self->policy);
  sh_codec_unref (self->codec);
  sh_program_unref (self->program);
}

/* A path below the folder of the brains. */
static char *
get_path (const Fixture *self, const char *relative)
{
  return g_build_filename (self->home, "brains", relative, NULL);
}

static gboolean
exists (const Fixture *self, const char *relative)
{
  g_autofree char *path = get_path (self, relative);
  struct stat info;

  return lstat (path, &info) == 0;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* Names in a folder, hidden ones too, sorted. */
static char *
list_folder (const Fixture *self, const char *relative)
{
  g_autofree char *path = get_path (self, relative);
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  g_ptr_array_add (names, NULL);
  return g_strjoinv (" ", (char **) names->pdata);
}

static ShStoreVersion *
begin (const Fixture *self, const char *name)
{
  g_autoptr (GError) error = NULL;
  ShStoreVersion *version = sh_store_begin_version (self->store, name, &error);

  g_assert_no_error (error);
  g_assert_nonnull (version);
  return version;
}

static void
save (const Fixture *self, ShStoreVersion *version, guint64 iterations)
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

/* A version from nothing. */
static guint
store (const Fixture *self, const char *name)
{
  g_autoptr (ShStoreVersion) version = begin (self, name);

  save (self, version, 100);
  return sh_store_version_get_number (version);
}

static ShBrain *
load (const Fixture *self, const char *name, guint number)
{
  g_autoptr (GError) error = NULL;
  ShBrain *brain = sh_store_load (self->store, name, number, &error);

  g_assert_no_error (error);
  g_assert_nonnull (brain);
  return brain;
}

static void
check_loaded (const Fixture *self,
              const char *name,
              guint number,
              guint version,
              guint64 iterations)
{
  g_autoptr (ShBrain) brain = load (self, name, number);

  g_assert_cmpuint (brain->info->version, ==, version);
  g_assert_cmpuint (brain->info->iterations, ==, iterations);
}

static void
check_not_loaded (const Fixture *self,
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

/* Saving and loading */

static void
test_round_trip (Fixture *self, gconstpointer data)
{
  g_autoptr (ShBrain) brain = NULL;
  g_autofree char *files = NULL;
  const float observations[] = { 0, 0, 1.5f, -1, 100, 0.25f };
  float expected[6], actions[6];
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;

  g_assert_cmpuint (store (self, "Walker"), ==, 1);
  files = list_folder (self, "walker/1");
  g_assert_cmpstr (files, ==, "brain.json policy.bin program.ink");
  brain = load (self, "walker", 0);
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
test_no_result_yet (Fixture *self, gconstpointer data)
{
  g_autoptr (ShStoreVersion) version = begin (self, "walker");
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();
  g_autoptr (ShBrain) brain = NULL;
  g_autoptr (GError) error = NULL;

  sh_store_version_save (version, info, self->program, self->concept,
                         self->policy, &error);
  g_assert_no_error (error);
  brain = load (self, "walker", 1);
  g_assert_true (isnan (brain->info->mean_return));
  g_assert_cmpstr (brain->info->reason, ==, "none");
}

static void
test_versions (Fixture *self, gconstpointer data)
{
  for (guint i = 1; i <= 12; i++)
    g_assert_cmpuint (store (self, "walker"), ==, i);
  for (guint i = 0; i <= 12; i++)
    {
      g_autoptr (ShBrain) brain = load (self, "walker", i);

      g_assert_cmpuint (brain->info->version, ==, i == 0 ? 12 : i);
    }
  check_not_loaded (self, "walker", 13, SH_ERROR_NOT_FOUND,
                    "brain 'walker' has no version 13; the highest is 12");
}

static void
test_save_again (Fixture *self, gconstpointer data)
{
  g_autoptr (ShStoreVersion) version = begin (self, "walker");
  g_autofree char *names = NULL;

  for (guint i = 1; i <= 5; i++)
    {
      g_autoptr (ShBrain) brain = NULL;

      save (self, version, i);
      brain = load (self, "walker", 1);
      g_assert_cmpuint (brain->info->iterations, ==, i);
    }
  sh_store_version_free (g_steal_pointer (&version));
  names = list_folder (self, "walker");
  g_assert_cmpstr (names, ==, "1");
}

static void
test_never_saved (Fixture *self, gconstpointer data)
{
  ShStoreVersion *version = begin (self, "walker");

  g_assert_cmpuint (sh_store_version_get_number (version), ==, 1);
  check_not_loaded (self, "walker", 0, SH_ERROR_NOT_FOUND,
                    "there is no brain 'walker'");
  sh_store_version_free (version);
  g_assert_false (exists (self, "walker"));
}

/* Names */

static void
test_names (Fixture *self, gconstpointer data)
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
      g_assert_cmpuint (store (self, good[i]), ==, 1);
    }
  g_assert_true (sh_store_check_name (longest, NULL));
  g_assert_cmpuint (store (self, longest), ==, 1);
  g_assert_false (sh_store_check_name (too_long, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (sh_store_check_name (bad[i], NULL));
      g_assert_null (sh_store_begin_version (self->store, bad[i], &error));
      g_assert_error (error, SH_ERROR, SH_ERROR_USAGE);
      check_not_loaded (self, bad[i], 0, SH_ERROR_USAGE, "cannot be a brain's");
    }
}

static void
test_names_case (Fixture *self, gconstpointer data)
{
  g_autoptr (ShBrain) brain = NULL;

  g_assert_cmpuint (store (self, "CartPole"), ==, 1);
  g_assert_cmpuint (store (self, "cartpole"), ==, 2);
  g_assert_cmpuint (store (self, "CARTPOLE"), ==, 3);
  brain = load (self, "cartPole", 1);
  g_assert_cmpstr (brain->info->name, ==, "CartPole");
}

static void
test_not_found (Fixture *self, gconstpointer data)
{
  check_not_loaded (self, "walker", 0, SH_ERROR_NOT_FOUND,
                    "there is no brain 'walker'; 'simhost brain list' shows "
                    "those there are");
  store (self, "walker");
  store (self, "elevator");
  check_not_loaded (self, "Wolker", 0, SH_ERROR_NOT_FOUND,
                    "there is no brain 'Wolker'; did you mean 'walker'?");
  check_not_loaded (self, "x", 0, SH_ERROR_NOT_FOUND,
                    "there is no brain 'x'; 'simhost");
}

/* Damage */

typedef enum
{
  DAMAGE_REMOVE,
  DAMAGE_EMPTY,
  DAMAGE_SHORTEN,
  DAMAGE_LENGTHEN,
  DAMAGE_FLIP,
  DAMAGE_FOLDER,
  DAMAGE_PIPE,
  DAMAGE_LINK,
  N_DAMAGES
} Damage;

static void
inflict (const char *path, Damage damage)
{
  g_autofree char *contents = NULL, *copy = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_remove (path);
  switch (damage)
    {
    case DAMAGE_EMPTY:
      length = 0;
      break;
    case DAMAGE_SHORTEN:
      length--;
      /* The last newline of brain.json says nothing. */
      while (length > 0 && strchr ("\n}", contents[length - 1]) != NULL)
        length--;
      break;
    case DAMAGE_LENGTHEN:
      contents = g_realloc (contents, length + 2);
      contents[length++] = 'x';
      break;
    case DAMAGE_FLIP:
      contents[length / 2] ^= 0x80;
      break;
    case DAMAGE_FOLDER:
      g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
      return;
    case DAMAGE_PIPE:
      g_assert_cmpint (mkfifo (path, 0600), ==, 0);
      return;
    case DAMAGE_LINK:
      copy = g_strconcat (path, ".copy", NULL);
      g_assert_true (
          g_file_set_contents (copy, contents, (gssize) length, NULL));
      g_assert_cmpint (symlink (copy, path), ==, 0);
      return;
    case DAMAGE_REMOVE:
    case N_DAMAGES:
    default:
      return;
    }
  g_assert_true (g_file_set_contents (path, contents, (gssize) length, NULL));
}

static void
test_damage (Fixture *self, gconstpointer data)
{
  static const char *const files[] = { "brain.json", "policy.bin",
                                       "program.ink" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    for (guint damage = 0; damage < N_DAMAGES; damage++)
      {
        g_autofree char *relative = g_strconcat ("walker/1/", files[i], NULL);
        g_autofree char *path = get_path (self, relative);

        store (self, "walker");
        inflict (path, (Damage) damage);
        check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT, path);
        check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT,
                          "brain 'walker' version 1: ");
        g_assert_true (sh_store_delete (self->store, "walker", 0, NULL));
      }
}

typedef struct
{
  const char *from, *to;
  const char *message;
} EditCase;

static const EditCase edits[] = {
  { "\"format\": 1", "\"format\": 2", "format 2 is not known" },
  { "\"format\": 1", "\"format\": \"1\"", "'format' is missing or wrong" },
  { "\"name\"", "\"nome\"", "'name' is missing or wrong" },
  { "\"version\": 1", "\"version\": 0", "'version' is missing or wrong" },
  { "\"version\": 1", "\"version\": -1", "'version' is missing or wrong" },
  { "\"version\": 1", "\"version\": 1.5", "'version' is missing or wrong" },
  { "\"created\": \"2", "\"created\": \"x", "'created' is missing or wrong" },
  { "\"concept\": \"Walk\"", "\"concept\": null",
    "'concept' is missing or wrong" },
  { "\"concept\": \"Walk\"", "\"concept\": \"Talk\"", "no concept 'Talk'" },
  { "\"schemas\": {", "\"schemas\": 1, \"s\": {",
    "'schemas.state' is missing or wrong" },
  { "\"iterations\": 100", "\"iterations\": \"-1\"",
    "'result.iterations' is missing or wrong" },
  { "\"mean_return\": 0.1", "\"mean_return\": \"0.1\"",
    "'result.mean_return' is missing or wrong" },
  { "\"files\"", "\"flies\"", "'files.policy.bin' is missing or wrong" },
  { "\"program.ink\": \"", "\"program.ink\": \"0", "program.ink is damaged" },
  { "{", "[", "not JSON" },
};

static void
edit (const char *path, const char *from, const char *to)
{
  g_autofree char *contents = NULL, *edited = NULL;
  g_auto (GStrv) parts = NULL;

  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  parts = g_strsplit (contents, from, 2);
  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  edited = g_strjoinv (to, parts);
  g_assert_true (g_file_set_contents (path, edited, -1, NULL));
}

static void
test_damage_json (Fixture *self, gconstpointer data)
{
  g_autofree char *path = get_path (self, "walker/1/brain.json");

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      store (self, "walker");
      edit (path, edits[i].from, edits[i].to);
      check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT, edits[i].message);
      g_assert_true (sh_store_delete (self->store, "walker", 0, NULL));
    }
}

/* A file put in another's place, check sum and all. */
static void
replace (const Fixture *self, const char *name, const char *contents)
{
  g_autofree char *relative = g_strconcat ("walker/1/", name, NULL);
  g_autofree char *path = get_path (self, relative);
  g_autofree char *json = get_path (self, "walker/1/brain.json");
  g_autofree char *old = NULL, *old_sum = NULL, *new_sum = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &old, &length, NULL));
  old_sum =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, (guchar *) old, length);
  new_sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, contents, -1);
  g_assert_true (g_file_set_contents (path, contents, -1, NULL));
  edit (json, old_sum, new_sum);
}

static void
test_damage_with_sums (Fixture *self, gconstpointer data)
{
  g_autofree char *path = get_path (self, "walker/1");

  store (self, "walker");
  replace (self, "policy.bin", "no policy");
  check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT, path);
  sh_store_delete (self->store, "walker", 0, NULL);
  store (self, "walker");
  replace (self, "program.ink", "inkling \"2.0\" and nothing");
  check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT, "program.ink");
  sh_store_delete (self->store, "walker", 0, NULL);
  store (self, "walker");
  /* A good program with another state: the policy doesn't fit. */
  {
    g_autoptr (ShProgram) other =
        fixture_program ("{ x: number }", "{ push: number }", "{}", "");

    replace (self, "program.ink", other->text);
  }
  check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT, path);
}

/* Several at once */

static void
test_two_claims (Fixture *self, gconstpointer data)
{
  ShStoreVersion *first = begin (self, "walker");
  ShStoreVersion *second = begin (self, "walker");
  g_autofree char *names = NULL;

  g_assert_cmpuint (sh_store_version_get_number (first), ==, 1);
  g_assert_cmpuint (sh_store_version_get_number (second), ==, 2);
  save (self, second, 2);
  save (self, first, 1);
  sh_store_version_free (first);
  sh_store_version_free (second);
  g_assert_cmpuint (store (self, "walker"), ==, 3);
  names = list_folder (self, "walker");
  g_assert_cmpstr (names, ==, "1 2 3");
}

#define WRITERS 4u
#define VERSIONS 8u

static gpointer
write_versions (gpointer data)
{
  const Fixture *self = data;

  for (guint i = 0; i < VERSIONS; i++)
    store (self, "walker");
  return NULL;
}

static void
test_many_writers (Fixture *self, gconstpointer data)
{
  GThread *threads[WRITERS];
  g_autofree char *names = NULL;
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < WRITERS; i++)
    threads[i] = g_thread_new ("writer", write_versions, self);
  for (guint i = 0; i < WRITERS; i++)
    g_thread_join (threads[i]);
  names = list_folder (self, "walker");
  list = g_strsplit (names, " ", -1);
  g_assert_cmpuint (g_strv_length (list), ==, WRITERS * VERSIONS);
  for (guint i = 1; i <= WRITERS * VERSIONS; i++)
    {
      g_autoptr (ShBrain) brain = load (self, "walker", i);

      g_assert_cmpuint (brain->info->version, ==, i);
    }
}

#define SAVES 60u

static gpointer
save_often (gpointer data)
{
  const Fixture *self = data;
  g_autoptr (ShStoreVersion) version = begin (self, "walker");

  for (guint i = 1; i <= SAVES; i++)
    save (self, version, i);
  return NULL;
}

static void
test_read_while_saving (Fixture *self, gconstpointer data)
{
  guint64 last = 0;
  GThread *thread;

  store (self, "walker");
  thread = g_thread_new ("writer", save_often, self);
  while (last < SAVES)
    {
      g_autoptr (ShBrain) brain = load (self, "walker", 0);

      if (brain->info->version == 1)
        continue;
      g_assert_cmpuint (brain->info->iterations, >=, last);
      last = brain->info->iterations;
    }
  g_thread_join (thread);
}

/* What is left behind */

/* Claims a version and dies, having saved so often. */
static void
die_in_the_middle (const Fixture *self, guint n_saves)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      ShStoreVersion *version = begin (self, "walker");

      for (guint i = 0; i < n_saves; i++)
        save (self, version, i);
      raise (SIGKILL);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));
}

static void
make_folder (const Fixture *self, const char *relative)
{
  g_autofree char *path = get_path (self, relative);
  g_autofree char *file = g_build_filename (path, "policy.bin", NULL);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  g_assert_true (g_file_set_contents (file, "half", -1, NULL));
}

static void
test_killed (Fixture *self, gconstpointer data)
{
  g_autofree char *names = NULL, *after = NULL;

  die_in_the_middle (self, 0);
  g_assert_true (exists (self, "walker/.1"));
  check_not_loaded (self, "walker", 0, SH_ERROR_NOT_FOUND, "no brain 'walker'");
  /* As if killed while writing, while replacing, while deleting. */
  make_folder (self, "walker/.1.0123abcd");
  make_folder (self, "walker/.7.0123abcd.deleted");
  make_folder (self, ".walker.0123abcd.deleted");
  /* Not ours. */
  make_folder (self, "walker/.git");
  make_folder (self, ".git");

  g_assert_cmpuint (store (self, "walker"), ==, 2);
  names = list_folder (self, "walker");
  g_assert_cmpstr (names, ==, ".git 2");
  after = list_folder (self, "");
  g_assert_cmpstr (after, ==, ".git walker");

  die_in_the_middle (self, 2);
  check_loaded (self, "walker", 0, 3, 1);
}

/* A claim of somebody who lives is respected. */
static void
test_living_claim (Fixture *self, gconstpointer data)
{
  ShStoreVersion *first = begin (self, "walker");

  g_assert_cmpuint (store (self, "walker"), ==, 2);
  g_assert_true (exists (self, "walker/.1"));
  save (self, first, 5);
  sh_store_version_free (first);
  check_loaded (self, "walker", 1, 1, 5);
}

/* Files may not grow beyond some bytes: as if the disk were full. */
static void
test_disk_full (Fixture *self, gconstpointer data)
{
  ShStoreVersion *version = begin (self, "walker");
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();
  g_autoptr (ShBrain) brain = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;
  struct rlimit limit, small;

  save (self, version, 1);
  signal (SIGXFSZ, SIG_IGN);
  getrlimit (RLIMIT_FSIZE, &limit);
  small = limit;
  small.rlim_cur = 100;
  setrlimit (RLIMIT_FSIZE, &small);
  g_assert_false (sh_store_version_save (version, info, self->program,
                                         self->concept, self->policy, &error));
  setrlimit (RLIMIT_FSIZE, &limit);
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (
      error->message, "cannot save brain 'walker' version 1: cannot write "));
  g_assert_nonnull (strstr (error->message, "policy.bin: "));
  sh_store_version_free (version);
  brain = load (self, "walker", 1);
  g_assert_cmpuint (brain->info->iterations, ==, 1);
  names = list_folder (self, "walker");
  g_assert_cmpstr (names, ==, "1");
}

static void
test_no_folder (Fixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->home, "brains", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "a file", -1, NULL));
  g_assert_null (sh_store_begin_version (self->store, "walker", &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, path));
  check_not_loaded (self, "walker", 0, SH_ERROR_NOT_FOUND, "no brain 'walker'");
}

/* Lists and deleting */

static void
test_list (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) infos = NULL, one = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = get_path (self, "walker/2/brain.json");
  g_autofree char *stray = NULL;

  infos = sh_store_list (self->store, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (infos->len, ==, 0);
  g_ptr_array_unref (infos);

  for (guint i = 0; i < 11; i++)
    store (self, "Walker");
  store (self, "elevator");
  inflict (path, DAMAGE_FLIP);
  stray = get_path (self, "notes.txt");
  g_assert_true (g_file_set_contents (stray, "x", -1, NULL));
  make_folder (self, "walker/old");
  make_folder (self, "walker/012");

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
test_list_renamed (Fixture *self, gconstpointer data)
{
  g_autofree char *from = get_path (self, "walker"), *to = NULL;
  g_autoptr (ShBrain) brain = NULL;

  store (self, "walker");
  to = get_path (self, "runner");
  g_assert_cmpint (g_rename (from, to), ==, 0);
  brain = load (self, "runner", 0);
  g_assert_cmpstr (brain->info->name, ==, "runner");
}

static void
test_delete (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;

  store (self, "walker");
  store (self, "walker");
  store (self, "elevator");
  g_assert_true (sh_store_delete (self->store, "Walker", 1, &error));
  g_assert_no_error (error);
  names = list_folder (self, "walker");
  g_assert_cmpstr (names, ==, "2");
  g_assert_false (sh_store_delete (self->store, "walker", 1, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sh_store_delete (self->store, "walker", 2, &error));
  g_assert_false (exists (self, "walker"));
  g_assert_false (sh_store_delete (self->store, "walker", 0, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_true (sh_store_delete (self->store, "elevator", 0, &error));
  g_free (names);
  names = list_folder (self, "");
  g_assert_cmpstr (names, ==, "");
}

/* Deleted while it is trained: what was learnt is not lost. */
static void
test_delete_while_training (Fixture *self, gconstpointer data)
{
  g_autoptr (ShStoreVersion) version = begin (self, "walker");

  save (self, version, 1);
  g_assert_true (sh_store_delete (self->store, "walker", 0, NULL));
  check_not_loaded (self, "walker", 0, SH_ERROR_NOT_FOUND, "no brain 'walker'");
  save (self, version, 2);
  check_loaded (self, "walker", 1, 1, 2);
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
  void (*test) (Fixture *, gconstpointer);
} tests[] = {
  { "/store/round-trip", test_round_trip },
  { "/store/no-result-yet", test_no_result_yet },
  { "/store/versions", test_versions },
  { "/store/save-again", test_save_again },
  { "/store/never-saved", test_never_saved },
  { "/store/names", test_names },
  { "/store/names/case", test_names_case },
  { "/store/not-found", test_not_found },
  { "/store/damage/files", test_damage },
  { "/store/damage/json", test_damage_json },
  { "/store/damage/with-right-sums", test_damage_with_sums },
  { "/store/two-claims", test_two_claims },
  { "/store/many-writers", test_many_writers },
  { "/store/read-while-saving", test_read_while_saving },
  { "/store/killed", test_killed },
  { "/store/living-claim", test_living_claim },
  { "/store/disk-full", test_disk_full },
  { "/store/no-folder", test_no_folder },
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
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
