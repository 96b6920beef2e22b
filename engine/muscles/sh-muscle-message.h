/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a conductor and a muscle say to each other: a request, and its answer,
 * each one packet on a pair of sockets. Bulk goes through shared memory, whose
 * descriptor comes with the first request. A packet orders memory, too: what was
 * written before it was sent is seen by who has received it.
 *
 *   SET_UP  ( ROLL_OUT | TEST | PASS )*  FINISH
 *
 * The other end's death ends the connection.
 */

#pragma once

#include <glib.h>

#include "sh-muscle-memory.h"

G_BEGIN_DECLS

typedef enum
{
  SH_MUSCLE_SET_UP =
      1, /* compile the program, load the policy, make instances */
  SH_MUSCLE_ROLL_OUT, /* take the weights, play n_steps steps of each */
  SH_MUSCLE_TEST, /* take the weights, play test episodes greedily */
  SH_MUSCLE_PASS, /* take the weights, play test passes */
  SH_MUSCLE_FINISH /* destroy the instances, answer, and end */
} ShMuscleTask;

/* "set-up", ... for the log; "?" if it is none. */
const char *sh_muscle_task_to_string (guint32 task);

/* Bytes of a run's name, its NUL included. */
#define SH_MUSCLE_MAX_RUN 64u

typedef struct
{
  char run[SH_MUSCLE_MAX_RUN]; /* the concept that is trained; cut if longer */
  guint32 muscle; /* its number, from 1 */
  guint32 task, lesson;
  guint32 n_steps; /* ROLL_OUT, PASS */
  guint32 leaving; /* ROLL_OUT: not 0: as sh_rollout_leave */
  guint32 first_of_test, n_of_test; /* TEST: as sh_rollout_set_share */
  guint32 n_episodes; /* TEST: of all muscles; PASS: of this one */
  guint64 first_test; /* TEST: as in sh_rollout_test; PASS: in
                         * sh_rollout_pass */
  /* SET_UP: */
  ShMuscleShape shape;
  guint32 first_instance, n_all;
  guint32 concept; /* which of the program's is trained */
  guint32 patient; /* not 0: it may wait awake for a moment */
  guint64 seed, first_episode, explore_seed;
} ShMuscleRequest;

typedef struct
{
  char run[SH_MUSCLE_MAX_RUN]; /* as in the request, like the next three */
  guint32 muscle, task, lesson;
  gint32 code; /* -1: done; else of SH_ERROR */
  ShRolloutResult result; /* TEST */
  ShPasses passes; /* PASS */
  char message[1024]; /* when not done: one line, NUL-terminated */
} ShMuscleAnswer;

/* A connected pair of sockets; both are close-on-exec. */
gboolean sh_muscle_open_pair (int fds[2], GError **error);

/* `fd` is sent along unless it is -1. Does not wait: FALSE with SH_ERROR_FAILED
 * when the other end does not take it. */
gboolean sh_muscle_send (int socket,
                         gconstpointer packet,
                         gsize size,
                         int fd,
                         GError **error);

/*
 * Receives a packet of exactly `size` bytes. `wait`: until there is one. *fd, if
 * given, is the descriptor that came with it, to be closed by the caller, or -1.
 * 1: received; 0: there is none yet; -1 with SH_ERROR_NETWORK: the other end has
 * gone, or with SH_ERROR_PROTOCOL: it sent something else.
 */
int sh_muscle_receive (int socket,
                       gpointer packet,
                       gsize size,
                       gboolean wait,
                       int *fd,
                       GError **error);

G_END_DECLS
