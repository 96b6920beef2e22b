/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The store when things go wrong: what is damaged is named, what a dead process
 * left is removed, and nobody ever sees half a version.
 */

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "sh-error.h"
#include "store-fixture.h"

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
test_damage (StoreFixture *self, gconstpointer data)
{
  static const char *const files[] = { "brain.json", "policy.onnx",
                                       "program.ink" };

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    for (guint damage = 0; damage < N_DAMAGES; damage++)
      {
        g_autofree char *relative = g_strconcat ("walker/1/", files[i], NULL);
        g_autofree char *path = store_get_path (self, relative);

        store_store (self, "walker");
        inflict (path, (Damage) damage);
        store_check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT, path);
        store_check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT,
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
  { "\"format\": 2", "\"format\": 1",
    "format 1 is not known; it is that of an earlier" },
  { "\"format\": 2", "\"format\": 3",
    "format 3 is not known; a newer Simhost may" },
  { "\"format\": 2", "\"format\": \"2\"", "'format' is missing or wrong" },
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
  { "\"files\"", "\"flies\"", "'files.policy.onnx' is missing or wrong" },
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
test_damage_json (StoreFixture *self, gconstpointer data)
{
  g_autofree char *path = store_get_path (self, "walker/1/brain.json");

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      store_store (self, "walker");
      edit (path, edits[i].from, edits[i].to);
      store_check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT,
                              edits[i].message);
      g_assert_true (sh_store_delete (self->store, "walker", 0, NULL));
    }
}

/* A file put in another's place, check sum and all. */
static void
replace (const StoreFixture *self, const char *name, const char *contents)
{
  g_autofree char *relative = g_strconcat ("walker/1/", name, NULL);
  g_autofree char *path = store_get_path (self, relative);
  g_autofree char *json = store_get_path (self, "walker/1/brain.json");
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
test_damage_with_sums (StoreFixture *self, gconstpointer data)
{
  g_autofree char *path = store_get_path (self, "walker/1");

  store_store (self, "walker");
  replace (self, "policy.onnx", "no policy");
  store_check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT, path);
  sh_store_delete (self->store, "walker", 0, NULL);
  store_store (self, "walker");
  replace (self, "program.ink", "inkling \"2.0\" and nothing");
  store_check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT, "program.ink");
  sh_store_delete (self->store, "walker", 0, NULL);
  store_store (self, "walker");
  /* A good program with another state: the policy doesn't fit. */
  {
    g_autoptr (ShProgram) other =
        fixture_program ("{ x: number }", "{ push: number }", "{}", "");

    replace (self, "program.ink", other->text);
  }
  store_check_not_loaded (self, "walker", 0, SH_ERROR_CORRUPT, path);
}

/* Several at once */

static void
test_two_claims (StoreFixture *self, gconstpointer data)
{
  ShStoreVersion *first = store_begin (self, "walker");
  ShStoreVersion *second = store_begin (self, "walker");
  g_autofree char *names = NULL;

  g_assert_cmpuint (sh_store_version_get_number (first), ==, 1);
  g_assert_cmpuint (sh_store_version_get_number (second), ==, 2);
  store_save (self, second, 2);
  store_save (self, first, 1);
  sh_store_version_free (first);
  sh_store_version_free (second);
  g_assert_cmpuint (store_store (self, "walker"), ==, 3);
  names = store_list_folder (self, "walker");
  g_assert_cmpstr (names, ==, "1 2 3");
}

#define WRITERS 4u
#define VERSIONS 8u

static gpointer
write_versions (gpointer data)
{
  const StoreFixture *self = data;

  for (guint i = 0; i < VERSIONS; i++)
    store_store (self, "walker");
  return NULL;
}

static void
test_many_writers (StoreFixture *self, gconstpointer data)
{
  GThread *threads[WRITERS];
  g_autofree char *names = NULL;
  g_auto (GStrv) list = NULL;

  for (guint i = 0; i < WRITERS; i++)
    threads[i] = g_thread_new ("writer", write_versions, self);
  for (guint i = 0; i < WRITERS; i++)
    g_thread_join (threads[i]);
  names = store_list_folder (self, "walker");
  list = g_strsplit (names, " ", -1);
  g_assert_cmpuint (g_strv_length (list), ==, WRITERS * VERSIONS);
  for (guint i = 1; i <= WRITERS * VERSIONS; i++)
    {
      g_autoptr (ShBrain) brain = store_load (self, "walker", i);

      g_assert_cmpuint (brain->info->version, ==, i);
    }
}

