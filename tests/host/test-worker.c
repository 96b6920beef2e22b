/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Workers seen from their parent: why they ended, what they printed, and that
 * nothing of them is left. SIMHOST_EXE is child.c.
 */

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "logs.h"
#include "sh-child.h"
#include "sh-error.h"
#include "sh-worker.h"

/* Milliseconds for what should happen at once, on a machine that is busy, too. */
#define PATIENCE 240000

typedef struct
{
  ShWorker *worker;
  GMainLoop *loop;
  GError *error; /* of the last "exited" */
  guint n_exits, n_starts_left;
} Fixture;

static void
on_exited (ShWorker *worker, const GError *error, gpointer data)
{
  Fixture *fixture = data;

  g_assert_false (sh_worker_is_running (worker));
  g_assert_cmpint (sh_worker_get_pid (worker), ==, 0);
  g_clear_error (&fixture->error);
  fixture->error = error != NULL ? g_error_copy (error) : NULL;
  fixture->n_exits++;
  if (fixture->n_starts_left > 0)
    {
      fixture->n_starts_left--;
      g_assert_true (sh_worker_start (worker, NULL));
    }
  else
    g_main_loop_quit (fixture->loop);
}

static gboolean
on_impatient (gpointer data)
{
  g_error ("nothing happens");
  return G_SOURCE_REMOVE;
}

static void
set_up (Fixture *fixture, const char *arguments)
{
  g_auto (GStrv) list = g_strsplit (arguments, "|", -1);

  memset (fixture, 0, sizeof *fixture);
  logs_clear ();
  fixture->loop = g_main_loop_new (NULL, FALSE);
  fixture->worker = sh_worker_new ("lift", (const char *const *) list, 3);
  g_signal_connect (fixture->worker, "exited", G_CALLBACK (on_exited), fixture);
}

static void
start (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (sh_worker_start (fixture->worker, &error));
  g_assert_no_error (error);
  g_assert_true (sh_worker_is_running (fixture->worker));
}

static void
wait_for_exit (Fixture *fixture)
{
  guint timer = g_timeout_add (PATIENCE, on_impatient, NULL);

  g_main_loop_run (fixture->loop);
  g_source_remove (timer);
}

static gboolean
on_tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* Until `EXPRESSION` is true. */
#define WAIT_UNTIL(EXPRESSION)                                                 \
  G_STMT_START                                                                 \
  {                                                                            \
    guint timer = g_timeout_add (PATIENCE, on_impatient, NULL);                \
    guint tick = g_timeout_add (10, on_tick, NULL);                            \
                                                                               \
    while (!(EXPRESSION))                                                      \
      g_main_context_iteration (NULL, TRUE);                                   \
    g_source_remove (tick);                                                    \
    g_source_remove (timer);                                                   \
  }                                                                            \
  G_STMT_END

/* Until the worker has printed a line that begins so; the rest of it. */
static const char *
wait_for_line (const char *line)
{
  g_autofree char *prefix = g_strconcat ("lift: ", line, NULL);

  WAIT_UNTIL (logs_find (prefix) != NULL);
  return logs_find (prefix);
}

/* Until the worker is in that call. */
static void
wait_for_call (Fixture *fixture, ShCall call)
{
  guint n_slots;
  const ShCallSlot *slots = sh_worker_get_slots (fixture->worker, &n_slots);

  WAIT_UNTIL ((atomic_load (&slots[n_slots - 1].word) & 0xff) == call);
}

static void
tear_down (Fixture *fixture)
{
  g_clear_object (&fixture->worker);
  g_clear_error (&fixture->error);
  g_main_loop_unref (fixture->loop);
}

/* ---- why it ended ---- */

#define CRASHED SH_ERROR_CRASHED, "simulator 'lift' "
#define KILLED SH_ERROR_KILLED, "simulator 'lift' "

