/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Checks of what a plugin must leave as it is in the process: modes, signal
 * handlers, threads, children. Each compares with what was before the plugin
 * was loaded, and puts it back at the end.
 */

#include "sh-conform-run.h"

#include <fenv.h>
#include <float.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

/* Milliseconds that threads are given to end after the plugin was closed. */
#define THREAD_PATIENCE 5000u

/* ---- locale ---- */

typedef struct
{
  char *process;
  locale_t thread;
} LocaleMark;

void
sh_conform_locale_begin (ShConformRun *run)
{
  LocaleMark *mark = g_new0 (LocaleMark, 1);

  mark->process = g_strdup (setlocale (LC_ALL, NULL));
  mark->thread = uselocale ((locale_t) 0);
  run->mark = mark;
}

char *
sh_conform_locale_look (ShConformRun *run)
{
  const LocaleMark *mark = run->mark;
  const char *now = setlocale (LC_ALL, NULL);

  if (uselocale ((locale_t) 0) != mark->thread)
    return g_strdup ("it changed the thread's locale");
  return strcmp (now, mark->process) == 0
             ? NULL
             : g_strdup_printf ("it changed the locale from %s to %s",
                                mark->process, now);
}

char *
sh_conform_locale_end (ShConformRun *run)
{
  LocaleMark *mark = g_steal_pointer (&run->mark);

  uselocale (mark->thread);
  setlocale (LC_ALL, mark->process);
  g_free (mark->process);
  g_free (mark);
  return NULL;
}

/* ---- floating point ---- */

typedef struct
{
  fenv_t environment;
  int rounding, traps;
  gboolean denormals;
} FpMark;

/* A half of the smallest normal number is 0 once denormals are flushed. */
static gboolean
has_denormals (void)
{
  volatile double smallest = DBL_MIN;
  volatile double half = smallest / 2.0;

  return half != 0.0;
}

void
sh_conform_fp_begin (ShConformRun *run)
{
  FpMark *mark = g_new0 (FpMark, 1);

  fegetenv (&mark->environment);
  mark->rounding = fegetround ();
  mark->traps = fegetexcept ();
  mark->denormals = has_denormals ();
  run->mark = mark;
}

char *
sh_conform_fp_look (ShConformRun *run)
{
  const FpMark *mark = run->mark;

  if (fegetround () != mark->rounding)
    return g_strdup ("it changed the rounding of floating-point numbers");
  if (fegetexcept () != mark->traps)
    return g_strdup ("it changed the trapping of floating-point exceptions");
  return has_denormals () == mark->denormals
             ? NULL
             : g_strdup ("it changed the treatment of denormal numbers");
}

char *
sh_conform_fp_end (ShConformRun *run)
{
  FpMark *mark = g_steal_pointer (&run->mark);

  fesetenv (&mark->environment);
  g_free (mark);
  return NULL;
}

/* ---- signals ---- */

typedef struct
{
  struct sigaction actions[NSIG];
  sigset_t blocked;
} SignalMark;

void
sh_conform_signals_begin (ShConformRun *run)
{
  SignalMark *mark = g_new0 (SignalMark, 1);

  for (int i = 1; i < NSIG; i++)
    sigaction (i, NULL, &mark->actions[i]);
  pthread_sigmask (SIG_BLOCK, NULL, &mark->blocked);
  run->mark = mark;
}

static char *
signal_problem (const char *what, int number)
{
  const char *name = sigabbrev_np (number);

  return name != NULL ? g_strdup_printf ("it %s SIG%s", what, name)
                      : g_strdup_printf ("it %s signal %d", what, number);
}

char *
sh_conform_signals_look (ShConformRun *run)
{
  const SignalMark *mark = run->mark;
  sigset_t blocked;

  pthread_sigmask (SIG_BLOCK, NULL, &blocked);
  for (int i = 1; i < NSIG; i++)
    {
      struct sigaction now;

      if (sigismember (&blocked, i) != sigismember (&mark->blocked, i))
        return signal_problem ("blocked or unblocked", i);
      if (sigaction (i, NULL, &now) == 0 &&
          (now.sa_handler != mark->actions[i].sa_handler ||
           now.sa_flags != mark->actions[i].sa_flags))
        return signal_problem ("changed the handler of", i);
    }
  return NULL;
}

char *
sh_conform_signals_end (ShConformRun *run)
{
  SignalMark *mark = g_steal_pointer (&run->mark);

  pthread_sigmask (SIG_SETMASK, &mark->blocked, NULL);
  for (int i = 1; i < NSIG; i++)
    sigaction (i, &mark->actions[i], NULL);
  g_free (mark);
  return NULL;
}

/* ---- threads ---- */

static guint
count_threads (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  guint n = 0;

  while (tasks != NULL && g_dir_read_name (tasks) != NULL)
    n++;
  return n;
}

void
sh_conform_threads_begin (ShConformRun *run)
{
  run->mark = GUINT_TO_POINTER (count_threads ());
}

/* A thread that has been told to end takes a moment to be gone. */
char *
sh_conform_threads_end (ShConformRun *run)
{
  guint before = GPOINTER_TO_UINT (run->mark), now = count_threads ();

  run->mark = NULL;
  for (guint i = 0; now > before && i < THREAD_PATIENCE; i += 10)
    {
      g_usleep (10 * 1000);
      now = count_threads ();
    }
  return now <= before
             ? NULL
             : g_strdup_printf ("%u thread%s still run%s after every instance "
                                "was destroyed and deinit has returned",
                                now - before, now - before > 1 ? "s" : "",
                                now - before > 1 ? "" : "s");
}

/* ---- child processes ---- */

void
sh_conform_fork_begin (ShConformRun *run)
{
  /* Children whose parent has ended become ours, and are seen. */
  prctl (PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

char *
sh_conform_fork_look (ShConformRun *run)
{
  siginfo_t info;

  /* Fails when there is no child at all. */
  return waitid (P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0
             ? NULL
             : g_strdup ("it started a process");
}

char *
sh_conform_fork_end (ShConformRun *run)
{
  prctl (PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
  return NULL;
}
