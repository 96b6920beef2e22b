/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Versions of several learned concepts: each has its files, and those of a concept
 * that is trained are not written again with each save.
 */

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "sh-error.h"
#include "store-fixture.h"

static const char team[] =
    "inkling \"2.0\"\n"
    "type State { x: number }\n"
    "type Action { push: number<-1 .. 1> }\n"
    "simulator Sim (action: Action): State { }\n"
    "graph (input: State): Action {\n"
    "  output concept Last (input, First): Action {\n"
    "    curriculum { source Sim }\n"
    "  }\n"
    "  concept First (input): Action { curriculum { source Sim } }\n"
    "}\n";

static ShPolicy *
make_policy (const ShConcept *concept, guint64 seed)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (ShCodec) codec = sh_codec_new (concept, &error);
  const guint layers[] = { 4 };

  g_assert_no_error (error);
  return sh_policy_new (sh_codec_get_space (codec), layers, 1, seed);
}

static void
save_concept (ShStoreVersion *version,
              const ShProgram *program,
              guint place,
              const char *next,
              guint64 iterations,
              const char *state)
{
  g_autoptr (ShBrainInfo) info = sh_brain_info_new ();
  g_autoptr (ShPolicy) policy =
      make_policy (&program->concepts[place], place + 1);
  g_autoptr (GBytes) learner = g_bytes_new_static (state, strlen (state));
  g_autoptr (GError) error = NULL;

  info->algorithm = g_strdup ("PPO");
  info->next = g_strdup (next);
  info->iterations = iterations;
  sh_store_version_set_learner (version, learner);
  sh_store_version_save (version, info, program, &program->concepts[place],
                         policy, &error);
  g_assert_no_error (error);
}

static void
check_learner (StoreFixture *self, const char *concept, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) state =
      sh_store_load_learner (self->store, "team", 0, concept, &error);
  gsize size;
  const char *data;

  if (expected == NULL)
    {
      g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
      return;
    }
  g_assert_no_error (error);
  data = g_bytes_get_data (state, &size);
  g_assert_cmpmem (data, size, expected, strlen (expected));
}

/* What the brain, all of it, makes of `x`. */
static double
act (const ShBrain *brain, double x)
{
  g_autoptr (ShEvaluator) evaluator =
      sh_codec_new_evaluator (brain->codec, brain->concept);
  g_autoptr (GError) error = NULL;
  gconstpointer input = sh_evaluator_see (evaluator, &x, &error);
  float observation[2], action;
  double push = 0;

  g_assert_no_error (error);
  sh_codec_observe (brain->codec, input, observation, &error);
  g_assert_no_error (error);
  sh_policy_act (brain->policy, SH_ACT_GREEDY, 1, observation, &action, NULL,
                 NULL);
  sh_codec_act (brain->codec, &action, &push);
  return push;
}

