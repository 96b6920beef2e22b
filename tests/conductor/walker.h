/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A simulation for the tests of a run, driven in the process. Its state says
 * who it is, which of its episodes this is and how many steps it has taken, so
 * that each row of a fragment can be recognised; its rewards follow from that.
 *
 * The config's `length` is the step at which an episode is terminal, 0: never.
 */

#pragma once

#include "sh-run.h"

G_BEGIN_DECLS

#define WALKER_STATE "{ walker: number, episode: number, step: number }"
#define WALKER_ACTION "{ way: number<Left = 0, Right = 1> }"
#define WALKER_CONFIG "{ length: number, slope: number }"

typedef struct
{
  ShRun *run;
  ShActor *actor; /* NULL: gone */
  guint number;

  gboolean begun; /* an episode is open */
  gboolean finished; /* the run wants no more episodes */
  gboolean hold; /* keep actions until walker_step */
  gboolean acting; /* an action is held */
  double way; /* the last action */
  guint n_ended; /* episodes that the run ended */

  guint episode, step, lesson;
  double length, slope; /* of the config */
  GHashTable *ways; /* actions by walker_key */

  /* What to send instead of a good state or reward. */
  double bad_state, bad_reward; /* 0: nothing */
} Walker;

Walker *walker_new (ShRun *run, guint number);
void walker_free (Walker *walker);

/* Begins an episode and hands in its first state. */
void walker_begin (Walker *walker);

/* Takes the step that is held. */
void walker_step (Walker *walker);

/* Leaves the run. */
void walker_leave (Walker *walker);

/* The reward after `step` steps. */
double walker_reward (guint number, guint episode, guint step);

/* The action that was taken after `step` steps of an episode. */
double walker_way (Walker *walker, guint episode, guint step);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Walker, walker_free)

G_END_DECLS
