/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A scripted engine for simulators with a loop of their own: gives them one
 * event at a time, and waits until it is done.
 *
 * A program may want several episodes at once. One is the check's; the others
 * are played with random actions on the side.
 */

#pragma once

#include "sh-driver.h"

G_BEGIN_DECLS

typedef struct ShConformLoop ShConformLoop;

/* Makes an instance and starts its loop. Errors: those of sh_instance_new. */
ShConformLoop *sh_conform_loop_new (const SimhostSimulator *simulator,
                                    ShCallSlot *slot,
                                    guint64 seed,
                                    GError **error);

/* FALSE: it failed, SH_ERROR_SIMULATOR or SH_ERROR_FATAL; or, without an error,
 * the program has ended of its own will. */
gboolean sh_conform_loop_play (ShConformLoop *loop,
                               const ShEvent *event,
                               ShOutcome *outcome,
                               GError **error);

/* Tells the loop to return, waits for it, and destroys. Errors:
 * SH_ERROR_FATAL. */
gboolean sh_conform_loop_finish (ShConformLoop *loop, GError **error);

G_END_DECLS
