/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShLearner: the algorithms there are, their options, and calls through their
 * class.
 */

#include "sh-learner.h"

#include <string.h>

#include "sh-error.h"
#include "sh-network.h"
#include "sh-policy-private.h"

#define MAGIC "shlearnr"
#define VERSION 1

/* The algorithms, what they need of a space, and those of their defaults that
 * are not the same for all. */
static const struct
{
  const char *name;
  ShLearner *(*new) (const ShSpace *space, const ShLearnerOptions *options);
  ShPolicyKind kind;
  const char *needs;
  guint batch_size, minibatch_size;
  double max_gradient_norm, updates_per_step, target_rate;
  ShActivation activation; /* of all hidden layers */
} algorithms[] = {
  { "PPO", sh_ppo_new, SH_POLICY_STOCHASTIC, NULL, 512, 128, 0.5, 0.25, 0.005,
    SH_ACTIVATION_TANH },
  { "APEX", sh_apex_new, SH_POLICY_VALUES,
    "every part of the action to be one of some values", 256, 128, 10, 0.25,
    0.005, SH_ACTIVATION_TANH },
  { "SAC", sh_sac_new, SH_POLICY_SQUASHED,
    "every part of the action to be a number between two bounds", 256, 128, 0,
    1, 0.01, SH_ACTIVATION_RELU },
};

/* Numbers observed, up to which PPO begins with small batches. */
#define FEW_OBSERVATIONS 6u

static gboolean
is_continuous (const ShSpace *space)
{
  for (guint i = 0; i < space->n_actions; i++)
    if (space->actions[i].kind == SH_COMPONENT_CONTINUOUS)
      return TRUE;
  return FALSE;
}

/* The index of an algorithm; G_N_ELEMENTS (algorithms) when there is none. */
static guint
find_algorithm (const char *name)
{
  guint i = 0;

  while (i < G_N_ELEMENTS (algorithms) &&
         g_ascii_strcasecmp (name, algorithms[i].name) != 0)
    i++;
  return i;
}

const char *
sh_learner_get_algorithm (guint index)
{
  return index < G_N_ELEMENTS (algorithms) ? algorithms[index].name : NULL;
}

const char *
sh_learner_get_needs (const char *algorithm, const ShComponent *component)
{
  guint i;

  g_return_val_if_fail (algorithm != NULL && component != NULL, NULL);

  i = find_algorithm (algorithm);
  return i < G_N_ELEMENTS (algorithms) &&
                 !sh_policy_kind_decides (algorithms[i].kind, component)
             ? algorithms[i].needs
             : NULL;
}

const char *
sh_learner_get_default (void)
{
  return "PPO";
}

/*
 * What PPO begins with besides. A continuous action says less about itself than
 * a choice does: there, larger batches learn faster. Where much is observed, a
 * small batch says too little to move by, and what is done now matters for long;
 * choices that are given up early are not tried again, which a price for
 * certainty puts off. A wide first deviation finds what only the ends of a range
 * lead to, but nearly all that it tries lies on a bound, whatever the mean is:
 * where much is observed, mean and deviation must say something soon.
 */
static void
init_for_space (ShLearnerOptions *options, const ShSpace *space)
{
  const gboolean continuous = is_continuous (space);

  if (space->n_observations <= FEW_OBSERVATIONS)
    {
      options->batch_size *= continuous ? 2 : 1;
      return;
    }
  options->batch_size = 4096;
  options->discount = 0.999;
  if (continuous)
    {
      options->gae_lambda = 0.98;
      options->minibatch_size = 256;
      options->target_kl = 0.03;
      options->first_deviation = 0.5;
    }
  else
    {
      options->minibatch_size = 512;
      options->entropy_weight = 0.02;
    }
}

