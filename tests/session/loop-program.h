/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What programs that own their loop do in tests: calls that must succeed.
 */

#pragma once

#include "loop-engine.h"

G_BEGIN_DECLS

#define OK SIMHOST_EXTERNAL_OK
#define OVER SIMHOST_EXTERNAL_OVER
#define FINISHED SIMHOST_EXTERNAL_FINISHED
#define TIMEOUT SIMHOST_EXTERNAL_TIMEOUT
#define MISUSE SIMHOST_EXTERNAL_MISUSE

#define PATIENCE 60000u /* ms: longer than any test takes */

#define EPISODE(NAME) SimhostEpisode NAME = { .struct_size = sizeof NAME }
#define STATE(VALUE, STEP) (&(LiftState){ VALUE, STEP })

/* The engine's action in a state. */
int get (SimhostExternal *external, const char *id, double value, int step);
void start (SimhostExternal *external, const char *id);
void end (SimhostExternal *external, const char *id, double value, int step);

/* Runs a program, which must end well; `deadline` in milliseconds. */
void play (LoopHost *host,
           int32_t (*run) (void *self, SimhostExternal *external),
           guint deadline);

/* `status`, of the last call on this thread, is MISUSE and its text says so. */
void
assert_misuse (SimhostExternal *external, int32_t status, const char *says);

G_END_DECLS
