/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What every learning algorithm offers. A learner does not know where its
 * experience comes from: it is given fragments, each a run of consecutive steps
 * of one episode, and it answers observations with actions, many at once.
 */

#pragma once

#include <glib.h>

#include "sh-bytes.h"
#include "sh-fragment.h"
#include "sh-policy.h"
#include "sh-space.h"

G_BEGIN_DECLS

/* Weights of one network, at most, which are 64 MiB. A learner has several times as
 * much for each, and a policy has to fit a file. */
#define SH_LEARNER_MAX_WEIGHTS (1u << 24)
/* Numbers in a batch of PPO, at most: the more is observed the fewer steps. */
#define SH_LEARNER_MAX_BATCH (1u << 27)

/* Figures of the last call of learn, for people and tests; what an algorithm
 * has not is 0. */
typedef struct
{
  guint64
      n_updates; /* calls that learnt: PPO; steps of the optimiser: others */
  double policy_loss, value_loss, entropy, kl, clip_fraction,
      explained_variance;
  double exploration; /* the probability of an action at random */
  double temperature; /* of SAC, in units of the value scale */
  guint64 n_replayed; /* steps in the replay memory */
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
  /* NULL: get_batch_size never changes. */
  guint (*get_largest_batch_size) (ShLearner *learner);
  void (*learn) (ShLearner *learner,
                 ShFragment *const *fragments,
                 guint n_fragments,
                 ShLearnerStats *stats);
  /* All that learning goes on from but the policy and the options. */
  void (*put_state) (ShLearner *learner, GByteArray *to);
  /* Takes it back, when the policy is loaded already. What may not be makes
   * the reader fail. */
  void (*take_state) (ShLearner *learner, ShBytesReader *reader);
} ShLearnerClass;

struct ShLearner
{
  const ShLearnerClass *klass;
};

/*
 * Every number a person may set; sh_learner_options_init_for gives the
 * defaults. docs/learners.md says which algorithm uses what.
 */
struct ShLearnerOptions
{
  /* Networks: of SAC these are the policy's. */
  guint n_hidden_layers;
  guint hidden_layers[SH_POLICY_MAX_HIDDEN]; /* units */
  ShActivation activations[SH_POLICY_MAX_HIDDEN];
  /* Those of SAC's critics. */
  guint n_q_hidden_layers;
  guint q_hidden_layers[SH_POLICY_MAX_HIDDEN];
  ShActivation q_activations[SH_POLICY_MAX_HIDDEN];

  guint batch_size; /* steps collected between two calls of learn; within
                     * SH_LEARNER_MAX_BATCH */
  guint minibatch_size; /* samples of one step of the optimiser */
  double learning_rate;
  double discount; /* gamma */
  double max_gradient_norm; /* 0: none */

  /* PPO: a batch is this part of all steps so far, but batch_size at the least,
   * largest_batch_size at the most; minibatches grow with it. 0: it stays. */
  double batch_growth;
  guint largest_batch_size;
  guint n_epochs;
  double gae_lambda;
  double clip_range;
  double entropy_weight; /* of the first entropy_steps steps, then falling as
                          * one over the steps so far */
  guint entropy_steps;
  double value_weight;
  double first_deviation; /* of what is tried at first of a number between two
                           * bounds, in halves of the range */
  double target_kl; /* stop an update's epochs beyond it; 0: never */

  /* APEX and SAC */
  guint replay_size; /* steps remembered, within SH_REPLAY_MAX_BYTES */
  guint n_first_steps; /* at random, before anything is learnt */
  double updates_per_step; /* steps of the optimiser for each one collected */
  double target_rate; /* tau: how fast the target networks follow */
  /* APEX */
  guint n_step; /* rewards summed up before an estimate is trusted */
  double exploration_decay; /* factor in 1000 steps, from 1 */
  double exploration_end; /* its least value */
  double priority_exponent; /* alpha; 0: all samples alike */
  double priority_correction; /* beta */

  guint64 seed;
  guint n_threads; /* that learn; 0: as many as are of use here. What is learnt
                    * does not depend on it. */
};