/* All were found by trying: docs/learners.md. */
void
sh_learner_options_init_for (ShLearnerOptions *options,
                             const char *algorithm,
                             const ShSpace *space)
{
  guint i;

  g_return_if_fail (options != NULL && space != NULL);

  i = find_algorithm (algorithm != NULL ? algorithm : "");
  if (i == G_N_ELEMENTS (algorithms))
    i = find_algorithm (sh_learner_get_default ());
  *options = (ShLearnerOptions){
    .batch_size = algorithms[i].batch_size,
    .minibatch_size = algorithms[i].minibatch_size,
    .max_gradient_norm = algorithms[i].max_gradient_norm,
    .updates_per_step = algorithms[i].updates_per_step,
    .learning_rate = 1e-3,
    .n_hidden_layers = 2,
    .hidden_layers = { 64, 64 },
    .n_q_hidden_layers = 2,
    .q_hidden_layers = { 64, 64 },
    .discount = 0.99,
    .batch_growth = 1.0 / 64,
    .largest_batch_size = 8192,
    .n_epochs = 8,
    .gae_lambda = 0.95,
    .clip_range = 0.2,
    .entropy_steps = 1u << 18,
    .value_weight = 0.5,
    .first_deviation = G_E,
    .target_kl = 0.01,
    .replay_size = 1u << 17,
    .n_first_steps = 1024,
    .target_rate = algorithms[i].target_rate,
    .n_step = 3,
    .exploration_decay = 0.8,
    .exploration_end = 0.02,
    .priority_exponent = 0.6,
    .priority_correction = 0.4,
  };
  for (guint l = 0; l < SH_POLICY_MAX_HIDDEN; l++)
    options->activations[l] = options->q_activations[l] =
        algorithms[i].activation;
  if (algorithms[i].kind == SH_POLICY_STOCHASTIC)
    init_for_space (options, space);
}

void
sh_learner_options_init (ShLearnerOptions *options, const ShSpace *space)
{
  sh_learner_options_init_for (options, NULL, space);
}

/* Options that are numbers: name, place, and least and greatest value. */
static const struct
{
  const char *name;
  gsize offset;
  double least, greatest;
} number_limits[] = {
#define NUMBER(member, least, greatest)                                        \
  {                                                                            \
#member, G_STRUCT_OFFSET(ShLearnerOptions, member), (least), (greatest)    \
  }
  NUMBER (learning_rate, 0, 1),        NUMBER (discount, 0, 1),
  NUMBER (gae_lambda, 0, 1),           NUMBER (clip_range, 1e-6, 1e6),
  NUMBER (entropy_weight, 0, 1e6),     NUMBER (value_weight, 0, 1e6),
  NUMBER (max_gradient_norm, 0, 1e30), NUMBER (target_kl, 0, 1e30),
  NUMBER (first_deviation, 0.0025, 7), NUMBER (batch_growth, 0, 1),
  NUMBER (updates_per_step, 0, 64),    NUMBER (target_rate, 0, 1),
  NUMBER (exploration_decay, 0, 1),    NUMBER (exploration_end, 0, 1),
  NUMBER (priority_exponent, 0, 1),    NUMBER (priority_correction, 0, 1),
#undef NUMBER
};

static gboolean
check_count (const char *name, guint value, guint greatest, GError **error)
{
  if (value > 0 && value <= greatest)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "The option %s is %u; it must be from 1 to %u", name, value,
               greatest);
  return FALSE;
}

static gboolean
check_layers (const char *name,
              guint n_layers,
              const guint *layers,
              const ShActivation *activations,
              GError **error)
{
  if (n_layers > SH_POLICY_MAX_HIDDEN)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "There are %u hidden layers in %s; there may be up to %u",
                   n_layers, name, SH_POLICY_MAX_HIDDEN);
      return FALSE;
    }
  for (guint l = 0; l < n_layers; l++)
    {
      if (!check_count (name, layers[l], SH_POLICY_MAX_UNITS, error))
        return FALSE;
      if ((guint) activations[l] >= SH_N_ACTIVATIONS)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                       "There is no activation %u, which %s ask for",
                       (guint) activations[l], name);
          return FALSE;
        }
    }
  return TRUE;
}

gboolean
sh_learner_options_check (const ShLearnerOptions *options, GError **error)
{
  g_return_val_if_fail (options != NULL, FALSE);

  if (!check_layers ("hidden_layers", options->n_hidden_layers,
                     options->hidden_layers, options->activations, error) ||
      !check_layers ("q_hidden_layers", options->n_q_hidden_layers,
                     options->q_hidden_layers, options->q_activations, error))
    return FALSE;
  if (!check_count ("batch_size", options->batch_size, 1u << 24, error) ||
      !check_count ("minibatch_size", options->minibatch_size, 1u << 24,
                    error) ||
      !check_count ("n_epochs", options->n_epochs, 10000, error) ||
      !check_count ("largest_batch_size", options->largest_batch_size, 1u << 24,
                    error) ||
      !check_count ("entropy_steps", options->entropy_steps, G_MAXUINT,
                    error) ||
      !check_count ("replay_size", options->replay_size, 1u << 24, error) ||
      !check_count ("n_step", options->n_step, 1000, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (number_limits); i++)
    {
      double value = G_STRUCT_MEMBER (double, options, number_limits[i].offset);
      char text[3][G_ASCII_DTOSTR_BUF_SIZE];

      if (value >= number_limits[i].least && value <= number_limits[i].greatest)
        continue;
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "The option %s is %s; it must be from %s to %s",
                   number_limits[i].name,
                   g_ascii_formatd (text[0], sizeof text[0], "%g", value),
                   g_ascii_formatd (text[1], sizeof text[1], "%g",
                                    number_limits[i].least),
                   g_ascii_formatd (text[2], sizeof text[2], "%g",
                                    number_limits[i].greatest));
      return FALSE;
    }
  return TRUE;
}

