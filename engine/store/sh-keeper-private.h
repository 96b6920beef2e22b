/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of a keeper: sh-keeper-begin.c makes it, sh-keeper.c keeps what the run
 * comes to.
 */

#pragma once

#include "sh-keeper.h"
#include "sh-saver.h"

G_BEGIN_DECLS

struct ShKeeper
{
  ShStore *store;
  ShProgram *program;
  /* Of the concepts before: ShPolicy, and GBytes, as the store has them. */
  GPtrArray *policies, *onnx, *learners;
  char *from; /* as in ShKeeperOptions, or NULL */
  guint from_version;
  const ShConcept *concept;
  ShLearner *learner; /* the run's */
  ShRun *run;
  ShSaver *saver; /* has the version until the run is over */
  guint number; /* of the version */
  ShHistoryWriter *writer; /* NULL: there is no history */
  char *brain;
  guint64 seed;
  /* Of earlier processes. */
  guint64 before_iterations, before_episodes;
  guint64 played; /* iterations of this concept before this run */
  double before_seconds;
  double before_mean_return; /* counts until an episode is over; or NaN */
  guint64 saved_iterations; /* of this run, at the last save */
  gint64 save_cost; /* microseconds */
  gint64 saved_at; /* monotonic; or when the run was made */
  gboolean background, served, resumed, saved, suspended, abandoned;
  gboolean is_next; /* made by sh_keeper_next */
  gboolean passed_on; /* to the keeper of the next concept */
  gboolean holding; /* the run, until its last save is done */
  GError *error;
};

/* Takes the version over, once there is a run. */
void sh_keeper_take_version (ShKeeper *self, ShStoreVersion *version);

/* After the history's writer: what is saved is in the history, or a process that
 * goes on would not know of it. */
void sh_keeper_follow_run (ShKeeper *self);

G_END_DECLS