static void
test_several (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShProgram) program = fixture_compile (team);
  g_autoptr (ShStoreVersion) version = store_begin (self, "team");
  g_autoptr (ShPolicy) first = make_policy (&program->concepts[0], 1);
  g_autoptr (ShPolicy) last = make_policy (&program->concepts[1], 2);
  g_autoptr (GPtrArray) learners =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;
  g_autofree char *files = NULL;
  float seen[2] = { 0.5f, 0 }, push;
  ShBrain *brain;

  save_concept (version, program, 0, "Last", 10, "of the first");
  files = store_list_folder (self, "team/1");
  g_assert_cmpstr (files, ==,
                   "brain.json learner-1.bin policy-1.onnx program.ink");
  brain = store_load (self, "team", 0);
  g_assert_cmpuint (brain->policies->len, ==, 1);
  g_assert_null (brain->policy);
  g_assert_cmpstr (brain->info->concept, ==, "First");
  g_assert_cmpstr (brain->info->next, ==, "Last");
  g_assert_cmpstr (brain->concept->name, ==, "Last");
  g_assert_false (sh_brain_check_whole (brain, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "'Last' has not been trained"));
  g_clear_error (&error);
  g_assert_null (sh_store_load_whole (self->store, "team", 0, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_clear_error (&error);
  check_learner (self, NULL, "of the first");
  check_learner (self, "Last", NULL);

  g_ptr_array_add (learners, sh_store_load_learner (self->store, "team", 0,
                                                    "First", &error));
  sh_store_version_set_before (version, brain->onnx, learners);
  sh_brain_unref (brain);
  save_concept (version, program, 1, NULL, 20, "of the last");
  g_free (files);
  files = store_list_folder (self, "team/1");
  g_assert_cmpstr (files, ==,
                   "brain.json learner-1.bin learner-2.bin policy-1.onnx "
                   "policy-2.onnx program.ink");
  brain = sh_store_load_whole (self->store, "team", 0, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (brain->info->concepts[0], ==, "First");
  g_assert_cmpstr (brain->info->concepts[1], ==, "Last");
  g_assert_null (brain->info->next);
  check_learner (self, NULL, "of the last");
  check_learner (self, "First", "of the first");
  check_learner (self, "Other", NULL);

  /* The last one sees the input and what the first one decides. */
  sh_policy_act (first, SH_ACT_GREEDY, 1, seen, &push, NULL, NULL);
  seen[1] = CLAMP (push, -1, 1);
  sh_policy_act (last, SH_ACT_GREEDY, 1, seen, &push, NULL, NULL);
  g_assert_cmpfloat_with_epsilon (act (brain, 0.5), CLAMP (push, -1, 1), 1e-6);
  sh_brain_unref (brain);
}

/* One that cannot act yet: an older version that can is named. */
static void
test_several_older (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShProgram) program = fixture_compile (team);
  g_autoptr (ShStoreVersion) version = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (store_store (self, "team"), ==, 1);
  version = store_begin (self, "team");
  save_concept (version, program, 0, NULL, 10, "state");
  g_assert_null (sh_store_load_whole (self->store, "team", 0, &error));
  g_assert_error (error, SH_ERROR, SH_ERROR_NOT_FOUND);
  g_assert_nonnull (strstr (error->message, "version 1, which is whole"));
  g_clear_error (&error);
  g_assert_null (sh_store_load_whole (self->store, "team", 2, &error));
  g_assert_null (strstr (error->message, "version 1"));
}

/* What is not written again */

/* The first concept is trained; the version is at the second one. */
static void
begin_last (StoreFixture *self,
            ShStoreVersion *version,
            const ShProgram *program)
{
  g_autoptr (ShBrain) brain = store_load (self, "team", 0);
  g_autoptr (GPtrArray) learners =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GPtrArray) onnx =
      g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  g_autoptr (GError) error = NULL;

  g_ptr_array_add (onnx, g_bytes_ref (brain->onnx->pdata[0]));
  g_ptr_array_add (learners, sh_store_load_learner (self->store, "team", 0,
                                                    "First", &error));
  g_assert_no_error (error);
  sh_store_version_set_before (version, onnx, learners);
}

static const char *const unchanged[] = { "program.ink", "policy-1.onnx",
                                         "learner-1.bin" };

/* Which files those are. */
static void
identify (const StoreFixture *self, guint64 inodes[3])
{
  for (guint i = 0; i < G_N_ELEMENTS (unchanged); i++)
    {
      g_autofree char *relative = g_strconcat ("team/1/", unchanged[i], NULL);
      g_autofree char *path = store_get_path (self, relative);
      struct stat info;

      g_assert_cmpint (lstat (path, &info), ==, 0);
      /* No other folder holds it still. */
      g_assert_cmpuint (info.st_nlink, ==, 1);
      inodes[i] = info.st_ino;
    }
}

static void
test_unchanged (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShProgram) program = fixture_compile (team);
  g_autoptr (ShStoreVersion) version = store_begin (self, "team");
  guint64 first[3], now[3];

  save_concept (version, program, 0, NULL, 10, "on the way");
  save_concept (version, program, 0, "Last", 20, "of the first");
  identify (self, first);
  begin_last (self, version, program);
  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *state = g_strdup_printf ("state %u", i);

      save_concept (version, program, 1, NULL, 20 + i, state);
      identify (self, now);
      g_assert_cmpmem (now, sizeof now, first, sizeof first);
      check_learner (self, "First", "of the first");
      check_learner (self, "Last", state);
      store_check_loaded (self, "team", 0, 1, 20 + i);
    }
}

