/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What off-policy learners remember: the latest steps, of which some are drawn
 * with probabilities that follow their priorities (T. Schaul et al.: Prioritized
 * experience replay, arXiv:1511.05952, the proportional variant).
 *
 * A ring of slots. A fragment of n steps takes n + 1 of them: one for each step,
 * and one for the observation after the last, which is never drawn. Memory is
 * taken as it fills up, and is at most SH_REPLAY_MAX_BYTES, unless
 * SH_REPLAY_MIN_SLOTS slots are more than that.
 */

#pragma once

#include <glib.h>

#include "sh-bytes.h"
#include "sh-fragment.h"
#include "sh-random.h"

G_BEGIN_DECLS

#define SH_REPLAY_MAX_BYTES (256u * 1024 * 1024)
#define SH_REPLAY_MIN_SLOTS 512u

typedef struct ShReplay ShReplay;

/* Remembers `n_steps` steps, or fewer as said above. Priorities count with
 * `exponent` (alpha); 0: all steps are alike. */
ShReplay *sh_replay_new (const ShSpace *space, guint n_steps, double exponent);
void sh_replay_free (ShReplay *replay);

/* Adds the steps of a fragment, with the highest priority there has been. What
 * is not finite is read as 0. */
void sh_replay_add (ShReplay *replay, const ShFragment *fragment);

/* Steps that can be drawn. */
guint sh_replay_get_n_steps (const ShReplay *replay);

/*
 * Draws the slots of `n` steps, each from its own n-th of the priorities, and
 * their weights [n] (equation 1 of section 3.4, the largest of them 1) with
 * exponent `correction` (beta). There must be a step.
 */
void sh_replay_draw (ShReplay *replay,
                     ShRandom *random,
                     guint n,
                     double correction,
                     guint32 *slots,
                     float *weights);

/* The priority of a drawn slot: its error, which must not be negative. */
void sh_replay_set_priority (ShReplay *replay, guint32 slot, double priority);

/* A step as it is learnt from: everything up to the next observation that an
 * estimate is taken of. Points into the replay memory. */
typedef struct
{
  const float *observation, *action, *next_observation;
  const guint8 *mask, *next_mask; /* NULL: everything is allowed */
  float reward; /* of `n` steps, discounted */
  float discount; /* of the estimate: discount^n, 0 after a terminal step */
} ShTransition;

/* The step in `slot` with the rewards of up to `n_steps` steps. */
void sh_replay_get (const ShReplay *replay,
                    guint32 slot,
                    guint n_steps,
                    double discount,
                    ShTransition *transition);

void sh_replay_put (const ShReplay *replay, GByteArray *to);
void sh_replay_take (ShReplay *replay, ShBytesReader *reader);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShReplay, sh_replay_free)

G_END_DECLS