static gpointer
claim_in_vain (gpointer data)
{
  const StoreFixture *self = data;

  for (guint i = 0; i < 50; i++)
    sh_store_version_free (store_begin (self, "walker"));
  return NULL;
}

/* The brain's folder comes and goes with the claims. */
static void
test_claims_in_vain (StoreFixture *self, gconstpointer data)
{
  GThread *threads[WRITERS];

  for (guint i = 0; i < WRITERS; i++)
    threads[i] = g_thread_new ("claimer", claim_in_vain, self);
  for (guint i = 0; i < WRITERS; i++)
    g_thread_join (threads[i]);
  g_assert_false (store_exists (self, "walker"));
  g_assert_cmpuint (store_store (self, "walker"), ==, 1);
}

#define SAVES 60u

static gpointer
save_often (gpointer data)
{
  const StoreFixture *self = data;
  g_autoptr (ShStoreVersion) version = store_begin (self, "walker");

  for (guint i = 1; i <= SAVES; i++)
    store_save (self, version, i);
  return NULL;
}

static void
test_read_while_saving (StoreFixture *self, gconstpointer data)
{
  guint64 last = 0;
  GThread *thread;

  store_store (self, "walker");
  thread = g_thread_new ("writer", save_often, self);
  while (last < SAVES)
    {
      g_autoptr (ShBrain) brain = store_load (self, "walker", 0);

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
die_in_the_middle (const StoreFixture *self, guint n_saves)
{
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      ShStoreVersion *version = store_begin (self, "walker");

      for (guint i = 0; i < n_saves; i++)
        store_save (self, version, i);
      raise (SIGKILL);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));
}

static void
test_killed (StoreFixture *self, gconstpointer data)
{
  g_autofree char *names = NULL, *after = NULL;

  die_in_the_middle (self, 0);
  g_assert_true (store_exists (self, "walker/.1"));
  store_check_not_loaded (self, "walker", 0, SH_ERROR_NOT_FOUND,
                          "brain 'walker' has no version yet");
  /* As if killed while writing, while replacing, while deleting. */
  store_make_folder (self, "walker/.1.0123abcd");
  store_make_folder (self, "walker/.7.0123abcd.deleted");
  store_make_folder (self, ".walker.0123abcd.deleted");
  /* Not ours. */
  store_make_folder (self, "walker/.git");
  store_make_folder (self, ".git");

  g_assert_cmpuint (store_store (self, "walker"), ==, 2);
  names = store_list_folder (self, "walker");
  g_assert_cmpstr (names, ==, ".git 2");
  after = store_list_folder (self, "");
  g_assert_cmpstr (after, ==, ".git walker");

  die_in_the_middle (self, 2);
  store_check_loaded (self, "walker", 0, 3, 1);
}

/* A claim of somebody who lives is respected. */
static void
test_living_claim (StoreFixture *self, gconstpointer data)
{
  ShStoreVersion *first = store_begin (self, "walker");

  g_assert_cmpuint (store_store (self, "walker"), ==, 2);
  g_assert_true (store_exists (self, "walker/.1"));
  store_save (self, first, 5);
  sh_store_version_free (first);
  store_check_loaded (self, "walker", 1, 1, 5);
}

/* Files may not grow beyond some bytes: as if the disk were full. */
static void
test_disk_full (StoreFixture *self, gconstpointer data)
{
  ShStoreVersion *version = store_begin (self, "walker");
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();
  g_autoptr (ShBrain) brain = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *names = NULL;
  struct rlimit limit, small;

  store_save (self, version, 1);
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
  g_assert_nonnull (strstr (error->message, "policy.onnx: "));
  sh_store_version_free (version);
  brain = store_load (self, "walker", 1);
  g_assert_cmpuint (brain->info->iterations, ==, 1);
  names = store_list_folder (self, "walker");
  g_assert_cmpstr (names, ==, "1");
}

static void
test_no_folder (StoreFixture *self, gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->home, "brains", NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_file_set_contents (path, "a file", -1, NULL));
  g_assert_null (sh_store_begin_version (self->store, "walker", &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, path));
  store_check_not_loaded (self, "walker", 0, SH_ERROR_NOT_FOUND,
                          "no brain 'walker'");
}

/* Claiming and deleting. Whoever does one of them is held up in the midst of it:
 * the test has the folder locked as that one has. */

typedef struct
{
  const StoreFixture *self;
  GAsyncQueue *results;
  GError *error; /* of who deletes or goes on */
} Other;

static gpointer
claim (gpointer data)
{
  Other *other = data;

  g_async_queue_push (other->results, store_begin (other->self, "walker"));
  return NULL;
}

