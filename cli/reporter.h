/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Tells how trainings go: to a program one JSON object a line, to a person at a
 * terminal one line that is written over, with a small learning curve; into a
 * pipe, a file or a dumb terminal a plain line now and then. All on stdout.
 */

#pragma once

#include <glib.h>

#include "training.h"

G_BEGIN_DECLS

typedef struct ShReporter ShReporter;

/* `many`: there may be several trainings at once; each line says which. */
ShReporter *sh_reporter_new (gboolean json, gboolean many);
void sh_reporter_free (ShReporter *reporter);

/*
 * Says that a training has started, and from now on how it goes and how it ends;
 * `simulator`: that it is on; NULL: the program's. The keeper is borrowed until its
 * run emits "finished", or until sh_reporter_free. That it has finished is told from
 * a handler of that signal that was connected here.
 */
void sh_reporter_follow (ShReporter *reporter,
                         ShKeeper *keeper,
                         const char *simulator);

/* From now on progress is told with how many muscles there are, as `count`
 * says. */
void sh_reporter_set_muscles (ShReporter *reporter,
                              guint (*count) (gpointer data),
                              gpointer data);

/* The server can be reached. */
void sh_reporter_listening (ShReporter *reporter, const char *url);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShReporter, sh_reporter_free)

G_END_DECLS
