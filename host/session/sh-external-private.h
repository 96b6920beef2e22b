/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of a ShExternal, for the files that implement it: sh-external.c has
 * the seats, on the main thread; the others what the program calls, on any. All
 * are in `monitor` while they look at anything here.
 */

#pragma once

#include "sh-driver-private.h"
#include "sh-external.h"
#include "sh-loop.h"
#include "sh-monitor.h"
#include "sh-run-thread.h"
#include "sh-struct-copy.h"

G_BEGIN_DECLS

typedef enum
{
  SH_SEAT_AWAY, /* the engine's turn, or the main thread's */
  SH_SEAT_START, /* an EPISODE_START is to be answered */
  SH_SEAT_STEP, /* a SIMULATE is to be answered */
  SH_SEAT_ANSWERED /* and was; the main thread has not collected it */
} ShSeatState;

typedef struct ShProgramEpisode ShProgramEpisode;

typedef struct
{
  char *key;
  double value;
} ShRecordedValue;

typedef struct
{
  ShDriver driver; /* first: they are cast into each other */
  ShExternal *external;
  ShSeatState state;
  gboolean gone; /* its connection is, for good */
  ShProgramEpisode *episode; /* that has it; NULL: free */
  ShStructCopy *given; /* the action of the SIMULATE */
  ShStructCopy *config; /* of the EPISODE_START */
  const char *reward; /* the name of the one that is wanted, or NULL */
  guint64 seed; /* of the EPISODE_START */

  /* The answer. */
  ShStructCopy *answer; /* the state */
  ShStructCopy *taken; /* the program's own action in this step, if has_taken */
  gboolean has_taken;
  ShOutcome outcome;
  char *info;
  GArray *values; /* ShRecordedValue, for the record */
  ShRecording *recording; /* may be NULL; the main thread's */
} ShSeat;

struct ShProgramEpisode
{
  char *id;
  ShSeat *seat; /* NULL: over, and the program has not been told */
  gboolean training;
  gboolean calling; /* one of its calls waits */
  gboolean acted; /* there was a first action */
  gboolean own_action; /* in the step under way, of log_action */
  double reward; /* since the last action */
  char *info;
  ShStructCopy *config; /* as handed out */
  ShStructCopy *action; /* as handed out, or logged */
};

struct ShExternal
{
  ShExternalOptions options;
  const SimhostSimulator *simulator;
  const SimhostExternalProgram *program;
  SimhostExternal api;
  ShRunThread thread;
  ShWake *wake;
  gboolean ended; /* and the main loop has all that was answered before */

  ShMonitor monitor; /* of all below */
  gboolean finished; /* calls give FINISHED */
  gboolean shrinking; /* a seat is gone: there will be no more */
  GPtrArray *seats; /* not owned */
  GHashTable *episodes; /* ShProgramEpisode by id */
  GHashTable *over; /* ids of episodes that are over */
  GQueue over_order; /* the same ids, the oldest first */
  guint n_waiting; /* start_episode calls */
  guint64 n_started;
  guint64 next_seed;
  guint n_warnings;
};

/* Fills the table of what the program may call. */
void sh_external_set_api (ShExternal *external);

/* The seat has no episode any more, and the episode no seat: it is over. */
void sh_external_part (ShSeat *seat);

void sh_program_episode_free (ShProgramEpisode *episode);

/* ---- what calls of the program have in common ---- */

/* Into the monitor, and out of it: all that follows is done between. */
ShExternal *sh_program_enter (SimhostExternal *api);
/* Returns the status. */
int32_t sh_program_leave (ShExternal *external, int32_t status);

/* What a call returns, and the text for get_error; mistakes are logged. */
int32_t sh_program_result (ShExternal *external,
                           int32_t status,
                           const char *format,
                           ...) G_GNUC_PRINTF (3, 4);
int32_t sh_program_good (void);
int32_t sh_program_finished (ShExternal *external);
/* The episode's end is told, and it is gone. */
int32_t sh_program_over (ShExternal *external, ShProgramEpisode *episode);

/* The episode of a call, which has a seat; NULL: *status says why not. */
ShProgramEpisode *
sh_program_find_episode (ShExternal *external, const char *id, int32_t *status);
/* The id is remembered as one that is over; the episode is gone. */
void sh_program_close_episode (ShExternal *external, ShProgramEpisode *episode);

/* Monotonic time until which a call waits. */
gint64 sh_program_get_deadline (const ShExternal *external);

/* ---- the calls themselves: see simhost/external.h ---- */
int32_t sh_program_start_episode (SimhostExternal *api,
                                  const char *id,
                                  uint8_t training_enabled,
                                  SimhostEpisode *out);
int32_t sh_program_get_action (SimhostExternal *api,
                               const char *id,
                               const void *state,
                               void *action);
int32_t sh_program_log_action (SimhostExternal *api,
                               const char *id,
                               const void *state,
                               const void *action);
int32_t sh_program_log_returns (SimhostExternal *api,
                                const char *id,
                                double reward,
                                const char *info);
int32_t sh_program_end_episode (SimhostExternal *api,
                                const char *id,
                                const void *state);
int32_t sh_program_record (SimhostExternal *api,
                           const char *id,
                           const char *key,
                           double value);

G_END_DECLS
