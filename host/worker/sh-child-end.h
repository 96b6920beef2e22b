/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Why a child process ended, in one line.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *subject; /* "simulator 'lift'" */
  int status; /* of waitpid */
  const char *call; /* the function it was in, or NULL */
  const char *words; /* its last error line, or NULL */
  gboolean stopped; /* it had been told to end */
  guint expired; /* killed because it took more milliseconds; 0: not */
  gboolean killed; /* killed because it did not end when told to */
  gboolean own; /* it makes no calls: it is simhost's own code */
} ShChildEnd;

/* NULL: as it should be. The caller frees it. */
GError *sh_child_end_to_error (const ShChildEnd *end);

G_END_DECLS
