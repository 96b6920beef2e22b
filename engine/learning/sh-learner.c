/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * ShLearner: the algorithms there are, their options, and calls through their
 * class.
 */

#include "sh-learner.h"

#include <math.h>

#include "sh-error.h"
#include "sh-network.h"
#include "sh-policy-private.h"

static const struct
{
  const char *name;
  ShLearner *(*new) (const ShSpace *space, const ShLearnerOptions *options);
} algorithms[] = {
  { "PPO", sh_ppo_new },
};

/* What to begin with was found by trying on the tasks of tests/learning. A
 * continuous action says less about itself than a choice does: there, larger
 * batches learn faster. */
void
sh_learner_options_init (ShLearnerOptions *options, const ShSpace *space)
{
  gboolean continuous = FALSE;

  g_return_if_fail (options != NULL && space != NULL);

  for (guint i = 0; i < space->n_actions; i++)
    continuous |= space->actions[i].kind == SH_COMPONENT_CONTINUOUS;
  *options = (ShLearnerOptions){
    .n_hidden_layers = 2,
    .hidden_layers = { 64, 64 },
    .batch_size = continuous ? 1024 : 512,
    .minibatch_size = 128,
    .n_epochs = 8,
    .learning_rate = 1e-3,
    .discount = 0.99,
    .gae_lambda = 0.95,
    .clip_range = 0.2,
    .entropy_weight = 0,
    .value_weight = 0.5,
    .max_gradient_norm = 0.5,
    .target_kl = 0.01,
    .seed = 0,
  };
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

gboolean
sh_learner_options_check (const ShLearnerOptions *options, GError **error)
{
  g_return_val_if_fail (options != NULL, FALSE);

  if (options->n_hidden_layers > SH_NETWORK_MAX_HIDDEN)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
                   "There are %u hidden layers; there may be up to %u",
                   options->n_hidden_layers, SH_NETWORK_MAX_HIDDEN);
      return FALSE;
    }
  for (guint l = 0; l < options->n_hidden_layers; l++)
    if (!check_count ("hidden_layers", options->hidden_layers[l],
                      SH_POLICY_MAX_UNITS, error))
      return FALSE;
  if (!check_count ("batch_size", options->batch_size, 1u << 24, error) ||
      !check_count ("minibatch_size", options->minibatch_size, 1u << 24,
                    error) ||
      !check_count ("n_epochs", options->n_epochs, 10000, error))
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

ShLearner *
sh_learner_new (const char *algorithm,
                const ShSpace *space,
                const ShLearnerOptions *options,
                GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

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
    algorithm = "PPO";
  for (guint i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      if (g_ascii_strcasecmp (algorithm, algorithms[i].name) == 0)
        return algorithms[i].new(space, options);
      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "",
                              algorithms[i].name);
    }
  g_set_error (error, SH_ERROR, SH_ERROR_USAGE,
               "There is no algorithm \"%s\"; there is: %s", algorithm,
               known->str);
  return NULL;
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
