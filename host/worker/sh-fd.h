/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Descriptors that are closed at the end of their scope, as g_autofd does from
 * GLib 2.76 on. Hand one on with g_steal_fd.
 */

#pragma once

#include <errno.h>
#include <glib.h>
#include <unistd.h>

G_BEGIN_DECLS

/* Closes *fd unless it is negative; errno stays as it is. */
static inline void
sh_fd_clear (int *fd)
{
  int code = errno;

  if (*fd >= 0)
    close (*fd);
  *fd = -1;
  errno = code;
}

#define sh_autofd __attribute__ ((cleanup (sh_fd_clear))) int

G_END_DECLS
