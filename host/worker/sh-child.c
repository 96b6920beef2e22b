/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Spawning, watching and burying a child process.
 *
 * Its end is seen through a pidfd: while the dead child has not been waited
 * for, its number and its group's cannot belong to anybody else, so that the
 * rest of the group can be killed without hitting a stranger.
 */

#include "sh-child.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "sh-child-end.h"
#include "sh-child-output.h"
#include "sh-error.h"
#include "sh-fd.h"
#include "sh-looker.h"

/* What a look may count at most: when this process itself was stopped or
 * starved, the child is not to blame. */
#define LOOK_MOST 250u
/* Where a child finds its descriptors. */
#define SLOTS_TARGET 3
#define REPLY_TARGET 4
/* Where a child keeps its end of the answer: a plugin that closes what it does
 * not own starts at the bottom. */
#define FAR_AWAY 500
/* Milliseconds to wait for a killed process before it is left to itself, and its
 * number taken: it must get the processor once more to end. */
#define BURIAL_DEADLINE 10000

struct ShChild
{
  char *name, *subject;
  ShSlotPage *page; /* NULL: no calls */
  guint call_deadline, stop_deadline;
  ShChildEnded ended;
  gpointer data;

  GPid pid; /* 0: has ended */
  int pidfd;
  GSource *end_source, *stop_source;
  ShLooker *looker; /* at the slots; NULL: nobody looks */
  ShChildOutput *output;
  ShLineReader *told; /* NULL: stdout is output */

  gint64 last_look;
  guint64 *seen; /* a word for each slot */
  guint *since; /* milliseconds that it has been the same */
  gboolean stopped, killed;
  guint expired;
};

/* ---- in the child, between fork and exec: async-signal-safe calls only ---- */

typedef struct
{
  pid_t parent;
  int parent_signal; /* when that dies */
  ShChildLimits limits;
} Preparation;

static void
set_limits (const ShChildLimits *limits)
{
  const struct rlimit core = { 0, 0 };
  const struct rlimit memory = { limits->memory, limits->memory };
  /* SIGXCPU, and SIGKILL for who does not mind that. */
  const struct rlimit cpu = { limits->cpu, limits->cpu + 1 };

  setrlimit (RLIMIT_CORE, &core);
  if (limits->memory > 0)
    setrlimit (RLIMIT_DATA, &memory);
  if (limits->cpu > 0)
    setrlimit (RLIMIT_CPU, &cpu);
  if (limits->niceness > 0)
    setpriority (PRIO_PROCESS, 0,
                 getpriority (PRIO_PROCESS, 0) + (int) limits->niceness);
}

static void
prepare (gpointer data)
{
  const Preparation *preparation = data;
  sigset_t empty;

  setpgid (0, 0);
  prctl (PR_SET_PDEATHSIG, preparation->parent_signal);
  /* The parent may have died before that. */
  if (getppid () != preparation->parent)
    _exit (1);
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  set_limits (&preparation->limits);
  sigemptyset (&empty);
  sigprocmask (SIG_SETMASK, &empty, NULL);
}

/* ---- the end ---- */

static void
clear_source (GSource **source)
{
  if (*source != NULL)
    {
      g_source_destroy (*source);
      g_clear_pointer (source, g_source_unref);
    }
}

/* Kills what is left of the group, and waits for the dead child. */
static int
bury (ShChild *child)
{
  int status = 0;

  kill (-child->pid, SIGKILL);
  while (waitpid (child->pid, &status, 0) < 0 && errno == EINTR)
    ;
  child->pid = 0;
  clear_source (&child->end_source);
  g_clear_pointer (&child->looker, sh_looker_free);
  clear_source (&child->stop_source);
  sh_fd_clear (&child->pidfd);
  return status;
}

static gboolean
on_end (int fd, GIOCondition condition, gpointer data)
{
  ShChild *child = data;
  g_autofree char *call =
      child->page != NULL ? sh_slot_page_describe (child->page) : NULL;
  g_autoptr (GError) error = NULL;
  ShChildEnd end = { .call = call, .own = child->page == NULL };

  end.status = bury (child);
  if (child->told != NULL)
    sh_line_reader_finish (child->told);
  sh_child_output_finish (child->output);
  end.subject = child->subject;
  end.words = sh_child_output_get_words (child->output);
  end.stopped = child->stopped;
  end.expired = child->expired;
  end.killed = child->killed;
  error = sh_child_end_to_error (&end);
  child->ended (child, error, child->data);
  return G_SOURCE_REMOVE;
}

static gboolean
on_stop_deadline (gpointer data)
{
  ShChild *child = data;

  child->killed = TRUE;
  kill (-child->pid, SIGKILL);
  clear_source (&child->stop_source);
  return G_SOURCE_REMOVE;
}

