/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A few threads that share short pieces of work, some ten microseconds each,
 * many times in a row. Waking a thread that sleeps costs more than that, so a
 * helper that has just worked waits for the next piece awake, for a moment,
 * before it goes to sleep.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct ShCrew ShCrew;

/* Does one of the lanes 0 .. n_lanes - 1; any thread. */
typedef void (*ShCrewFunc) (guint lane, gpointer data);

/* `n_helpers` threads besides the caller's; 0 is fine. */
ShCrew *sh_crew_new (guint n_helpers);
void sh_crew_free (ShCrew *crew);

/* Says that there will be work soon, so that helpers are up by then. */
void sh_crew_wake (ShCrew *crew);

/*
 * Calls `func` once for each of `n_lanes` lanes, at most 255, on the caller's
 * thread and the helpers', and returns when all are done. Which thread does
 * which is not said. Never two calls at once.
 */
void sh_crew_run (ShCrew *crew, guint n_lanes, ShCrewFunc func, gpointer data);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShCrew, sh_crew_free)

G_END_DECLS
