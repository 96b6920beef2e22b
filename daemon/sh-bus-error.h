/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Errors on the bus: SH_ERROR_* to org.simhost.Host1.Error.* and back. Several
 * codes become one name.
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define SH_BUS_ERROR_PREFIX "org.simhost.Host1.Error."

/* Answers the call with the error, in one line; takes the invocation. Errors of
 * other domains are Failed. */
void sh_bus_return_error (GDBusMethodInvocation *invocation,
                          const GError *error);

/* What a call to the daemon answered, as an error of SH_ERROR without GDBus's
 * words before it, if it is one of ours; else the same error. Takes it. */
GError *sh_bus_error_take (GError *error);

G_END_DECLS
