/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Plays a simulator for a check: the calls in their legal order, each followed
 * by what the check asks. Statuses are passed over unless the check asks for
 * them; a call that fails ends the episode as plugin.h says.
 *
 * It calls the plugin itself, not through ShInstance: that refuses, repairs and
 * reports what a check must see. A simulator with a loop of its own is given the
 * same episodes as events (sh-conform-loop.h).
 */

#pragma once

#include <simhost/random.h>

#include "sh-conform-loop.h"
#include "sh-conform-run.h"

G_BEGIN_DECLS

/* Bytes before and behind a state that a plugin must leave alone. */
#define SH_CONFORM_GUARD 64u
#define SH_CONFORM_GUARD_BYTE 0xa7

struct ShConformPlayer
{
  ShConformRun *run;
  const SimhostSimulator *simulator;
  SimhostHost host;
  SimhostRandom random; /* actions come from it */
  guint64 seed; /* of the episode */
  void *self;
  ShConformLoop *loop; /* of a simulator with one; then there is no self */
  gboolean alive; /* created */
  gboolean playing; /* started, not stopped */
  gboolean lost; /* returned SIMHOST_FATAL: nothing may be called */
  gboolean configured;
  gboolean ended; /* a program, of its own will: no more episodes */
  char *text; /* what the last call said */
  guint8 *memory, *state; /* state lies between two guards in memory */
  guint8 *action, *config;
  guint8 terminal; /* as get_state set it */
  gint32 status; /* of the last advance */
  guint step; /* 0 after start */
  guint n_steps, n_discarded;
  GByteArray *trace; /* what was seen, or NULL: not kept */
};

/* FALSE if there is no instance. The player must be cleared in any case. */
gboolean sh_conform_player_init (ShConformPlayer *player,
                                 ShConformRun *run,
                                 const SimhostSimulator *simulator);
/* Stops and destroys. */
void sh_conform_player_clear (ShConformPlayer *player);

/* Up to the first state. `player->config` holds the default config at first;
 * whoever changes it sets `configured` to FALSE. */
gboolean sh_conform_player_begin (ShConformPlayer *player, guint64 seed);
/* For functions of extensions, around each call; leave says whether the
 * simulator can go on. */
void sh_conform_player_enter (ShConformPlayer *player, ShCall call);
gboolean
sh_conform_player_leave (ShConformPlayer *player, ShCall call, gint32 status);
/* get_state, out of its turn: what follows restore. */
gboolean sh_conform_player_observe (ShConformPlayer *player);

/* A random action; FALSE when the episode is over, for whatever reason. */
gboolean sh_conform_player_step (ShConformPlayer *player);
void sh_conform_player_stop (ShConformPlayer *player);

/* A whole episode of at most `n_steps`. */
void sh_conform_player_episode (ShConformPlayer *player,
                                guint64 seed,
                                guint n_steps);

/* Appends the state that was last seen, and whether it was terminal. */
void sh_conform_trace (const ShConformPlayer *player, GByteArray *trace);

/* Random values that the schema allows. What declares no range is given
 * numbers from -1 to 1, or 0 and 1; texts and images stay as they are. */
void sh_conform_fill (const SimhostSchema *schema,
                      gpointer values,
                      SimhostRandom *random);

G_END_DECLS
