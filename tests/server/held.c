/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Makes a plugin one whose loading takes as long as a test likes: as long as
 * somebody else has the pipe SIMHOST_TEST_HOLD, if it is there, open for writing.
 */

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__ ((constructor)) static void
hold (void)
{
  const char *path = getenv ("SIMHOST_TEST_HOLD");
  const int fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  char byte;

  if (fd < 0)
    return;
  while (read (fd, &byte, 1) > 0)
    ;
  close (fd);
}