/* The algorithm that is taken when nobody names one: PPO, which takes any action
 * and was the fastest on nearly every task (docs/learners.md). */
const char *sh_learner_get_default (void);

/* The defaults of `algorithm`, any case, for `space`; NULL, "" or an unknown
 * one: of the default algorithm. */
void sh_learner_options_init_for (ShLearnerOptions *options,
                                  const char *algorithm,
                                  const ShSpace *space);

/* Those of the default algorithm. */
void sh_learner_options_init (ShLearnerOptions *options, const ShSpace *space);

/*
 * A learner by the name of its algorithm (any case): "PPO", "APEX", "SAC"; NULL
 * or "": sh_learner_get_default. Errors: SH_ERROR_USAGE for an unknown name,
 * listing those there are, for an algorithm that cannot act in `space`, for
 * options that make no sense, and for networks beyond SH_LEARNER_MAX_WEIGHTS.
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

/*
 * The algorithms. `options` must be sound (sh_learner_options_check), and the
 * algorithm able to act in `space`.
 */

/* The name of each, "PPO", by its place from 0; NULL: there are no more. */
const char *sh_learner_get_algorithm (guint index);

/* What an algorithm needs of an action that this part of one is not, as in "every
 * part of the action to be one of some values"; NULL: it decides such parts.
 * Static. A name of no algorithm needs nothing. */
const char *sh_learner_get_needs (const char *algorithm,
                                  const ShComponent *component);

/* A new policy as the options say. */
ShPolicy *sh_learner_make_policy (ShPolicyKind kind,
                                  const ShSpace *space,
                                  const ShLearnerOptions *options);

/* Proximal policy optimisation (J. Schulman et al., arXiv:1707.06347): any
 * actions. */
ShLearner *sh_ppo_new (const ShSpace *space, const ShLearnerOptions *options);

/* Q-learning in the manner of Ape-X (D. Horgan et al., arXiv:1803.00933), in
 * one process: discrete components only. */
ShLearner *sh_apex_new (const ShSpace *space, const ShLearnerOptions *options);

/* Soft actor-critic (T. Haarnoja et al., arXiv:1812.05905): continuous
 * components with two bounds only. */
ShLearner *sh_sac_new (const ShSpace *space, const ShLearnerOptions *options);

const char *sh_learner_get_name (ShLearner *learner);
void sh_learner_free (ShLearner *learner);

/* The policy being learnt; belongs to the learner. */
ShPolicy *sh_learner_get_policy (ShLearner *learner);

/*
 * How many steps it wants in the next call of sh_learner_learn; a few more or
 * less are fine. It changes as learning goes on: ask before each batch. It is
 * never above sh_learner_get_largest_batch_size.
 */
guint sh_learner_get_batch_size (ShLearner *learner);
guint sh_learner_get_largest_batch_size (ShLearner *learner);

/*
 * Learns from `n_fragments` fragments; those of PPO must come from the current
 * policy, but for a last action that was under way. Blocks until done. Never two
 * calls at once; not while the policy is used. `stats` may be NULL. What is not
 * finite in a fragment is read as 0.
 */
void sh_learner_learn (ShLearner *learner,
                       ShFragment *const *fragments,
                       guint n_fragments,
                       ShLearnerStats *stats);

/*
 * Everything that learning goes on from: weights, moments, normaliser, replay
 * memory, random numbers, schedules; but not the options. A replay memory makes
 * it large: for each step 4 (O + A + 1) + 9 bytes, and C more when there are
 * masks.
 */
GBytes *sh_learner_save (ShLearner *learner);

/*
 * Makes a new learner, of the same algorithm, space and options, go on bit for
 * bit as the one that was saved would have.
 * Errors: SH_ERROR_CORRUPT, also when the bytes are of another algorithm, space
 * or shape of networks; then the learner is only good to be freed.
 */
gboolean sh_learner_load (ShLearner *learner, GBytes *bytes, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (ShLearner, sh_learner_free)

G_END_DECLS