static const struct
{
  const char *arguments;
  int code; /* -1: no error */
  const char *message;
} ends[] = {
  { "exit|0|0", -1, NULL },
  { "print|some|words", -1, NULL },
  { "signal|11|8", CRASHED "crashed in advance: segmentation fault" },
  { "signal|6|6", CRASHED "crashed in reset: aborted" },
  { "signal|7|1", CRASHED "crashed in load: bus error" },
  { "signal|8|9", CRASHED "crashed in get_state: arithmetic error" },
  { "signal|4|10", CRASHED "crashed in reward: illegal instruction" },
  { "signal|31|5", CRASHED "crashed in set_properties: bad system call" },
  { "signal|11|0", CRASHED "crashed outside its functions: segmentation "
                           "fault" },
  { "signal|11|200", CRASHED "crashed in an unknown call: segmentation "
                             "fault" },
  { "signal|35|4", CRASHED "crashed in create: signal 35" },
  { "signal|9|8",
    KILLED "was killed in advance: SIGKILL, perhaps for want of memory" },
  { "signal|15|0", KILLED "was killed outside its functions: SIGTERM" },
  { "exit|3|8", CRASHED "ended the process in advance (exit status 3)" },
  { "exit|0|2", CRASHED "ended the process in init (exit status 0)" },
  { "exit|3|8|disk full", CRASHED "ended the process in advance (exit status "
                                  "3); its last words: disk full" },
  { "exit|3|0", SH_ERROR_FAILED, "simulator 'lift' ended with exit status 3" },
  { "exit|1|0|simhost: worker: no engine there", SH_ERROR_FAILED,
    "no engine there" },
  { "exit|1|0|no engine there", SH_ERROR_FAILED, "no engine there" },
  { "exit|1|0|simhost: x", SH_ERROR_FAILED, "simhost: x" },
};

static void
test_ends (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      Fixture fixture;

      set_up (&fixture, ends[i].arguments);
      start (&fixture);
      wait_for_exit (&fixture);
      g_assert_cmpuint (fixture.n_exits, ==, 1);
      if (ends[i].code < 0)
        g_assert_no_error (fixture.error);
      else
        {
          g_assert_error (fixture.error, SH_ERROR, ends[i].code);
          g_assert_cmpstr (fixture.error->message, ==, ends[i].message);
        }
      tear_down (&fixture);
    }
}

static void
test_hang (void)
{
  Fixture fixture;

  set_up (&fixture, "hang|8|deaf");
  sh_worker_set_call_deadline (fixture.worker, 300);
  start (&fixture);
  wait_for_exit (&fixture);
  g_assert_error (fixture.error, SH_ERROR, SH_ERROR_HUNG);
  g_assert_cmpstr (fixture.error->message, ==,
                   "simulator 'lift' did not return from advance within 0.3 s;"
                   " its last words: hangs");
  tear_down (&fixture);
}

/* A worker between calls, or with one short call after the other, may take as
 * long as it likes: more than one call may. */
static gboolean
on_enough (gpointer data)
{
  Fixture *fixture = data;

  sh_worker_stop (fixture->worker);
  return G_SOURCE_REMOVE;
}