typedef enum
{
  TOUCH_REMOVE,
  TOUCH_OVERWRITE,
  TOUCH_SHORTEN,
  TOUCH_REPLACE,
  TOUCH_FOLDER,
  TOUCH_LINK,
  N_TOUCHES
} Touch;

/* Another file in its place, as old as it. They are there at the same time, so that
 * it cannot have the number of the one that it replaces. */
static void
replace (const char *path)
{
  struct stat old;

  g_assert_cmpint (lstat (path, &old), ==, 0);
  g_assert_true (g_file_set_contents (path, "of the other", -1, NULL));
  g_assert_cmpint (
      utimensat (AT_FDCWD, path,
                 (const struct timespec[]){ old.st_atim, old.st_mtim }, 0),
      ==, 0);
}

static void
touch (const char *path, Touch kind)
{
  /* As a disk's clock would say it that is finer than ours. */
  const struct timespec later[2] = { { .tv_nsec = UTIME_OMIT },
                                     { .tv_sec = 1, .tv_nsec = 1 } };
  int fd;

  switch (kind)
    {
    case TOUCH_OVERWRITE:
      fd = open (path, O_WRONLY | O_CLOEXEC);
      g_assert_cmpint (pwrite (fd, "?", 1, 0), ==, 1);
      g_assert_cmpint (futimens (fd, later), ==, 0);
      close (fd);
      return;
    case TOUCH_SHORTEN:
      g_assert_cmpint (truncate (path, 3), ==, 0);
      return;
    case TOUCH_REPLACE:
      replace (path);
      return;
    case TOUCH_REMOVE:
    case TOUCH_FOLDER:
    case TOUCH_LINK:
    case N_TOUCHES:
    default:
      g_assert_cmpint (g_remove (path), ==, 0);
    }
  if (kind == TOUCH_FOLDER)
    g_assert_cmpint (g_mkdir (path, 0700), ==, 0);
  else if (kind == TOUCH_LINK)
    g_assert_cmpint (symlink ("brain.json", path), ==, 0);
}

/* What somebody has done to a file that was not to change is undone. */
static void
test_touched (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShProgram) program = fixture_compile (team);
  g_autoptr (ShStoreVersion) version = store_begin (self, "team");

  save_concept (version, program, 0, "Last", 1, "of the first");
  begin_last (self, version, program);
  for (guint i = 0; i < G_N_ELEMENTS (unchanged); i++)
    for (guint kind = 0; kind < N_TOUCHES; kind++)
      {
        g_autofree char *relative = g_strconcat ("team/1/", unchanged[i], NULL);
        g_autofree char *path = store_get_path (self, relative);

        save_concept (version, program, 1, NULL, 2, "of the last");
        touch (path, (Touch) kind);
        save_concept (version, program, 1, NULL, 3, "of the last");
        store_check_loaded (self, "team", 0, 1, 3);
        check_learner (self, "First", "of the first");
        check_learner (self, "Last", "of the last");
      }
}

/* From now on, in this process, as on a file system that knows no links. */
static void
refuse_links (void)
{
  struct sock_filter filter[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_linkat, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  const struct sock_fprog program = { G_N_ELEMENTS (filter), filter };

  g_assert_cmpint (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
  g_assert_cmpint (prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), ==,
                   0);
}

/* There each file is written with each save. */
static void
test_no_links (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShProgram) program = fixture_compile (team);
  pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      ShStoreVersion *version = store_begin (self, "team");

      refuse_links ();
      save_concept (version, program, 0, "Last", 10, "of the first");
      begin_last (self, version, program);
      save_concept (version, program, 1, NULL, 20, "on the way");
      save_concept (version, program, 1, NULL, 30, "of the last");
      _exit (0);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFEXITED (status) && WEXITSTATUS (status) == 0);
  store_check_loaded (self, "team", 0, 1, 30);
  check_learner (self, "First", "of the first");
  check_learner (self, "Last", "of the last");
}

/* A process that saves the last concept so often, traced by this one. */
#define SAVES 3u

