/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What one session puts on record. The session tells it what it learns and what
 * comes of it, whatever drives the session; it makes a row of each first state
 * and each step.
 *
 * Columns, in this order: config.*, action.*, state.* in the order of the
 * engine's schemas at registration, reward, terminal, time, simulator, predict,
 * sim_id, statistics.*, and those of the plugin's own.
 *
 * config.* and action.* are what the simulator was given; fields that it lacks
 * are shown as the engine sent them. config.* is filled in the row of an
 * episode's first state, once the engine has sent properties; action.*, reward
 * and terminal in the rows of steps. Images are left empty.
 *
 * The statistics are those of the original library: reward and iterations of
 * the episode so far, episodes finished so far, and the rates of both in a
 * second since the first episode after connecting, smoothed (a tenth of the
 * rate before) and cut to whole numbers.
 */

#pragma once

#include "sh-recorder.h"
#include "sh-schema.h"

G_BEGIN_DECLS

typedef struct ShRecording ShRecording;

/* `recorder` and `simulator` live longer; `name` is the one that it registers
 * under. */
ShRecording *sh_recording_new (ShRecorder *recorder,
                               const SimhostSimulator *simulator,
                               const char *name,
                               gboolean predict);
void sh_recording_free (ShRecording *recording);

/* There is a new connection. */
void sh_recording_connect (ShRecording *recording);

/* The session is registered: its columns are enabled. */
void sh_recording_register (ShRecording *recording,
                            ShSchema *config,
                            ShSchema *action,
                            ShSchema *state,
                            guint32 sim_id);

/* The action schema has changed since. Fields without a column are dropped. */
void sh_recording_set_action_schema (ShRecording *recording, ShSchema *action);

/* The properties' message; copied. */
void
sh_recording_configure (ShRecording *recording, const guint8 *data, gsize size);

/* An episode's first state. `config` and `state` are the simulator's structs.
 * Errors, here and below: those of sh_recorder_write_row. */
gboolean sh_recording_started (ShRecording *recording,
                               gconstpointer config,
                               gconstpointer state,
                               GError **error);

/* A step. `data` is the action's message, `action` its struct. */
gboolean sh_recording_simulated (ShRecording *recording,
                                 const guint8 *data,
                                 gsize size,
                                 gconstpointer action,
                                 gconstpointer state,
                                 double reward,
                                 gboolean terminal,
                                 GError **error);

void sh_recording_finished (ShRecording *recording);

/* A value of the plugin's own, for the next row. */
void sh_recording_add (ShRecording *recording, const char *key, double value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShRecording, sh_recording_free)

G_END_DECLS
