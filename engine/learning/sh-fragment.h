/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A fragment: consecutive steps of one episode, as learners get them.
 */

#pragma once

#include <glib.h>

#include "sh-space.h"

G_BEGIN_DECLS

/* Why a fragment ends where it does. */
typedef enum
{
  SH_FRAGMENT_OPEN, /* the episode goes on in a later fragment */
  SH_FRAGMENT_TERMINAL, /* the simulator said so: nothing follows */
  SH_FRAGMENT_TRUNCATED /* a limit ended the episode: more would have followed */
} ShFragmentEnd;

/*
 * `n_steps` consecutive steps. With O floats an observation, A an action and C
 * choices in all discrete components together:
 *
 *   observations [n_steps + 1][O], the last being the one after the last step
 *   actions      [n_steps][A] as taken
 *   log_probs, values [n_steps] as sh_policy_act gave them
 *   rewards      [n_steps]
 *   external     [n_steps] 1 where the action was not drawn from the policy:
 *                the simulator's program chose it itself. NULL: nowhere. PPO
 *                leaves such steps out, APEX and SAC learn from them like from
 *                any other.
 *   masks        [n_steps + 1][C] the choices that were allowed, as in
 *                sh_policy_act_masked. NULL: all, always.
 *
 * Owns its arrays when it was made by sh_fragment_new. A fragment may also be
 * put together by hand, from arrays that are somebody else's: learners only
 * read.
 */
typedef struct
{
  guint n_steps, capacity;
  ShFragmentEnd end;
  float *observations;
  float *actions;
  float *log_probs;
  float *values;
  float *rewards;
  guint8 *external;
  guint8 *masks;
} ShFragment;

/* Room for `capacity` steps, n_steps 0, open, nothing external, no masks. */
ShFragment *sh_fragment_new (const ShSpace *space, guint capacity);
void sh_fragment_free (ShFragment *fragment);

/* As new, but for its room. */
void sh_fragment_clear (ShFragment *fragment);

/* Makes room for at least `capacity` steps, and keeps what is there. */
void sh_fragment_reserve (ShFragment *fragment,
                          const ShSpace *space,
                          guint capacity);

/* Gives the fragment masks that allow everything, if it has none. */
void sh_fragment_need_masks (ShFragment *fragment, const ShSpace *space);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShFragment, sh_fragment_free)

G_END_DECLS
