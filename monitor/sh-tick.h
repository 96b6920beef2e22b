/* SPDX-License-Identifier: LGPL-2.1-or-later
 *
 * Where an axis has its ticks, and how numbers and paths are written for people.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SH_TICKS_MAX 32u

/* Multiples of 1, 2 or 5 times a power of ten in [low, high], which they divide
 * into no more than `most` parts (2 to SH_TICKS_MAX - 1), or five where there would
 * be a single tick else. Fills `ticks` and gives how many. *step: their distance. */
guint sh_ticks (double low,
                double high,
                guint most,
                double ticks[SH_TICKS_MAX],
                double *step);

/* "0.25", "1.5k", "20M": with as many digits as the step needs, and in the same
 * unit all along an axis whose largest tick, without its sign, is `largest`. */
char *sh_tick_text (double value, double step, double largest);

/* "12 345": groups of three, by a narrow no-break space. */
char *sh_count_text (double count);
/* Four significant digits, "–" if it is not known. */
char *sh_number_text (double number);

/* A path in the user's home folder begins with "~/". */
char *sh_path_text (const char *path);

G_END_DECLS
