/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the tests of children start in place of simhost: the last argument says
 * what it does.
 *
 *   print TEXT...          each on stderr, ":TEXT" on stdout; ends with 0
 *   flood N                N lines
 *   long N                 a line of N bytes without a newline
 *   status                 what the kernel says of this process, on stdout
 *   exit N CALL TEXT       says TEXT on stderr, ends with N in CALL
 *   signal N CALL          dies of signal N in CALL
 *   hang CALL [deaf]       stays in CALL for ever; deaf to SIGTERM
 *   busy                   one call after the other, for ever
 *   wait [deaf]            for SIGTERM
 *   leave                  ends, leaving a process behind; prints its number
 *   parent                 starts `hang advance` as its own child, prints its
 *                          number, and waits
 *
 * CALL is a number of ShCall. All of them end after 120 s, come what may.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sh-child.h"
#include "sh-worker.h"

static ShCallSlot *slots;
static guint n_slots;

static void
enter (const char *call)
{
  ShCall number = (ShCall) atoi (call);

  if (number != SH_CALL_NONE)
    sh_call_slot_enter (&slots[n_slots - 1], number);
}

static void
be_deaf (const char *how)
{
  if (g_strcmp0 (how, "deaf") == 0)
    signal (SIGTERM, SIG_IGN);
}

static void
print_status (void)
{
  struct rlimit core;
  guint n_descriptors = 0;

  /* Not 0, 1, 2, and the slots have been taken. */
  for (int fd = 3; fd < 1000; fd++)
    n_descriptors += write (fd, "", 0) == 0 || errno != EBADF;
  getrlimit (RLIMIT_CORE, &core);
  printf ("no-new-privs %d\n", prctl (PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  printf ("own-group %d\n", getpgrp () == getpid ());
  printf ("core %lu\n", (unsigned long) core.rlim_cur);
  printf ("descriptors %u\n", n_descriptors);
  printf ("slots %u\n", n_slots);
  printf ("variable %s\n", g_getenv (SH_SLOT_PAGE_VARIABLE));
  printf ("stdin %d\n", getchar ());
}

static void
on_ended (ShChild *child, const GError *error, gpointer data)
{
}

static void
start_own_child (void)
{
  const char *const arguments[] = { "worker", "hang", "8", NULL };
  g_autoptr (ShSlotPage) page = sh_slot_page_new (1, NULL);
  const ShChildSetup setup = {
    .name = "grandchild",
    .subject = "the grandchild",
    .arguments = arguments,
    .page = page,
    .reply_fd = -1,
  };
  ShChild *child = sh_child_new (&setup, on_ended, NULL, NULL);

  printf ("pid %d\n", sh_child_get_pid (child));
  fflush (stdout);
  pause ();
}

static void
leave_behind (void)
{
  pid_t pid = fork ();

  if (pid == 0)
    {
      pause ();
      _exit (0);
    }
  printf ("pid %d\n", pid);
}

int
main (int argc, char **argv)
{
  const char *deed = argc > 2 ? argv[2] : "";

  alarm (120);
  slots = sh_worker_slots_from_environment (&n_slots);
  if (strcmp (deed, "print") == 0)
    for (int i = 3; i < argc; i++)
      {
        FILE *stream = argv[i][0] == ':' ? stdout : stderr;

        fprintf (stream, "%s\n", argv[i] + (stream == stdout));
        fflush (stream);
      }
  else if (strcmp (deed, "flood") == 0)
    for (int i = 1; i <= atoi (argv[3]); i++)
      fprintf (stderr, "line %d\n", i);
  else if (strcmp (deed, "long") == 0)
    for (int i = 0; i < atoi (argv[3]); i++)
      putchar ('x');
  else if (strcmp (deed, "status") == 0)
    print_status ();
  else if (strcmp (deed, "exit") == 0)
    {
      enter (argv[4]);
      if (argc > 5)
        fprintf (stderr, "%s\n", argv[5]);
      return atoi (argv[3]);
    }
  else if (strcmp (deed, "signal") == 0)
    {
      enter (argv[4]);
      raise (atoi (argv[3]));
    }
  else if (strcmp (deed, "hang") == 0)
    {
      be_deaf (argv[4]);
      /* Before the time of the call begins. */
      fputs ("hangs\n", stderr);
      enter (argv[3]);
      for (;;)
        pause ();
    }
  else if (strcmp (deed, "busy") == 0)
    for (;;)
      {
        /* Whoever looks finds it in a call, nearly always another one. */
        enter ("8");
        usleep (100);
        sh_call_slot_leave (&slots[n_slots - 1]);
        atomic_fetch_add (&slots[n_slots - 1].iterations, 1);
      }
  else if (strcmp (deed, "wait") == 0)
    {
      be_deaf (argc > 3 ? argv[3] : NULL);
      fputs ("waits\n", stderr);
      for (;;)
        pause ();
    }
  else if (strcmp (deed, "leave") == 0)
    leave_behind ();
  else if (strcmp (deed, "parent") == 0)
    start_own_child ();
  return 0;
}