guint
sh_learner_options_get_n_threads (const ShLearnerOptions *options, guint limit)
{
  guint n = options->n_threads;

  if (n == 0)
    n = g_get_num_processors ();
  return CLAMP (n, 1, limit);
}

ShPolicy *
sh_learner_make_policy (ShPolicyKind kind,
                        const ShSpace *space,
                        const ShLearnerOptions *options)
{
  ShPolicyShape shape = { .kind = kind,
                          .n_hidden_layers = options->n_hidden_layers };

  for (guint l = 0; l < options->n_hidden_layers; l++)
    {
      shape.hidden_layers[l] = options->hidden_layers[l];
      shape.activations[l] = options->activations[l];
    }
  return sh_policy_new_shaped (space, &shape, options->seed);
}

static void
set_unknown_error (const char *algorithm, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "",
                            algorithms[i].name);
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "There is no algorithm \"%s\"; there are: %s", algorithm,
               known->str);
}

static guint64
count_weights (guint64 n_inputs,
               guint n_layers,
               const guint *layers,
               guint64 n_outputs)
{
  guint64 n = 0;

  for (guint l = 0; l < n_layers; l++)
    {
      n += (n_inputs + 1) * layers[l];
      n_inputs = layers[l];
    }
  return n + (n_inputs + 1) * n_outputs;
}

static gboolean
check_weights (const char *what, guint64 n, GError **error)
{
  if (n <= SH_LEARNER_MAX_WEIGHTS)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "The network of %s would have %" G_GUINT64_FORMAT
               " weights, of which there may be %u; make its layers smaller, "
               "or observe less",
               what, n, SH_LEARNER_MAX_WEIGHTS);
  return FALSE;
}

/* An action is one of some choices, or at most two numbers. */
static gboolean
check_networks (const ShSpace *space,
                const ShLearnerOptions *options,
                GError **error)
{
  const guint64 n_inputs = space->n_observations;
  const guint64 n_actions = space->n_actions;

  return check_weights (
             "the policy",
             count_weights (n_inputs, options->n_hidden_layers,
                            options->hidden_layers,
                            sh_space_get_n_choices (space) + 2 * n_actions),
             error) &&
         check_weights ("the values",
                        count_weights (n_inputs + n_actions,
                                       options->n_q_hidden_layers,
                                       options->q_hidden_layers, 1),
                        error);
}

ShLearner *
sh_learner_new (const char *algorithm,
                const ShSpace *space,
                const ShLearnerOptions *options,
                GError **error)
{
  guint i;

  g_return_val_if_fail (space != NULL && options != NULL, NULL);

  if (!sh_space_is_valid (space))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "Nothing can be learnt with %u numbers observed and %u "
                   "actions, or with an action of no choice",
                   space->n_observations, space->n_actions);
      return NULL;
    }
  if (!sh_learner_options_check (options, error))
    return NULL;
  if (algorithm == NULL || *algorithm == '\0')
    algorithm = sh_learner_get_default ();
  i = find_algorithm (algorithm);
  if (i == G_N_ELEMENTS (algorithms))
    {
      set_unknown_error (algorithm, error);
      return NULL;
    }
  if (!sh_policy_kind_fits (algorithms[i].kind, space))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "%s needs %s; PPO takes any action", algorithms[i].name,
                   algorithms[i].needs);
      return NULL;
    }
  if (!check_networks (space, options, error))
    return NULL;
  return algorithms[i].new(space, options);
}

const char *
sh_learner_get_name (ShLearner *learner)
{
  g_return_val_if_fail (learner != NULL, NULL);

  return learner->klass->name;
}

void
sh_learner_free (ShLearner *learner)
{
  if (learner != NULL)
    learner->klass->free (learner);
}

