/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Where doors are: for both sides of one.
 */

#pragma once

#include <sys/un.h>

#include "sh-control.h"

G_BEGIN_DECLS

/* $XDG_RUNTIME_DIR/simhost */
char *sh_control_get_folder (void);

/* "train-HASH-", to which the version belongs. */
char *sh_control_make_prefix (const char *folder, const char *brain);

/* FALSE with SH_ERROR_FAILED: the path is too long for a socket. */
gboolean sh_control_make_address (const char *path,
                                  struct sockaddr_un *address,
                                  GError **error);

G_END_DECLS
