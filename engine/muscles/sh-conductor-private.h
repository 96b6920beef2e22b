/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of a conductor: sh-conductor.c has its rounds, sh-conductor-team.c
 * the muscles that come and go.
 */

#pragma once

#include "sh-conductor.h"
#include "sh-muscle.h"
#include "sh-replayer.h"

G_BEGIN_DECLS

typedef enum
{
  SH_PHASE_SET_UP,
  SH_PHASE_ROLL_OUT,
  SH_PHASE_TEST,
  SH_PHASE_PASS, /* test passes, as many by each muscle */
  SH_PHASE_REST, /* there are no muscles; simulations elsewhere go on */
  SH_PHASE_FINISH
} ShPhase;

/* A muscle's part in the run. */
typedef struct
{
  ShConductor *conductor;
  ShMuscle *muscle;
  ShConductorMuscleState state;
  guint number; /* from 1, of all that there have been */
  guint joined; /* as in ShMuscleOptions */
  guint first_instance, n_instances;
  ShReplayerSource *source; /* NULL unless it plays or leaves */
  gboolean done; /* this phase's task */
  guint n_passes; /* test passes that it has to play */
  guint64 first_pass; /* the number of the first of them */
  gint64 leave_deadline; /* monotonic */
} ShMember;

struct ShConductor
{
  ShRun *run;
  char *file, *simulator;
  guint n_all; /* instances at the start */
  guint n_each; /* instances of a muscle that joins */
  guint n_steps; /* as in ShMuscleOptions */
  guint64 seed;
  guint call_deadline, leave_deadline; /* milliseconds */
  gboolean may_rest;
  ShConductorEnded ended;
  ShConductorChanged changed; /* may be NULL */
  gpointer data, changed_data;
  gulong stopping_handler;

  ShRestarts restarts;
  GPtrArray *members; /* ShMember, owned, in order */
  guint n_numbers, n_joined; /* given away so far */
  guint sweep; /* idle source: frees members that are gone */
  ShReplayer *replayer;

  ShPhase phase;
  guint lesson, n; /* what the muscles were asked for in this phase */
  guint64 n_tests; /* episodes of tests so far, the present one not counted */
  guint64 n_passes; /* numbers of passes that were given away */
  gboolean taking; /* steps are being replayed */
  gboolean over; /* `ended` was told */
};

/* A muscle with `n_instances` from `first_instance` on; `joined` as in
 * ShMuscleOptions. */
gboolean sh_conductor_add_member (ShConductor *self,
                                  guint first_instance,
                                  guint n_instances,
                                  guint joined,
                                  GError **error);

void sh_member_free (gpointer member);

/* Whether it takes part in rounds. */
static inline gboolean
sh_member_plays (const ShMember *member)
{
  return member->source != NULL;
}

/* Between two phases: those that are set up join, those that have left go, all of
 * them if a test comes next. How many play now. */
guint sh_conductor_change_team (ShConductor *self, gboolean before_test);

/* What a muscle says while it joins, or goes. FALSE: it does neither. */
gboolean sh_conductor_take_ready (ShConductor *self, ShMember *member);
gboolean sh_conductor_take_lost (ShConductor *self, ShMember *member);
gboolean sh_conductor_take_gone (ShConductor *self,
                                 ShMember *member,
                                 const GError *error);

/* Of sh-conductor.c: the muscles' words, and what is done when all that play
 * have done their part, or when there are some again. */
extern const ShMuscleFuncs sh_conductor_muscle_funcs;
void sh_conductor_go_on (ShConductor *self);

G_END_DECLS