ShPolicy *
sh_learner_get_policy (ShLearner *learner)
{
  g_return_val_if_fail (learner != NULL, NULL);

  return learner->klass->get_policy (learner);
}

guint
sh_learner_get_batch_size (ShLearner *learner)
{
  g_return_val_if_fail (learner != NULL, 0);

  return learner->klass->get_batch_size (learner);
}

guint
sh_learner_get_largest_batch_size (ShLearner *learner)
{
  g_return_val_if_fail (learner != NULL, 0);

  return learner->klass->get_largest_batch_size != NULL
             ? learner->klass->get_largest_batch_size (learner)
             : learner->klass->get_batch_size (learner);
}

void
sh_learner_learn (ShLearner *learner,
                  ShFragment *const *fragments,
                  guint n_fragments,
                  ShLearnerStats *stats)
{
  ShLearnerStats unused;

  g_return_if_fail (learner != NULL);
  g_return_if_fail (n_fragments == 0 || fragments != NULL);

  learner->klass->learn (learner, fragments, n_fragments,
                         stats != NULL ? stats : &unused);
}

static void
put_text (GByteArray *to, const char *text)
{
  const gsize length = strlen (text);

  sh_bytes_put_u32 (to, (guint32) length);
  sh_bytes_put_block (to, text, length);
}

GBytes *
sh_learner_save (ShLearner *learner)
{
  g_autoptr (GBytes) policy = NULL;
  ShPolicy *own;
  GByteArray *to;
  gconstpointer data;
  gsize size;

  g_return_val_if_fail (learner != NULL, NULL);

  own = learner->klass->get_policy (learner);
  policy = sh_policy_save (own);
  data = g_bytes_get_data (policy, &size);
  to = sh_bytes_begin (MAGIC);
  sh_bytes_put_u32 (to, VERSION);
  put_text (to, learner->klass->name);
  sh_bytes_put_u64 (to, size);
  sh_bytes_put_block (to, data, size);
  sh_bytes_put_random (to, &own->random);
  learner->klass->put_state (learner, to);
  return sh_bytes_end (to);
}

/* Whether the bytes are of this version and algorithm. */
static gboolean
check_kind (ShLearner *learner, ShBytesReader *reader, GError **error)
{
  const char *name = learner->klass->name;
  const guint32 version = sh_bytes_take_u32 (reader);
  const guint32 length = sh_bytes_take_u32 (reader);
  const guint8 *text = sh_bytes_take_block (reader, MIN (length, 64));

  if (version != VERSION)
    g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                 "The state of learning is of version %u, this program reads "
                 "version %u",
                 version, VERSION);
  else if (text == NULL || length != strlen (name) ||
           memcmp (text, name, length) != 0)
    g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                 "The state of learning is not one of %s; train anew, or with "
                 "the algorithm it is of",
                 name);
  else
    return TRUE;
  return FALSE;
}

/* Makes the learner's policy that of the bytes. */
static gboolean
take_policy (ShLearner *learner, ShBytesReader *reader, GError **error)
{
  ShPolicy *own = learner->klass->get_policy (learner);
  const guint64 size = sh_bytes_take_u64 (reader);
  const guint8 *data =
      size <= reader->left ? sh_bytes_take_block (reader, size) : NULL;
  g_autoptr (GBytes) bytes =
      g_bytes_new_static (data, data != NULL ? (gsize) size : 0);
  g_autoptr (ShPolicy) policy = sh_policy_load (own->space, bytes, error);

  if (policy == NULL)
    return FALSE;
  if (!sh_policy_shape_equal (&policy->shape, &own->shape))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
                   "The state of learning is of networks of another shape; "
                   "train anew, or with the hidden layers it is of");
      return FALSE;
    }
  sh_policy_assign (own, policy);
  sh_bytes_take_random (reader, &own->random);
  return TRUE;
}

gboolean
sh_learner_load (ShLearner *learner, GBytes *bytes, GError **error)
{
  ShBytesReader reader;

  g_return_val_if_fail (learner != NULL && bytes != NULL, FALSE);

  if (!sh_bytes_open (bytes, MAGIC, "state of learning", &reader, error) ||
      !check_kind (learner, &reader, error) ||
      !take_policy (learner, &reader, error))
    return FALSE;
  learner->klass->take_state (learner, &reader);
  if (!reader.failed && reader.left == 0)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_CORRUPT,
               "The state of learning is damaged: a number in it is not one "
               "that may be, or its length is wrong");
  return FALSE;
}
