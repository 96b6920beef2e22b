/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The other end of the stub's echo: what two processes can do that only read
 * and write.
 */

#pragma once

#include <glib.h>

/* Opens `n` connections to the loopback port; answers `received` bytes on each
 * with `sent` bytes, which it also begins with. Returns when one is closed. */
int echo_client_run (guint port, guint n, gsize sent, gsize received);
