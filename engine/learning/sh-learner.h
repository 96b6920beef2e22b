/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What every learning algorithm offers. A learner does not know where its
 * experience comes from: it is given fragments, each a run of consecutive steps
 * of one episode, and it answers observations with actions, many at once.
 */

#pragma once

#include <glib.h>

#include "sh-policy.h"
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
 * `n_steps` consecutive steps. With O floats an observation and A an action:
 * observations [n_steps + 1][O], the last being the one after the last step;
 * actions [n_steps][A] as taken; log_probs, values [n_steps] as sh_policy_act
 * gave them; rewards [n_steps]. Owns its arrays.
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
} ShFragment;

/* Room for `capacity` steps, n_steps 0, open. */
ShFragment *sh_fragment_new (const ShSpace *space, guint capacity);
void sh_fragment_free (ShFragment *fragment);

/* Figures of the last update, for people and tests. */
typedef struct
{
  guint64 n_updates;
  double policy_loss, value_loss, entropy, kl, clip_fraction,
      explained_variance;
} ShLearnerStats;

/*
 * A learner begins with a ShLearner; what it does is its class. The functions
 * below call through it: an algorithm is a class and an entry in sh-learner.c's
 * table.
 */
typedef struct ShLearner ShLearner;
typedef struct ShLearnerOptions ShLearnerOptions;

typedef struct
{
  const char *name; /* as a curriculum says it: "PPO" */
  void (*free) (ShLearner *learner);
  ShPolicy *(*get_policy) (ShLearner *learner);
  guint (*get_batch_size) (ShLearner *learner);
  void (*learn) (ShLearner *learner,
                 ShFragment *const *fragments,
                 guint n_fragments,
                 ShLearnerStats *stats);
} ShLearnerClass;

struct ShLearner
{
  const ShLearnerClass *klass;
};

/* Every number a person may set; sh_learner_options_init gives the defaults. */
struct ShLearnerOptions
{
  guint n_hidden_layers;
  guint hidden_layers[8]; /* units; default two of 64 */
  guint batch_size; /* steps collected for one update */
  guint minibatch_size;
  guint n_epochs;
  double learning_rate;
  double discount; /* gamma */
  double gae_lambda;
  double clip_range;
  double entropy_weight;
  double value_weight;
  double max_gradient_norm;
  double target_kl; /* stop an update's epochs beyond it; 0: never */
  guint64 seed;
  guint n_threads; /* that learn; 0: as many as are of use here. What is learnt
                    * does not depend on it. */
};

void sh_learner_options_init (ShLearnerOptions *options, const ShSpace *space);

/*
 * A learner by the name of its algorithm (any case), "PPO"; NULL or "": the one
 * for the space's kind of actions. Errors: SH_ERROR_USAGE for an unknown name,
 * listing those there are, for an algorithm that cannot act in `space`, and for
 * options that make no sense.
 */
ShLearner *sh_learner_new (const char *algorithm,
                           const ShSpace *space,
                           const ShLearnerOptions *options,
                           GError **error);

/* Whether the options make sense. Errors: SH_ERROR_USAGE naming the option. */
gboolean sh_learner_options_check (const ShLearnerOptions *options,
                                   GError **error);

/* Threads to learn with, when at most `limit` are of use. */
guint sh_learner_options_get_n_threads (const ShLearnerOptions *options,
                                        guint limit);

/* Proximal policy optimisation (Schulman et al., arXiv:1707.06347). */
/* `options` must be sound (sh_learner_options_check). */
ShLearner *sh_ppo_new (const ShSpace *space, const ShLearnerOptions *options);

const char *sh_learner_get_name (ShLearner *learner);
void sh_learner_free (ShLearner *learner);

/* The policy being learnt; belongs to the learner. */
ShPolicy *sh_learner_get_policy (ShLearner *learner);

/* How many steps it wants in one call of sh_learner_learn; a few more or less
 * are fine. */
guint sh_learner_get_batch_size (ShLearner *learner);

/*
 * Learns from `n_fragments` fragments that the current policy produced. Blocks
 * until done. Never two calls at once; not while the policy is used. `stats`
 * may be NULL. What is not finite in a fragment is read as 0.
 */
void sh_learner_learn (ShLearner *learner,
                       ShFragment *const *fragments,
                       guint n_fragments,
                       ShLearnerStats *stats);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShFragment, sh_fragment_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShLearner, sh_learner_free)

G_END_DECLS