static void
test_no_hang (void)
{
  static const char *const arguments[] = { "busy", "wait", "hang|0" };
  Fixture fixtures[G_N_ELEMENTS (arguments)];

  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    {
      set_up (&fixtures[i], arguments[i]);
      /* More than a busy machine lets a short call wait. */
      sh_worker_set_call_deadline (fixtures[i].worker, 6000);
      start (&fixtures[i]);
      g_timeout_add (9000, on_enough, &fixtures[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (arguments); i++)
    {
      if (fixtures[i].n_exits == 0)
        wait_for_exit (&fixtures[i]);
      g_assert_no_error (fixtures[i].error);
      tear_down (&fixtures[i]);
    }
}

static void
test_stop (void)
{
  Fixture fixture;

  set_up (&fixture, "wait");
  start (&fixture);
  wait_for_line ("waits");
  sh_worker_stop (fixture.worker);
  sh_worker_stop (fixture.worker);
  wait_for_exit (&fixture);
  g_assert_no_error (fixture.error);
  g_assert_cmpuint (fixture.n_exits, ==, 1);
  sh_worker_stop (fixture.worker);
  tear_down (&fixture);
}

static void
test_stop_deaf (void)
{
  Fixture fixture;

  set_up (&fixture, "wait|deaf");
  start (&fixture);
  wait_for_line ("waits");
  sh_worker_stop (fixture.worker);
  wait_for_exit (&fixture);
  g_assert_error (fixture.error, SH_ERROR, SH_ERROR_HUNG);
  g_assert_cmpstr (fixture.error->message, ==,
                   "simulator 'lift' did not stop when told to, and was "
                   "killed; its last words: waits");
  tear_down (&fixture);

  set_up (&fixture, "hang|11|deaf");
  start (&fixture);
  wait_for_call (&fixture, SH_CALL_STOP);
  sh_worker_stop (fixture.worker);
  wait_for_exit (&fixture);
  g_assert_error (fixture.error, SH_ERROR, SH_ERROR_HUNG);
  g_assert_cmpstr (fixture.error->message, ==,
                   "simulator 'lift' did not return from stop when it was to "
                   "stop, and was killed; its last words: hangs");
  tear_down (&fixture);
}

static void
test_cannot_start (void)
{
  g_autofree char *exe = g_strdup (g_getenv ("SIMHOST_EXE"));
  g_autoptr (GError) error = NULL;
  Fixture fixture;

  set_up (&fixture, "wait");
  g_setenv ("SIMHOST_EXE", "/nowhere/simhost", TRUE);
  g_assert_false (sh_worker_start (fixture.worker, &error));
  g_setenv ("SIMHOST_EXE", exe, TRUE);
  g_assert_error (error, SH_ERROR, SH_ERROR_FAILED);
  g_assert_true (
      g_str_has_prefix (error->message, "lift: cannot start a process: "));
  g_assert_false (sh_worker_is_running (fixture.worker));
  g_clear_error (&error);

  /* A program that is itself a child, and knows nothing of it. */
  g_setenv (SH_SLOT_PAGE_VARIABLE, "3", TRUE);
  g_assert_false (sh_worker_start (fixture.worker, &error));
  g_unsetenv (SH_SLOT_PAGE_VARIABLE);
  g_assert_error (error, SH_ERROR, SH_ERROR_FAILED);

  start (&fixture);
  tear_down (&fixture);
}

/* ---- what it shares and prints ---- */

static void
test_slots (void)
{
  Fixture fixture;
  const ShCallSlot *slots;
  guint n_slots;

  set_up (&fixture, "busy");
  g_assert_null (sh_worker_get_slots (fixture.worker, &n_slots));
  start (&fixture);
  slots = sh_worker_get_slots (fixture.worker, &n_slots);
  g_assert_cmpuint (n_slots, ==, 3);
  WAIT_UNTIL (slots[2].iterations >= 10);
  g_assert_cmpuint (slots[0].word, ==, 0);
  g_assert_cmpuint (slots[2].word, >=, 10 * 256);
  sh_worker_stop (fixture.worker);
  wait_for_exit (&fixture);
  /* Still to be read when the worker is gone. */
  g_assert_cmpuint (slots[2].iterations, >=, 10);
  tear_down (&fixture);
}

static void
test_output (void)
{
  Fixture fixture;

  set_up (&fixture, "print|plain|:on stdout|warning: mind|lift: own name|\xff|"
                    "a\tb|warning: lift: both");
  start (&fixture);
  wait_for_exit (&fixture);
  g_assert_no_error (fixture.error);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_MESSAGE, "lift: plain"), ==, 1);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_MESSAGE, "lift: on stdout"), ==, 1);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING, "lift: mind"), ==, 1);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_MESSAGE, "lift: own name"), ==, 1);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_MESSAGE, "lift: �"), ==, 1);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_MESSAGE, "lift: a b"), ==, 1);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_WARNING, "lift: both"), ==, 1);
  tear_down (&fixture);
}

static void
test_long_line (void)
{
  Fixture fixture;
  g_autofree char *cut = g_strnfill (2000, 'x');
  g_autofree char *line = g_strconcat ("lift: ", cut, NULL);

  set_up (&fixture, "long|1000000");
  start (&fixture);
  wait_for_exit (&fixture);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_MESSAGE, line), ==, 1);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_MESSAGE, "*"), ==, 1);
  tear_down (&fixture);
}

