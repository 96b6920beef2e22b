/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The inside of a train hub: sh-trainee.c has the dialogue with one simulator
 * (sh-train-hub.h says how it goes), sh-train-hub.c keeps all of them.
 *
 * One thread: that of the run.
 */

#pragma once

#include "sh-train-hub.h"

G_BEGIN_DECLS

/* What was asked of a simulator last, or what it waits for. */
typedef enum
{
  SH_TRAINEE_REGISTER,
  SH_TRAINEE_ACKNOWLEDGE,
  SH_TRAINEE_PROPERTIES,
  SH_TRAINEE_START,
  SH_TRAINEE_WAIT, /* its state is with the run, which owes an action */
  SH_TRAINEE_STEP,
  SH_TRAINEE_STOP,
  SH_TRAINEE_RESET,
  SH_TRAINEE_FINISHED
} ShTraineePhase;

struct ShTrainHub
{
  ShRun *run;
  ShTurn *turn;
  ShWireCodec *wire;
  char *required;
  GPtrArray *config_encoders; /* ShPlan by lesson; NULL until used */
  gboolean pending; /* somebody waits for an action, or for the end */
  gint64 stop_deadline; /* monotonic time; 0 until the run stops */
  gint64 finished_at; /* monotonic time of the first tick after its end; or 0 */
  gboolean is_last; /* no other concept is trained after the run's */
  gulong stopping_handler;
  GPtrArray *trainees;
  ShSimLog *log;

  /* Scratch, shared by all trainees. */
  gpointer config; /* the codec's struct */
  GByteArray *properties;
};

typedef struct
{
  ShSimSession session; /* first: they are cast into each other */
  ShTrainHub *hub;
  ShActor *actor; /* NULL before READY and after its end */
  ShTraineePhase phase;
  gboolean needs_reset;
  GByteArray *properties; /* as sent last; NULL: none were sent */
  const char *reward; /* the same; the run's */
  GByteArray *action; /* as sent last */
} ShTrainee;

/* It is among the hub's then, which frees it, until the connection is closed. */
ShTrainee *sh_trainee_new (ShTrainHub *hub,
                           guint number,
                           GIOStream *stream,
                           GSocket *socket,
                           guint32 sim_id,
                           gboolean needs_reset);
/* Drops the connection. */
void sh_trainee_free (ShTrainee *trainee);

/* The simulator connects again. */
void sh_trainee_let_go (ShTrainee *trainee, const char *reason);

/* There is nothing more to do here, but perhaps for the next concept. */
void sh_trainee_finish (ShTrainee *trainee);

G_END_DECLS