static pid_t
start_saving (StoreFixture *self, const ShProgram *program)
{
  const pid_t pid = fork ();
  int status;

  if (pid == 0)
    {
      ShStoreVersion *version =
          sh_store_resume_version (self->store, "team", 1, NULL);

      begin_last (self, version, program);
      ptrace (PTRACE_TRACEME, 0, NULL, NULL);
      raise (SIGSTOP);
      for (guint i = 1; i <= SAVES; i++)
        {
          g_autofree char *state = g_strdup_printf ("state %u", i);

          save_concept (version, program, 1, NULL, i, state);
        }
      raise (SIGSTOP);
      _exit (1);
    }
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSTOPPED (status) && WSTOPSIG (status) == SIGSTOP);
  g_assert_cmpint (ptrace (PTRACE_SETOPTIONS, pid, NULL,
                           PTRACE_O_EXITKILL | PTRACE_O_TRACESYSGOOD),
                   ==, 0);
  return pid;
}

/* On to where the next system call begins or ends; FALSE: all is saved. */
static gboolean
step (pid_t pid)
{
  int status;

  g_assert_cmpint (ptrace (PTRACE_SYSCALL, pid, NULL, NULL), ==, 0);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSTOPPED (status));
  if (WSTOPSIG (status) == SIGSTOP)
    return FALSE;
  /* As PTRACE_O_TRACESYSGOOD says a call; not a fault. */
  g_assert_cmpint (WSTOPSIG (status), ==, SIGTRAP | 0x80);
  return TRUE;
}

static guint64
check_whole (StoreFixture *self)
{
  g_autoptr (ShBrain) brain = store_load (self, "team", 0);
  g_autofree char *state =
      g_strdup_printf ("state %" G_GUINT64_FORMAT, brain->info->iterations);

  check_learner (self, "First", "of the first");
  if (brain->info->iterations > 0)
    check_learner (self, "Last", state);
  return brain->info->iterations;
}

static guint
count_links (const StoreFixture *self)
{
  g_autofree char *path = store_get_path (self, "team/1/learner-1.bin");
  struct stat info;

  return lstat (path, &info) == 0 ? (guint) info.st_nlink : 0;
}

static void
end_saving (pid_t pid)
{
  int status;

  kill (pid, SIGKILL);
  g_assert_cmpint (waitpid (pid, &status, 0), ==, pid);
  g_assert_true (WIFSIGNALED (status));
}

/* Killed between any two system calls, the version is there and whole. */
static void
test_at_any_moment (StoreFixture *self, gconstpointer data)
{
  g_autoptr (ShProgram) program = fixture_compile (team);
  g_autoptr (ShStoreVersion) version = store_begin (self, "team");
  g_autofree char *names = NULL;
  guint64 last = 0;
  guint n_steps = 0;
  pid_t pid;

  save_concept (version, program, 0, "Last", 0, "of the first");
  g_clear_pointer (&version, sh_store_version_free);
  for (pid = start_saving (self, program); step (pid); n_steps++)
    {
      const guint64 now = check_whole (self);

      g_assert_true (now == last || now == last + 1);
      last = now;
    }
  g_assert_cmpuint (last, ==, SAVES);
  g_assert_cmpuint (n_steps, >, 100);
  end_saving (pid);

  /* In the middle of a save, when a file is in both folders. */
  pid = start_saving (self, program);
  while (count_links (self) < 2)
    g_assert_true (step (pid));
  end_saving (pid);
  check_whole (self);
  version = sh_store_resume_version (self->store, "team", 1, NULL);
  g_assert_cmpuint (count_links (self), ==, 1);
  g_clear_pointer (&version, sh_store_version_free);
  check_whole (self);
  names = store_list_folder (self, "team");
  g_assert_cmpstr (names, ==, "1");
}

static const struct
{
  const char *path;
  void (*test) (StoreFixture *, gconstpointer);
} tests[] = {
  { "/store/several-concepts", test_several },
  { "/store/several-concepts/older-version", test_several_older },
  { "/store/several-concepts/what-has-not-changed", test_unchanged },
  { "/store/several-concepts/what-somebody-touched", test_touched },
  { "/store/several-concepts/where-there-are-no-links", test_no_links },
  { "/store/several-concepts/killed-at-any-moment", test_at_any_moment },
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
