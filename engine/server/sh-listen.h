/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Listening on an address that somebody has written down.
 */

#pragma once

#include "sh-connections.h"

G_BEGIN_DECLS

/*
 * Listens on "HOST:PORT", "HOST" (then on `default_port`) or "[IPV6]:PORT"; port
 * 0 takes any that is free. A name is looked up, which may take its time.
 * Returns "http://127.0.0.1:8010", by which this machine reaches what listens;
 * the caller frees it. `option` is how another address is given, "--listen".
 * Errors: SH_ERROR_USAGE for the address, else SH_ERROR_NETWORK.
 */
char *sh_listen (ShConnections *connections,
                 const char *address,
                 guint default_port,
                 const char *option,
                 GError **error);

G_END_DECLS
