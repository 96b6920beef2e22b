/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The daemon's own engine: a process, `simhost serve`, for the sessions of this
 * machine and, if it is told so, for others. One that dies is started again, at
 * the same address if that can be, until it dies too often; it goes on with its
 * trainings.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Seconds that it has until it listens. */
#define SH_ENGINE_START_DEADLINE 15u
/* Milliseconds that it has to save its trainings when it is to stop; then it is
 * killed, and what it saved before counts. */
#define SH_ENGINE_STOP_DEADLINE 30000u

typedef struct ShEngine ShEngine;

typedef enum
{
  SH_ENGINE_OFF,
  SH_ENGINE_STARTING, /* also while it waits to be started again */
  SH_ENGINE_RUNNING,
  SH_ENGINE_STOPPING,
  SH_ENGINE_FAILED /* given up: the error says why */
} ShEngineState;

/* "off" ... */
const char *sh_engine_state_to_string (ShEngineState state);

/* None of them may free the engine. */
typedef struct
{
  /* State, URL, key or error may be others. */
  void (*changed) (gpointer data);
  /* A line that it tells of its trainings (simhost-serve(1)). */
  void (*told) (guint pid, const char *line, gpointer data);
  /* The process has ended, and with it its trainings; `error`: why; NULL: it was
   * to, and has saved them. */
  void (*lost) (const GError *error, gpointer data);
} ShEngineFuncs;

/* It is off. `funcs` is not copied. */
ShEngine *sh_engine_new (const ShEngineFuncs *funcs, gpointer data);

/* Where it listens, "HOST:PORT"; NULL: loopback, at a port that is free. Its key;
 * NULL: a new one at each start. One that runs otherwise is started again. FALSE:
 * that is as it was. */
gboolean sh_engine_configure (ShEngine *engine,
                              const char *listen,
                              const char *access_key);

/* One that is on its way, or there, goes on. */
void sh_engine_start (ShEngine *engine);
/* SIGTERM, and SIGKILL after SH_ENGINE_STOP_DEADLINE. */
void sh_engine_stop (ShEngine *engine);

/* Ends the training of a brain, which is saved; what goes wrong is said on the
 * log. */
void sh_engine_stop_training (ShEngine *engine, const char *brain);

ShEngineState sh_engine_get_state (const ShEngine *engine);
/* Where it listens, or did before it died and is started again; else NULL. */
const char *sh_engine_get_url (const ShEngine *engine);
const char *sh_engine_get_access_key (const ShEngine *engine);
/* Why it failed; "" when it did not. */
const char *sh_engine_get_error (const ShEngine *engine);
gboolean sh_engine_has_process (const ShEngine *engine);

/* Kills the process. */
void sh_engine_free (ShEngine *engine);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShEngine, sh_engine_free)

G_END_DECLS
