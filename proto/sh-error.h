/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The one error domain of Simhost. A code says what kind of thing went wrong,
 * so that callers can act on it; the message is one line for people that names
 * the thing and says what to do.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SH_ERROR_FAILED, /* none of the others */
  SH_ERROR_USAGE, /* used wrongly: a flag, a name, a setting */
  SH_ERROR_NOT_FOUND, /* no such simulator, brain, file, reward */
  SH_ERROR_PLUGIN, /* a file that is no usable plugin */
  SH_ERROR_SIMULATOR, /* a simulator's function failed; a reset can recover */
  SH_ERROR_FATAL, /* a simulator's function failed for good */
  SH_ERROR_CRASHED, /* a worker died */
  SH_ERROR_HUNG, /* a worker was killed because a call did not return */
  SH_ERROR_PROTOCOL, /* the peer sent what the protocol does not allow */
  SH_ERROR_SCHEMA, /* two schemas do not fit each other */
  SH_ERROR_VALUE, /* a value that cannot be converted */
  SH_ERROR_LIMIT, /* more than a limit allows */
  SH_ERROR_REFUSED, /* the peer refused for good: key, name, closed */
  SH_ERROR_NETWORK, /* could not connect, connection lost */
  SH_ERROR_TIMEOUT, /* a deadline passed */
  SH_ERROR_SYNTAX, /* a text does not follow its grammar */
  SH_ERROR_CORRUPT, /* a stored file is damaged */
  SH_ERROR_BUSY, /* it is being done already, or the other way round */
  SH_ERROR_KILLED /* a worker was killed by somebody else */
} ShError;

#define SH_ERROR (sh_error_quark ())
GQuark sh_error_quark (void);

G_END_DECLS