static void
on_look (gpointer data)
{
  ShChild *child = data;
  gint64 now = g_get_monotonic_time ();
  guint passed = (guint) MIN ((now - child->last_look) / 1000, LOOK_MOST);

  child->last_look = now;
  for (guint i = 0; i < child->page->n_slots; i++)
    {
      guint64 word = atomic_load (&child->page->slots[i].word);

      if (word != child->seen[i] || (word & 0xff) == SH_CALL_NONE ||
          (word & 0xff) == SH_CALL_LOOP)
        child->since[i] = 0;
      else if ((child->since[i] += passed) > child->call_deadline)
        {
          sh_child_expire (child, child->call_deadline);
          return;
        }
      child->seen[i] = word;
    }
}

/* ---- the start ---- */

static GSource *
attach_timeout (guint milliseconds, GSourceFunc func, ShChild *child)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();
  GSource *source = g_timeout_source_new (milliseconds);

  g_source_set_callback (source, func, child, NULL);
  g_source_attach (source, context);
  return source;
}

static char **
make_arguments (const char *const *arguments)
{
  GPtrArray *argv = g_ptr_array_new ();
  const char *program = g_getenv ("SIMHOST_EXE");

  g_ptr_array_add (argv, g_strdup (program ? program : "/proc/self/exe"));
  g_ptr_array_add (argv, g_strdup ("simhost"));
  for (guint i = 0; arguments[i] != NULL; i++)
    g_ptr_array_add (argv, g_strdup (arguments[i]));
  g_ptr_array_add (argv, NULL);
  return (char **) g_ptr_array_free (argv, FALSE);
}

/* "NAME=VALUE" or "NAME". */
static char **
set_variable (char **environment, const char *variable)
{
  g_auto (GStrv) parts = g_strsplit (variable, "=", 2);

  return parts[1] != NULL
             ? g_environ_setenv (environment, parts[0], parts[1], TRUE)
             : g_environ_unsetenv (environment, parts[0]);
}

static char **
make_environment (const ShChildSetup *setup)
{
  char **environment = g_get_environ ();

  for (guint i = 0; setup->variables != NULL && setup->variables[i] != NULL;
       i++)
    environment = set_variable (environment, setup->variables[i]);
  if (setup->page != NULL)
    environment = g_environ_setenv (environment, SH_SLOT_PAGE_VARIABLE,
                                    G_STRINGIFY (SLOTS_TARGET), TRUE);
  return setup->reply_fd >= 0
             ? g_environ_setenv (environment, SH_CHILD_REPLY_VARIABLE,
                                 G_STRINGIFY (REPLY_TARGET), TRUE)
             : g_environ_unsetenv (environment, SH_CHILD_REPLY_VARIABLE);
}

/*
 * A program that is not simhost, and whose tests or users forgot SIMHOST_EXE,
 * would be started here as its own child, do there what it does here, and so
 * on until the machine is full. The variable is still there then: a real child
 * has taken it.
 */
static gboolean
check_not_child (GError **error)
{
  if (g_getenv (SH_SLOT_PAGE_VARIABLE) == NULL)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
               "this is a child process itself; let SIMHOST_EXE name the "
               "program 'simhost'");
  return FALSE;
}

/* Starts the process; the reading ends of its output go to `out` and `err`. */
static gboolean
spawn (ShChild *child,
       const ShChildSetup *setup,
       int *out,
       int *err,
       GError **error)
{
  g_auto (GStrv) argv = make_arguments (setup->arguments);
  g_auto (GStrv) environment = make_environment (setup);
  int sources[2], targets[2], n = 0;
  Preparation preparation = { getpid (), setup->may_save ? SIGTERM : SIGKILL,
                              setup->limits };
  int out_pipe[2] = { -1, -1 }, err_pipe[2] = { -1, -1 };
  gboolean good;

  if (setup->page != NULL)
    {
      sources[n] = setup->page->fd;
      targets[n++] = SLOTS_TARGET;
    }
  if (setup->reply_fd >= 0)
    {
      sources[n] = setup->reply_fd;
      targets[n++] = REPLY_TARGET;
    }
  good =
      check_not_child (error) &&
      g_unix_open_pipe (out_pipe, FD_CLOEXEC, error) &&
      g_unix_open_pipe (err_pipe, FD_CLOEXEC, error) &&
      g_spawn_async_with_pipes_and_fds (
          NULL, (const char *const *) argv, (const char *const *) environment,
          G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_FILE_AND_ARGV_ZERO, prepare,
          &preparation, -1, out_pipe[1], err_pipe[1], sources, targets,
          (gsize) n, &child->pid, NULL, NULL, NULL, error);
  sh_fd_clear (&out_pipe[1]);
  sh_fd_clear (&err_pipe[1]);
  *out = out_pipe[0];
  *err = err_pipe[0];
  if (!good)
    return FALSE;
  child->pidfd = pidfd_open (child->pid, 0);
  if (child->pidfd >= 0)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_FAILED, "pidfd_open: %s",
               g_strerror (errno));
  return FALSE;
}