/* Whoever prints without end does not fill the log. */
static void
test_flood (void)
{
  Fixture fixture;

  set_up (&fixture, "flood|30000");
  start (&fixture);
  wait_for_exit (&fixture);
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_MESSAGE, "lift: line 1"), ==, 1);
  g_assert_cmpuint (
      logs_count (G_LOG_LEVEL_MESSAGE, "lift: * more lines are *"), >=, 1);
  /* A hundred lines for each second, on a slow machine too. */
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_MESSAGE, "*"), <, 3000);
  tear_down (&fixture);
}

/* ---- that nothing is left of it ---- */

static void
test_environment (void)
{
  Fixture fixture;

  set_up (&fixture, "status");
  start (&fixture);
  wait_for_exit (&fixture);
  g_assert_no_error (fixture.error);
#define HAS(LINE)                                                              \
  g_assert_cmpuint (logs_count (G_LOG_LEVEL_MESSAGE, "lift: " LINE), ==, 1)
  HAS ("no-new-privs 1");
  HAS ("own-group 1");
  HAS ("core 0");
  HAS ("descriptors 0");
  HAS ("slots 3");
  HAS ("variable (null)");
  HAS ("stdin -1");
#undef HAS
  tear_down (&fixture);
}

static guint
count_descriptors (void)
{
  DIR *dir = opendir ("/proc/self/fd");
  guint n = 0;

  while (readdir (dir) != NULL)
    n++;
  closedir (dir);
  return n;
}

static void
test_many_times (void)
{
  Fixture fixture;
  guint before;

  set_up (&fixture, "exit|0|0");
  start (&fixture);
  wait_for_exit (&fixture);
  before = count_descriptors ();
  fixture.n_starts_left = 99;
  start (&fixture);
  wait_for_exit (&fixture);
  g_assert_cmpuint (fixture.n_exits, ==, 101);
  g_assert_no_error (fixture.error);
  g_assert_cmpuint (count_descriptors (), ==, before);
  /* No child, dead or alive. */
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
  tear_down (&fixture);
}

static void
test_start_and_stop_many_times (void)
{
  Fixture fixture;
  guint before = count_descriptors ();

  for (guint i = 0; i < 30; i++)
    {
      set_up (&fixture, i % 2 ? "wait" : "hang|8");
      start (&fixture);
      if (i % 3 == 0)
        {
          sh_worker_stop (fixture.worker);
          wait_for_exit (&fixture);
          g_assert_no_error (fixture.error);
        }
      /* Otherwise it is dropped while it runs. */
      tear_down (&fixture);
    }
  g_assert_cmpuint (count_descriptors (), ==, before);
  g_assert_cmpint (waitpid (-1, NULL, WNOHANG), ==, -1);
}

static void
wait_for_death (pid_t pid)
{
  int fd = pidfd_open (pid, 0);
  struct pollfd dead = { .fd = fd, .events = POLLIN };

  /* It may be gone already. */
  if (fd < 0)
    return;
  g_assert_cmpint (poll (&dead, 1, PATIENCE), ==, 1);
  close (fd);
}

static void
test_left_behind (void)
{
  Fixture fixture;

  set_up (&fixture, "leave");
  start (&fixture);
  wait_for_exit (&fixture);
  g_assert_no_error (fixture.error);
  wait_for_death (atoi (wait_for_line ("pid ")));
  tear_down (&fixture);
}

/* The worker of a parent that was killed ends with it. */
static void
test_parent_dies (void)
{
  Fixture fixture;
  pid_t grandchild;

  set_up (&fixture, "parent");
  start (&fixture);
  grandchild = atoi (wait_for_line ("pid "));
  g_assert_cmpint (kill (grandchild, 0), ==, 0);
  /* It has a group of its own, so nothing but the kernel tells it. */
  g_assert_cmpint (kill (sh_worker_get_pid (fixture.worker), SIGKILL), ==, 0);
  wait_for_exit (&fixture);
  wait_for_death (grandchild);
  tear_down (&fixture);
}

/* ---- own code ---- */

typedef struct
{
  GMainLoop *loop;
  GPtrArray *lines;
  GError *error;
} Own;

static void
on_told (const char *line, gpointer data)
{
  g_ptr_array_add (((Own *) data)->lines, g_strdup (line));
}

static void
on_own_ended (ShChild *child, const GError *error, gpointer data)
{
  Own *own = data;

  own->error = error != NULL ? g_error_copy (error) : NULL;
  g_main_loop_quit (own->loop);
}

