/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A step, or what a fault needs, that takes until a test lets it go on, however
 * slow the machine is: it waits for a byte from the FIFO that SLOW_STEP in the
 * environment names. When the test has ended it waits no more.
 */

#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void
wait_at_gate (void)
{
  const char *path = getenv ("SLOW_STEP");
  int fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  char byte;

  while (fd >= 0 && read (fd, &byte, 1) < 0 && errno == EINTR)
    ;
  if (fd >= 0)
    close (fd);
}