static void
watch (ShChild *child, const ShChildSetup *setup, int *out, int *err)
{
  g_autoptr (GMainContext) context = g_main_context_ref_thread_default ();

  if (setup->told != NULL)
    child->told = sh_line_reader_new_raw (g_steal_fd (out), SH_CHILD_MAX_TOLD,
                                          setup->told, setup->told_data);
  child->output = sh_child_output_new (child->name, setup->quiet,
                                       g_steal_fd (out), g_steal_fd (err));
  sh_child_output_set_line (child->output, setup->line, setup->line_data);
  child->end_source = g_unix_fd_source_new (child->pidfd, G_IO_IN);
  g_source_set_callback (child->end_source, G_SOURCE_FUNC (on_end), child,
                         NULL);
  g_source_attach (child->end_source, context);
  if (child->call_deadline > 0 && child->page != NULL)
    child->looker = sh_looker_new (on_look, child);
}

ShChild *
sh_child_new (const ShChildSetup *setup,
              ShChildEnded ended,
              gpointer data,
              GError **error)
{
  g_autoptr (ShChild) child = g_new0 (ShChild, 1);
  g_autoptr (GError) own = NULL;
  sh_autofd out = -1;
  sh_autofd err = -1;

  g_return_val_if_fail (ended != NULL, NULL);

  child->name = g_strdup (setup->name);
  child->subject = g_strdup (setup->subject);
  child->page = setup->page;
  child->call_deadline = setup->call_deadline;
  child->stop_deadline = setup->stop_deadline;
  child->ended = ended;
  child->data = data;
  child->pidfd = -1;
  if (setup->page != NULL)
    {
      child->seen = g_new0 (guint64, setup->page->n_slots);
      child->since = g_new0 (guint, setup->page->n_slots);
    }
  child->last_look = g_get_monotonic_time ();
  if (!spawn (child, setup, &out, &err, &own))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "%s: cannot start a process: %s", child->name, own->message);
      return NULL;
    }
  watch (child, setup, &out, &err);
  return g_steal_pointer (&child);
}

/* Waits for a process that has been killed; it takes the kernel a moment. */
static void
kill_and_bury (ShChild *child)
{
  struct pollfd dead = { .fd = child->pidfd, .events = POLLIN };

  kill (-child->pid, SIGKILL);
  kill (child->pid, SIGKILL);
  if (child->pidfd >= 0 && poll (&dead, 1, BURIAL_DEADLINE) <= 0)
    {
      g_warning ("%s: process %d does not die", child->name, child->pid);
      child->pid = 0;
      return;
    }
  bury (child);
}

void
sh_child_free (ShChild *child)
{
  if (child == NULL)
    return;
  if (child->pid != 0)
    kill_and_bury (child);
  clear_source (&child->end_source);
  g_clear_pointer (&child->looker, sh_looker_free);
  clear_source (&child->stop_source);
  sh_fd_clear (&child->pidfd);
  sh_line_reader_free (child->told);
  sh_child_output_free (child->output);
  g_free (child->seen);
  g_free (child->since);
  g_free (child->name);
  g_free (child->subject);
  g_free (child);
}

GPid
sh_child_get_pid (const ShChild *child)
{
  return child->pid;
}

void
sh_child_stop (ShChild *child)
{
  if (child->pid == 0 || child->stopped)
    return;
  child->stopped = TRUE;
  kill (child->pid, SIGTERM);
  clear_source (&child->stop_source);
  child->stop_source =
      attach_timeout (child->stop_deadline, on_stop_deadline, child);
}

static gboolean
on_leave_deadline (gpointer data)
{
  sh_child_stop (data);
  return G_SOURCE_REMOVE;
}

void
sh_child_leave (ShChild *child, guint milliseconds)
{
  if (child->pid == 0 || child->stopped || child->stop_source != NULL)
    return;
  kill (child->pid, SH_CHILD_LEAVE_SIGNAL);
  child->stop_source = attach_timeout (milliseconds, on_leave_deadline, child);
}

void
sh_child_expire (ShChild *child, guint milliseconds)
{
  if (child->pid == 0)
    return;
  child->expired = milliseconds;
  kill (-child->pid, SIGKILL);
  g_clear_pointer (&child->looker, sh_looker_free);
}

char **
sh_child_dup_lines (const ShChild *child)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

  for (GList *line = sh_child_output_get_lines (child->output)->head;
       line != NULL; line = line->next)
    g_strv_builder_add (lines, line->data);
  return g_strv_builder_end (lines);
}

int
sh_child_take_reply_fd (void)
{
  const char *number = g_getenv (SH_CHILD_REPLY_VARIABLE);
  guint64 value;
  int fd = -1;

  if (number != NULL &&
      g_ascii_string_to_unsigned (number, 10, 3, G_MAXINT, &value, NULL))
    {
      fd = fcntl ((int) value, F_DUPFD_CLOEXEC, FAR_AWAY);
      if (fd < 0)
        fd = fcntl ((int) value, F_DUPFD_CLOEXEC, 3);
      close ((int) value);
    }
  g_unsetenv (SH_CHILD_REPLY_VARIABLE);
  return fd;
}
