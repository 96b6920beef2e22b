/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Plays a policy on several instances of a simulator, in step, and writes down
 * what happened. It keeps to the rules of a run that one simulation can keep
 * (scenarios, the limit of an episode) and leaves the others to it.
 *
 * Instance i of this rollout is instance first_instance + i of all n_all of the
 * run. Its episodes count from first_episode; episode k of it has number
 *   first_instance + i + k * n_all
 * in the run. An episode's config is drawn for that number, and the simulator's
 * seed is the run's plus that number. The same arguments give the same steps.
 *
 * A simulator's function that fails, but not for good, loses the episode; so
 * many in a row that are lost end it.
 *
 * One thread; that on which the plugin was loaded.
 */

#pragma once

#include <glib.h>

#include "sh-call-slot.h"
#include "sh-codec.h"
#include "sh-policy.h"
#include "sh-program.h"

G_BEGIN_DECLS

#define SH_ROLLOUT_MAX_FAILURES 10u
/* Numbers of test episodes begin here, far from those of training. */
#define SH_ROLLOUT_FIRST_TEST (G_GUINT64_CONSTANT (1) << 62)
/* And those of test passes here. */
#define SH_ROLLOUT_FIRST_PASS (G_GUINT64_CONSTANT (3) << 61)

/* How the step of an instance ended. */
typedef enum
{
  SH_STEP_GOES_ON,
  SH_STEP_TERMINAL, /* nothing of worth follows */
  SH_STEP_OVER, /* the simulator has ended it, where the program sees no end */
  SH_STEP_LIMIT, /* the episode was as long as its lesson lets it be */
  SH_STEP_LOST, /* there was no such step: the simulator failed, and the
                 * episode is lost with what was played of it */
  SH_STEP_NONE /* there was none: the instance plays no more episodes */
} ShStepEnd;

/*
 * What steps leave behind, row by row: one row for each step, and in it a place
 * for each instance. observations has a row more, so that row t + 1 holds those
 * after step t; where an episode has ended it is that of the next one's begin,
 * and the one after the ended step is in `last`. An episode that ends with the
 * last step is followed by none: the next one begins in row 0 of the next call.
 * Does not own its arrays.
 */
typedef struct
{
  guint n_steps; /* room */
  float *observations; /* [n_steps + 1][n_instances][O] */
  float *last; /* [n_steps][n_instances][O], written at an end only */
  /* [..][sh_codec_get_mask_size], beside the two before; NULL if that is 0 */
  guint8 *masks, *last_masks;
  float *actions; /* [n_steps][n_instances][A] */
  float *log_probs, *values, *rewards; /* [n_steps][n_instances] */
  double *earned; /* [n_steps][n_instances], as in ShEvaluation */
  guint8 *ends; /* [n_steps][n_instances], of ShStepEnd */
  /* [n_steps][n_instances][objectives of the concept], written at an end only */
  ShOutcome *outcomes;
} ShRolloutRows;

typedef struct
{
  const SimhostSimulator *simulator; /* of a loaded plugin */
  const ShConcept *concept;
  ShCodec *codec;
  ShPolicy *policy; /* seeded; not owned */
  guint n_instances, first_instance, n_all;
  guint64 seed; /* of the run */
  guint64 first_episode;
  ShCallSlot *slots; /* one an instance, and one for passes; or NULL */
} ShRolloutOptions;

/* What came of test episodes. */
typedef struct
{
  double sum; /* of returns */
  guint32 n;
  guint32 n_successes; /* with goals: those in which all objectives succeeded */
} ShRolloutResult;

/* Test passes that are asked for at once, at most. */
#define SH_ROLLOUT_MAX_PASSES 16u

/* What came of test passes. */
typedef struct
{
  guint32
      n_over; /* those that are lost included, and those without a simulation */
  guint32 n; /* others */
  double returns[SH_ROLLOUT_MAX_PASSES]; /* [n] */
} ShPasses;

typedef struct ShRollout ShRollout;

/* What `options` points to must outlive it, `codec` excepted. Errors: those of
 * sh_bridge_new and sh_instance_new. */
ShRollout *sh_rollout_new (const ShRolloutOptions *options, GError **error);
void sh_rollout_free (ShRollout *rollout);

/*
 * `n_steps` steps, at most rows->n_steps, of each instance, with exploration.
 * Episodes that begin, do so under `lesson`. Errors: what the simulator or its
 * values did that cannot be learnt from; the rollout is of no use then.
 */
gboolean sh_rollout_run (ShRollout *rollout,
                         guint lesson,
                         guint n_steps,
                         const ShRolloutRows *rows,
                         GError **error);

/*
 * Plays, greedily, those of `n_episodes` test episodes, from the `first`th of the
 * run on, that fall to it: episode first + e is played by instance e modulo
 * n_all (see sh_rollout_set_share), and has the number SH_ROLLOUT_FIRST_TEST + first + e. Open episodes are
 * given up. Errors: as above.
 */
gboolean sh_rollout_test (ShRollout *rollout,
                          guint lesson,
                          guint64 first,
                          guint n_episodes,
                          ShRolloutResult *result,
                          GError **error);

/*
 * Plays `n` test passes of the run, greedy episodes, from the `first`th on, or goes
 * on with the one that is open, for at most `n_steps` steps. An instance that is
 * there for passes alone plays them: training is not disturbed, and goes on as it
 * would have without. If that instance cannot be made this is warned of once.
 * Errors: as above.
 */
gboolean sh_rollout_pass (ShRollout *rollout,
                          guint lesson,
                          guint64 first,
                          guint n,
                          guint n_steps,
                          ShPasses *passes,
                          GError **error);

/* From now on no episodes of training begin: those that are open are played to
 * their ends. */
void sh_rollout_leave (ShRollout *rollout);

/* Its place among the instances that share the next test: the `first` of `n_all`.
 * At first as the options have it. */
void sh_rollout_set_share (ShRollout *rollout, guint first, guint n_all);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShRollout, sh_rollout_free)

G_END_DECLS
