/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A training run or an assessment on walkers, and what came of it.
 */

#pragma once

#include "walker.h"

G_BEGIN_DECLS

#define RUN_MAX_WALKERS 8u

typedef struct
{
  ShProgram *program;
  ShCodec *codec;
  ShLearner *learner; /* the run's; NULL: an assessment */
  ShPolicy *policy; /* of an assessment */
  ShRun *run;
  Walker *walkers[RUN_MAX_WALKERS];
  guint n_walkers;

  GString *log; /* signals but `progress` and `episode`, in order */
  GArray *episodes; /* ShEpisode */
  guint n_progress;
  ShRunProgress progress; /* the last */
} RunFixture;

/* Program and codec alone, for a test that makes the rest. */
void run_prepare (RunFixture *self, const char *curriculum);
void run_listen (RunFixture *self);
void run_add_walkers (RunFixture *self, guint n_walkers);

void run_set_up (RunFixture *self,
                 const char *curriculum,
                 guint n_walkers,
                 guint batch_size);
void run_set_up_assessment (RunFixture *self,
                            const char *curriculum,
                            guint n_walkers,
                            guint64 n_episodes);
void run_tear_down (RunFixture *self);

void run_begin_all (RunFixture *self);
/* So many turns of the loop. */
void run_turn (RunFixture *self, guint n);
/* Until the run is over. */
void run_play (RunFixture *self);

/* What is in the batches. */
typedef struct
{
  guint n_steps, n_open, n_terminal, n_truncated;
} RunCounts;

/*
 * Checks all that was learnt from against what the walkers did: rows are
 * consecutive, actions and rewards those of their steps, values those of the
 * policy, and no step comes twice.
 */
RunCounts run_check_batches (RunFixture *self);

ShFragment *run_get_fragment (RunFixture *self, guint batch, guint index);

G_END_DECLS