/* A child without calls, until it has ended: what it told. */
static GPtrArray *
run_own (const char *arguments, GError **error)
{
  g_auto (GStrv) list = g_strsplit (arguments, "|", -1);
  Own own = { g_main_loop_new (NULL, FALSE),
              g_ptr_array_new_with_free_func (g_free), NULL };
  ShChild *child = sh_child_new (
      &(ShChildSetup){
          .name = "own",
          .subject = "the command",
          .arguments = (const char *const *) list,
          .reply_fd = -1,
          .told = on_told,
          .told_data = &own,
          .may_save = TRUE,
      },
      on_own_ended, &own, error);
  guint timer = g_timeout_add (PATIENCE, on_impatient, NULL);

  g_assert_nonnull (child);
  g_main_loop_run (own.loop);
  g_source_remove (timer);
  sh_child_free (child);
  g_main_loop_unref (own.loop);
  if (own.error != NULL)
    g_propagate_error (error, own.error);
  return own.lines;
}

static void
test_told (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lines = NULL;

  logs_clear ();
  /* As they are, empty ones too; stderr goes to the log. */
  lines = run_own ("own|print|:{\"a\":  1}|:|words|:\tlast ", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (lines->len, ==, 3);
  g_assert_cmpstr (lines->pdata[0], ==, "{\"a\":  1}");
  g_assert_cmpstr (lines->pdata[1], ==, "");
  g_assert_cmpstr (lines->pdata[2], ==, "\tlast ");
  g_assert_nonnull (logs_find ("own: words"));
  g_assert_null (logs_find ("own: {"));
}

static void
test_told_long (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) whole = NULL, none = NULL;

  logs_clear ();
  whole = run_own ("own|long|65536", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (whole->len, ==, 1);
  g_assert_cmpuint (strlen (whole->pdata[0]), ==, SH_CHILD_MAX_TOLD);
  none = run_own ("own|long|65537", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (none->len, ==, 0);
  g_assert_nonnull (logs_find ("a line of more than 65536 bytes"));
}

static void
test_own_ends (void)
{
  static const struct
  {
    const char *arguments;
    int code;
    const char *message;
  } own_ends[] = {
    { "own|signal|9|0", SH_ERROR_KILLED,
      "the command was killed: SIGKILL, perhaps for want of memory" },
    { "own|signal|11|0", SH_ERROR_CRASHED,
      "the command crashed: segmentation fault" },
    { "own|exit|1|0|simhost: train: pole.ink is no file", SH_ERROR_FAILED,
      "pole.ink is no file" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (own_ends); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) lines = run_own (own_ends[i].arguments, &error);

      g_assert_error (error, SH_ERROR, own_ends[i].code);
      g_assert_cmpstr (error->message, ==, own_ends[i].message);
      g_assert_cmpuint (lines->len, ==, 0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  logs_keep ();

  g_test_add_func ("/worker/ends", test_ends);
  g_test_add_func ("/worker/hang", test_hang);
  g_test_add_func ("/worker/no-hang", test_no_hang);
  g_test_add_func ("/worker/stop", test_stop);
  g_test_add_func ("/worker/stop-deaf", test_stop_deaf);
  g_test_add_func ("/worker/cannot-start", test_cannot_start);
  g_test_add_func ("/worker/slots", test_slots);
  g_test_add_func ("/worker/output", test_output);
  g_test_add_func ("/worker/long-line", test_long_line);
  g_test_add_func ("/worker/flood", test_flood);
  g_test_add_func ("/worker/environment", test_environment);
  g_test_add_func ("/worker/many-times", test_many_times);
  g_test_add_func ("/worker/start-and-stop-many-times",
                   test_start_and_stop_many_times);
  g_test_add_func ("/worker/left-behind", test_left_behind);
  g_test_add_func ("/worker/parent-dies", test_parent_dies);
  g_test_add_func ("/worker/own-code/tells-lines-as-they-are", test_told);
  g_test_add_func ("/worker/own-code/leaves-out-long-lines", test_told_long);
  g_test_add_func ("/worker/own-code/says-why-it-ended", test_own_ends);
  return g_test_run ();
}
