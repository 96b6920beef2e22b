/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From a wait status and what else is known of a child's end to an error.
 */

#include "sh-child-end.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include "sh-error.h"
#include "sh-text.h"

typedef struct
{
  int number;
  gboolean fault; /* something that the code itself did */
  const char *words;
} SignalName;

static const SignalName signal_names[] = {
  { SIGSEGV, TRUE, "segmentation fault" },
  { SIGABRT, TRUE, "aborted" },
  { SIGBUS, TRUE, "bus error" },
  { SIGFPE, TRUE, "arithmetic error" },
  { SIGILL, TRUE, "illegal instruction" },
  { SIGTRAP, TRUE, "trap" },
  { SIGSYS, TRUE, "bad system call" },
  { SIGPIPE, TRUE, "broken pipe" },
  { SIGALRM, TRUE, "alarm clock" },
  { SIGXCPU, TRUE, "limit of processor time passed" },
  { SIGXFSZ, TRUE, "limit of file size passed" },
  { SIGKILL, FALSE, "SIGKILL, perhaps for want of memory" },
  { SIGTERM, FALSE, "SIGTERM" },
  { SIGINT, FALSE, "SIGINT" },
  { SIGHUP, FALSE, "SIGHUP" },
};

/* Characters of a child's last words that are told. */
#define MAX_WORDS 300

static GError *
end_error (const ShChildEnd *end, ShError code, char *text)
{
  g_autofree char *words =
      end->words != NULL && g_utf8_strlen (end->words, -1) > MAX_WORDS
          ? g_utf8_substring (end->words, 0, MAX_WORDS)
          : g_strdup (end->words);
  GError *error =
      words != NULL
          ? g_error_new (SH_ERROR, (int) code, "%s %s; its last words: %s",
                         end->subject, text, words)
          : g_error_new (SH_ERROR, (int) code, "%s %s", end->subject, text);

  g_free (text);
  return error;
}

static GError *
hung (const ShChildEnd *end)
{
  g_autofree char *seconds = sh_text_from_number (end->expired / 1000.0);

  if (end->expired == 0)
    return end_error (
        end, SH_ERROR_HUNG,
        end->call != NULL
            ? g_strdup_printf ("did not return from %s when it was to stop, "
                               "and was killed",
                               end->call)
            : g_strdup ("did not stop when told to, and was killed"));
  return end_error (
      end, SH_ERROR_HUNG,
      end->call != NULL
          ? g_strdup_printf ("did not return from %s within %s s", end->call,
                             seconds)
          : g_strdup_printf ("did not answer within %s s", seconds));
}

static GError *
killed (const ShChildEnd *end, int number)
{
  g_autofree char *unknown = g_strdup_printf ("signal %d", number);
  SignalName name = { number, TRUE, unknown };

  for (gsize i = 0; i < G_N_ELEMENTS (signal_names); i++)
    if (signal_names[i].number == number)
      name = signal_names[i];
  return end_error (
      end, name.fault ? SH_ERROR_CRASHED : SH_ERROR_KILLED,
      g_strdup_printf ("%s%s%s: %s", name.fault ? "crashed" : "was killed",
                       end->call != NULL ? " in "
                       : end->own        ? ""
                                         : " outside its functions",
                       end->call != NULL ? end->call : "", name.words));
}

/* The line that a sub-command ends with, without what names the command. */
static const char *
without_command (const char *words)
{
  const char *text;

  if (!g_str_has_prefix (words, "simhost: "))
    return words;
  text = strstr (words + strlen ("simhost: "), ": ");
  return text != NULL ? text + 2 : words;
}

static GError *
exited (const ShChildEnd *end, int status)
{
  if (end->call != NULL)
    return end_error (end, SH_ERROR_CRASHED,
                      g_strdup_printf ("ended the process in %s (exit status "
                                       "%d)",
                                       end->call, status));
  if (status == 0)
    return NULL;
  if (end->words != NULL)
    return g_error_new_literal (SH_ERROR, SH_ERROR_FAILED,
                                without_command (end->words));
  return end_error (end, SH_ERROR_FAILED,
                    g_strdup_printf ("ended with exit status %d", status));
}

GError *
sh_child_end_to_error (const ShChildEnd *end)
{
  gboolean by_kill =
      WIFSIGNALED (end->status) && WTERMSIG (end->status) == SIGKILL;

  /* It may have ended by itself just before. */
  if (by_kill && (end->expired != 0 || end->killed))
    return hung (end);
  if (WIFSIGNALED (end->status))
    return end->stopped && WTERMSIG (end->status) == SIGTERM
               ? NULL
               : killed (end, WTERMSIG (end->status));
  return exited (end, WEXITSTATUS (end->status));
}