static gpointer delete (gpointer data)
{
  Other *other = data;

  g_assert_false (
      sh_store_delete (other->self->store, "walker", 0, &other->error));
  g_async_queue_push (other->results, other);
  return NULL;
}

static int
lock_folder (const StoreFixture *self, int how)
{
  g_autofree char *path = store_get_path (self, "walker");
  int fd = open (path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (flock (fd, how), ==, 0);
  return fd;
}

/* Nothing comes of it while the folder is locked. */
static GThread *
start_other (Other *other, GThreadFunc func)
{
  GThread *thread;

  other->results = g_async_queue_new ();
  thread = g_thread_new ("other", func, other);
  g_assert_null (g_async_queue_timeout_pop (other->results, 200000));
  return thread;
}

static void
test_claim_while_deleted (StoreFixture *self, gconstpointer data)
{
  g_autofree char *path = store_get_path (self, "walker");
  g_autofree char *away = store_get_path (self, ".walker.away.deleted");
  Other other = { .self = self };
  ShStoreVersion *version;
  GThread *thread;
  int fd;

  store_store (self, "walker");
  fd = lock_folder (self, LOCK_EX);
  thread = start_other (&other, claim);
  g_assert_cmpint (g_rename (path, away), ==, 0);
  close (fd);
  version = g_async_queue_pop (other.results);
  g_thread_join (thread);
  /* What is claimed is not in what was deleted. */
  g_assert_cmpuint (sh_store_version_get_number (version), ==, 1);
  g_assert_true (sh_store_is_claimed (self->store, "walker", 1));
  store_save (self, version, 1);
  sh_store_version_free (version);
  g_async_queue_unref (other.results);
}

static void
test_delete_while_claimed (StoreFixture *self, gconstpointer data)
{
  Other other = { .self = self };
  ShStoreVersion *version;
  GThread *thread;
  int fd;

  store_store (self, "walker");
  fd = lock_folder (self, LOCK_SH);
  thread = start_other (&other, delete);
  version = store_begin (self, "walker");
  close (fd);
  g_async_queue_pop (other.results);
  g_thread_join (thread);
  g_assert_error (other.error, G_IO_ERROR, G_IO_ERROR_BUSY);
  g_assert_nonnull (
      strstr (other.error->message, "version 2 is being trained"));
  store_save (self, version, 2);
  sh_store_version_free (version);
  g_clear_error (&other.error);
  g_async_queue_unref (other.results);
}

static gpointer
resume (gpointer data)
{
  Other *other = data;
  ShStoreVersion *version =
      sh_store_resume_version (other->self->store, "walker", 1, &other->error);

  g_assert_no_error (other->error);
  g_async_queue_push (other->results, version);
  return NULL;
}

/* Who has died has left its claim. Others look whether it is free, and one of them
 * is held up while it does: nobody takes that for a training. */
static void
test_resume_while_looked_at (StoreFixture *self, gconstpointer data)
{
  g_autofree char *claim = store_get_path (self, "walker/.1");
  Other other = { .self = self };
  ShStoreVersion *version;
  GThread *thread;
  int fd;

  die_in_the_middle (self, 1);
  fd = open (claim, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  g_assert_cmpint (flock (fd, LOCK_SH), ==, 0);
  g_assert_false (sh_store_is_claimed (self->store, "walker", 1));
  thread = start_other (&other, resume);
  close (fd);
  version = g_async_queue_pop (other.results);
  g_thread_join (thread);
  g_assert_true (sh_store_is_claimed (self->store, "walker", 1));
  store_save (self, version, 2);
  sh_store_version_free (version);
  store_check_loaded (self, "walker", 1, 1, 2);
  g_async_queue_unref (other.results);
}

static const struct
{
  const char *path;
  void (*test) (StoreFixture *, gconstpointer);
} tests[] = {
  { "/store/damage/files", test_damage },
  { "/store/damage/json", test_damage_json },
  { "/store/damage/with-right-sums", test_damage_with_sums },
  { "/store/two-claims", test_two_claims },
  { "/store/many-writers", test_many_writers },
  { "/store/claims-in-vain", test_claims_in_vain },
  { "/store/claim-while-deleted", test_claim_while_deleted },
  { "/store/delete-while-claimed", test_delete_while_claimed },
  { "/store/resume-while-looked-at", test_resume_while_looked_at },
  { "/store/read-while-saving", test_read_while_saving },
  { "/store/killed", test_killed },
  { "/store/living-claim", test_living_claim },
  { "/store/disk-full", test_disk_full },
  { "/store/no-folder", test_no_folder },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, StoreFixture, NULL, store_set_up, tests[i].test,
                store_tear_down);
  return g_test_run ();
}
