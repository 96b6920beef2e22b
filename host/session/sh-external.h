/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * One program that owns its loop (simhost/external.h): runs it on a thread of
 * its own, and matches its calls with the events of sessions.
 *
 * Each open episode needs a session. What drives such a session is a *seat*, a
 * ShDriver made here:
 *
 *   event of the session   matched with
 *   EPISODE_START          start_episode takes the seat; the first get_action
 *                          or log_action answers with its state
 *   SIMULATE               its action is what that call gives back; the next
 *                          get_action, log_action or end_episode answers
 *   EPISODE_FINISH         after end_episode nothing; else the episode is over
 *
 * The owner makes a seat and a session for it when the program begins, and more
 * as sh_external_get_n_wanted says.
 *
 * Thread: that of the thread-default main context in which it was made.
 */

#pragma once

#include "sh-driver.h"

G_BEGIN_DECLS

/* Seconds that an action, or the start of an episode, may take. */
#define SH_EXTERNAL_DEADLINE 60u
/* Ids of episodes that are over which are remembered. */
#define SH_EXTERNAL_MAX_OVER 10000u
/* Bytes of an info. */
#define SH_EXTERNAL_MAX_INFO 65536u

typedef struct ShExternal ShExternal;

typedef struct
{
  ShInstance *instance; /* of an external simulator; lives longer */
  ShCallSlot *slot; /* may be NULL */
  /* The seed of the first episode that the program starts, and what lies
   * between one and the next. */
  guint64 seed, seed_step;
  /* Take each episode's seed from its event instead. */
  gboolean seeds_of_events;
  guint deadline; /* milliseconds; 0: SH_EXTERNAL_DEADLINE */
  /* The program wants more seats, or has ended: look which. */
  ShDriverReady changed;
  gpointer user_data;
} ShExternalOptions;

ShExternal *sh_external_new (const ShExternalOptions *options);
/* Waits for the program. The seats must be gone. */
void sh_external_free (ShExternal *external);

/* Calls `run`. Once. Errors: SH_ERROR_FAILED. */
gboolean sh_external_start (ShExternal *external, GError **error);

/* Another seat; belongs to the caller. `recording`, which may be NULL, is where
 * the program's own values go. */
ShDriver *sh_external_add_seat (ShExternal *external, ShRecording *recording);
/* How many seats there should be: those in use, and one for each start_episode
 * that waits; at least 1, at most max_concurrent. */
guint sh_external_get_n_wanted (ShExternal *external);

/* The seat's connection has ended in good order: an episode on it is over, and
 * start_episode makes do with the seats that are left. */
void sh_external_remove_seat (ShExternal *external, ShDriver *seat);

/* Whether `run` has returned; the seats' owners have been told of all that it had
 * answered before. `changed` is called when it becomes so. */
gboolean sh_external_has_ended (ShExternal *external);

/* From now on every call gives FINISHED. DONE when run has returned; FAILED
 * when it did so with an error: SH_ERROR_FATAL. */
ShDriverResult sh_external_finish (ShExternal *external, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShExternal, sh_external_free)

G_END_DECLS
