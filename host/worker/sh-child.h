/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A child process of this program: `simhost worker` or `simhost probe`, which run
 * somebody else's code, or `simhost train`. It is spawned with a process group of its own, PR_SET_PDEATHSIG,
 * no_new_privs and no core files. Its output is read line by line and logged;
 * call slots tell where it is; when it ends, one error says why.
 *
 * Works in the thread-default main context of the thread that makes it. That
 * thread must live as long as the child: the kernel takes its end for the
 * parent's.
 */

#pragma once

#include <gio/gio.h>
#include <signal.h>

#include "sh-line-reader.h"
#include "sh-slot-page.h"

G_BEGIN_DECLS

/* The descriptor for an answer, in the child's environment. */
#define SH_CHILD_REPLY_VARIABLE "SIMHOST_REPLY"

/* Asks a child to end when it likes. One that does not know it dies of it. */
#define SH_CHILD_LEAVE_SIGNAL SIGUSR1

/* Bytes of a line for a program. */
#define SH_CHILD_MAX_TOLD 65536u

typedef struct ShChild ShChild;

/* What a child may use; 0 everywhere: as much as there is. */
typedef struct
{
  guint64 memory; /* bytes of its own: RLIMIT_DATA */
  guint cpu; /* seconds of processor time in its life: RLIMIT_CPU */
  guint niceness; /* added to this process's, up to 19 */
} ShChildLimits;

typedef struct
{
  const char *name; /* stands before each line in the log */
  /* Starts the sentence that says why it ended: "simulator 'lift'". */
  const char *subject;
  const char *const *arguments; /* after the program's name */
  /* Not owned; outlives the child. NULL: it is simhost's own code and makes no
   * calls; then there is no call_deadline. */
  ShSlotPage *page;
  guint call_deadline; /* milliseconds that one call may take; 0: no limit */
  guint stop_deadline; /* milliseconds from SIGTERM to SIGKILL */
  int reply_fd; /* handed to the child, which finds it by the variable; or -1 */
  gboolean quiet; /* its output is logged as debug messages only */
  ShChildLimits limits;
  /* "NAME=VALUE", and "NAME" for one that it is not to have, besides what this
   * process has in its environment; NULL: none. */
  const char *const *variables;
  /* Gets each line that is logged; NULL: nobody does. Must not free the
   * child. */
  ShLineFunc line;
  gpointer line_data;
  /* Gets each line of its stdout, as it is and of at most SH_CHILD_MAX_TOLD
   * bytes, in place of the log; NULL: nobody does. Must not free the child. */
  ShLineFunc told;
  gpointer told_data;
  /* It gets SIGTERM when this process dies, and can save what it has; else
   * SIGKILL. */
  gboolean may_save;
} ShChildSetup;

/*
 * The process is gone and all its output read. `error` is NULL when it ended
 * with status 0, or as it was told to; else
 *   SH_ERROR_CRASHED  "simulator 'lift' crashed in advance: segmentation fault"
 *   SH_ERROR_HUNG     "simulator 'lift' did not return from advance within 10 s"
 *   SH_ERROR_KILLED   "simulator 'lift' was killed in advance: SIGTERM"
 *   SH_ERROR_FAILED   with its own last error line
 * The callee may free the child.
 */
typedef void (*ShChildEnded) (ShChild *child,
                              const GError *error,
                              gpointer data);

/* The program is /proc/self/exe, or what the variable SIMHOST_EXE says. Errors:
 * SH_ERROR_FAILED. */
ShChild *sh_child_new (const ShChildSetup *setup,
                       ShChildEnded ended,
                       gpointer data,
                       GError **error);

/* Kills it if it still runs; then `ended` is not called. */
void sh_child_free (ShChild *child);

GPid sh_child_get_pid (const ShChild *child);

/* SIGTERM, and SIGKILL to its group after the deadline. */
void sh_child_stop (ShChild *child);

/* SH_CHILD_LEAVE_SIGNAL, and after so many milliseconds sh_child_stop. */
void sh_child_leave (ShChild *child, guint milliseconds);

/* Kills it and calls it hung: it took more than `milliseconds`. */
void sh_child_expire (ShChild *child, guint milliseconds);

/*
 * In the child: the descriptor for an answer, close-on-exec, and the variable
 * is gone; -1 if there is none. It lies out of the way of a plugin that closes
 * what it does not own. The caller owns it.
 */
int sh_child_take_reply_fd (void);

/* Its last lines of output, the oldest first; the caller frees them. */
char **sh_child_dup_lines (const ShChild *child);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShChild, sh_child_free)

G_END_DECLS
