/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One muscle, seen from the conductor: a process that plays some of the
 * simulations of a run, the memory shared with it, and the task that it was
 * given last. It is started again when it crashed or hung, until muscles die too
 * often, and, as often as need be, when somebody else has killed it; but not when
 * it is lost time and again while the run does not go on.
 *
 * A muscle is asked one thing at a time. Everything that it says or writes is
 * held for possible before it is used, for it runs somebody else's code.
 *
 * Thread: the main context in which it was made.
 */

#pragma once

#include <glib.h>

#include "sh-muscle-message.h"
#include "sh-restarts.h"

G_BEGIN_DECLS

/* Seconds in which a busy muscle must show a sign of life: any call into the
 * plugin is one, and has a deadline of its own (SH_WORKER_CALL_DEADLINE). */
#define SH_MUSCLE_LIFE_DEADLINE 20u
/* Milliseconds that a muscle has to finish. */
#define SH_MUSCLE_FINISH_DEADLINE 900u
/* Episodes of a muscle that joins are numbered from this on, times `joined`: more
 * than anybody plays, and so that their seeds differ in the low 32 bits, too, for
 * a simulator may look at no more. So many can join. */
#define SH_MUSCLE_EPISODES G_GUINT64_CONSTANT (2654435769)
#define SH_MUSCLE_MAX_JOINED (1u << 18)
/* Milliseconds until one that somebody else has killed is started again; twice as
 * many with each loss while the run does not go on, of which so many are too many. */
#define SH_MUSCLE_KILLED_DELAY 50u
#define SH_MUSCLE_MAX_IN_VAIN 5u

typedef struct ShMuscle ShMuscle;

typedef enum
{
  SH_MUSCLE_DOWN, /* not running; it may be started again after a while */
  SH_MUSCLE_BUSY,
  SH_MUSCLE_READY, /* the task is done */
  SH_MUSCLE_GONE /* for good */
} ShMuscleState;

typedef struct
{
  const char *run; /* what is trained, for the log */
  guint number; /* among the run's muscles, from 1 */
  const char *file, *simulator;
  const char *program; /* text */
  const char *program_file; /* what it is called in messages */
  guint concept; /* which of the program's is trained */
  ShPolicy *policy; /* what it copies */
  GPtrArray *before; /* ShPolicy of the concepts before it; may be NULL */
  const ShSpace *space;
  guint n_objectives; /* of the concept */
  guint mask_size; /* sh_codec_get_mask_size */
  guint n_instances, first_instance, n_all;
  /* 0: it is there from the start. Else it has joined as the so-maniest, and its
   * episodes and random numbers are none of those of the others. */
  guint joined;
  guint n_steps; /* at most, in one roll-out */
  gboolean patient; /* it may wait awake for requests that come soon */
  guint64 seed;
  guint call_deadline; /* milliseconds that one call into the plugin may take */
  ShRestarts *restarts; /* shared by all muscles of a run */
} ShMuscleOptions;

/*
 * Told from the main loop; none of these may free the muscle.
 *   ready   the task is done; the answer is sh_muscle_get_answer's
 *   lost    the process has died and will be started again, its episodes are
 *           gone; it becomes ready when it has been set up
 *   gone    the process has ended, and is not started again. NULL: as asked
 */
typedef struct
{
  void (*ready) (ShMuscle *muscle, gpointer data);
  void (*lost) (ShMuscle *muscle, gpointer data);
  void (*gone) (ShMuscle *muscle, const GError *error, gpointer data);
} ShMuscleFuncs;

/* Shares the memory and starts the process, which is busy with SET_UP then.
 * What `options` points to must outlive it. Errors: SH_ERROR_FAILED,
 * SH_ERROR_LIMIT. */
ShMuscle *sh_muscle_new (const ShMuscleOptions *options,
                         const ShMuscleFuncs *funcs,
                         gpointer data,
                         GError **error);
/* Kills the process if it still runs. */
void sh_muscle_free (ShMuscle *muscle);

ShMuscleState sh_muscle_get_state (const ShMuscle *muscle);
GPid sh_muscle_get_pid (const ShMuscle *muscle); /* 0: not running */

/* The last task that is done, of ShMuscleTask, and what came of it. */
const ShMuscleAnswer *sh_muscle_get_answer (const ShMuscle *muscle);
/* What a ROLL_OUT left behind, and how many steps it may have. */
const ShRolloutRows *sh_muscle_get_rows (const ShMuscle *muscle);

/* Gives a ready muscle the policy's present weights and a task: so many steps,
 * or its part of a test (sh_rollout_test). */
void sh_muscle_roll_out (ShMuscle *muscle, guint lesson, guint n_steps);
void sh_muscle_test (ShMuscle *muscle,
                     guint lesson,
                     guint64 first,
                     guint n_episodes);

/* So, too: test passes (sh_rollout_pass). */
void sh_muscle_pass (ShMuscle *muscle,
                     guint lesson,
                     guint64 first,
                     guint n,
                     guint n_steps);

/* What falls to it of tests to come, as sh_rollout_set_share. */
void sh_muscle_set_share (ShMuscle *muscle, guint first, guint n_all);

/* An episode that muscles play has ended: the run goes on, whatever was lost. */
void sh_muscle_note_progress (ShMuscle *muscle);

/* It takes part in a run that has been going on without it: from now on a death
 * before its own first step is one like any other. */
void sh_muscle_join (ShMuscle *muscle);

/* From the next roll-out on no episode of training begins in it. */
void sh_muscle_leave (ShMuscle *muscle);

/* Whatever it does: it is to end, and `gone` is told when it has. */
void sh_muscle_finish (ShMuscle *muscle);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShMuscle, sh_muscle_free)

G_END_DECLS
