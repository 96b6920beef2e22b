/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The line at a terminal that says how a training goes and is written over.
 * What does not fit into the terminal's width is left out, the least important
 * first: a line that wraps cannot be written over.
 */

#pragma once

#include <glib.h>

#include "curve.h"
#include "sh-run.h"

G_BEGIN_DECLS

typedef struct
{
  guint width; /* of the terminal, in characters */
  gboolean blocks; /* it can show block characters */
  gboolean colours;
} ShStatusStyle;

/* That of a terminal, as it is now: its width, the locale's characters, and the
 * environment (NO_COLOR, TERM). */
void sh_status_style_init (ShStatusStyle *style, int fd);

/* Whether lines can be written over: `fd` is a terminal, and not a dumb one. */
gboolean sh_status_can_write_over (int fd);

/* The line, without what ends or clears one. Free with g_free. */
char *sh_status_line_new (const ShRunProgress *progress,
                          const ShCurve *curve,
                          const ShStatusStyle *style);

G_END_DECLS
