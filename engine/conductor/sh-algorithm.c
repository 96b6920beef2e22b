/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Settings of a curriculum's algorithm, as data.
 */

#include "sh-algorithm.h"

#include <math.h>
#include <string.h>

#include "sh-error.h"

#define MAX_UNITS 4096u

static void
set_batch_size (ShLearnerOptions *options, double value)
{
  options->batch_size = (guint) value;
  options->batch_growth = 0;
  options->minibatch_size = MAX (options->batch_size / 4, 1);
}

static void
set_learning_rate (ShLearnerOptions *options, double value)
{
  options->learning_rate = value;
}

static void
set_exploration_decay (ShLearnerOptions *options, double value)
{
  options->exploration_decay = value;
}

typedef struct
{
  const char *name;
  double low, high; /* both may be had */
  gboolean whole;
  void (*set) (ShLearnerOptions *options, double value);
} Number;

/* The least learning rate is the least normal float. */
static const Number numbers[] = {
  { "BatchSize", 1000, 2000000, TRUE, set_batch_size },
  { "PolicyLearningRate", 0x1p-126, 1, FALSE, set_learning_rate },
  { "QLearningRate", 0x1p-126, 1, FALSE, set_learning_rate },
  { "ExplorationDecay", 0, 1, FALSE, set_exploration_decay },
};

/* What a program may say of a layer; all else is the learner's choice. */
static const struct
{
  const char *name;
  ShActivation activation;
} activations[] = {
  { "linear", SH_ACTIVATION_LINEAR },     { "tanh", SH_ACTIVATION_TANH },
  { "relu", SH_ACTIVATION_RELU },         { "elu", SH_ACTIVATION_ELU },
  { "logistic", SH_ACTIVATION_LOGISTIC }, { "softmax", SH_ACTIVATION_SOFTMAX },
};

static gboolean
apply_number (const ShConcept *concept,
              const Number *number,
              const ShSetting *setting,
              ShLearnerOptions *options,
              GError **error)
{
  char low[G_ASCII_DTOSTR_BUF_SIZE], high[G_ASCII_DTOSTR_BUF_SIZE];

  if (setting->text == NULL && setting->number >= number->low &&
      setting->number <= number->high &&
      (!number->whole || setting->number == floor (setting->number)))
    {
      number->set (options, setting->number);
      return TRUE;
    }
  g_ascii_formatd (low, sizeof low, "%.9g", number->low);
  g_ascii_formatd (high, sizeof high, "%.9g", number->high);
  g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
               "concept '%s': '%s' of the algorithm must be a %snumber from %s "
               "to %s",
               concept->name, setting->name, number->whole ? "whole " : "", low,
               high);
  return FALSE;
}

static gboolean
apply_setting (const ShConcept *concept,
               const ShSetting *setting,
               ShLearnerOptions *options,
               GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (strcmp (setting->name, numbers[i].name) == 0)
      return apply_number (concept, &numbers[i], setting, options, error);

  /* Policies have no memory and no convolutions, whatever is asked for; the
   * compiler warns. */
  if ((strcmp (setting->name, "MemoryMode") == 0 ||
       strcmp (setting->name, "ConvolutionLimitDimension") == 0) &&
      setting->text != NULL)
    return TRUE;

  g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
               "concept '%s': the algorithm's setting '%s'%s%s%s is not "
               "supported; leave it out",
               concept->name, setting->name, setting->text != NULL ? " \"" : "",
               setting->text != NULL ? setting->text : "",
               setting->text != NULL ? "\"" : "");
  return FALSE;
}

/* Where the layers of a program go. */
typedef struct
{
  guint *n_layers, *layers; /* room for SH_POLICY_MAX_HIDDEN */
  ShActivation *activations;
} Layers;

static gboolean
apply_layers (const ShConcept *concept,
              guint n_layers,
              const guint *layers,
              const char *const *names,
              const Layers *to,
              GError **error)
{
  if (n_layers > SH_POLICY_MAX_HIDDEN)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                   "concept '%s': %u hidden layers; there may be %u",
                   concept->name, n_layers, SH_POLICY_MAX_HIDDEN);
      return FALSE;
    }
  for (guint i = 0; i < n_layers; i++)
    {
      if (layers[i] == 0 || layers[i] > MAX_UNITS)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                       "concept '%s': a hidden layer of size %u; it may be 1 "
                       "to %u",
                       concept->name, layers[i], MAX_UNITS);
          return FALSE;
        }
      to->layers[i] = layers[i];
      for (guint a = 0; a < G_N_ELEMENTS (activations); a++)
        if (strcmp (names[i], activations[a].name) == 0)
          to->activations[i] = activations[a].activation;
    }
  if (n_layers > 0)
    *to->n_layers = n_layers;
  return TRUE;
}

static gboolean
apply_hidden_layers (const ShConcept *concept,
                     ShLearnerOptions *options,
                     GError **error)
{
  const Layers policy = { &options->n_hidden_layers, options->hidden_layers,
                          options->activations };
  const Layers q = { &options->n_q_hidden_layers, options->q_hidden_layers,
                     options->q_activations };

  return apply_layers (concept, concept->n_hidden_layers,
                       concept->hidden_layers, concept->hidden_activations,
                       &policy, error) &&
         apply_layers (concept, concept->n_q_hidden_layers,
                       concept->q_hidden_layers, concept->q_hidden_activations,
                       &q, error);
}

const char *
sh_algorithm_get_name (const ShConcept *concept)
{
  g_return_val_if_fail (concept != NULL, NULL);

  return concept->algorithm != NULL ? concept->algorithm
                                    : sh_learner_get_default ();
}

gboolean
sh_algorithm_get_options (const ShConcept *concept,
                          const ShSpace *space,
                          ShLearnerOptions *options,
                          GError **error)
{
  g_return_val_if_fail (concept != NULL && space != NULL, FALSE);
  g_return_val_if_fail (options != NULL, FALSE);

  sh_learner_options_init_for (options, concept->algorithm, space);
  if (!apply_hidden_layers (concept, options, error))
    return FALSE;
  for (guint i = 0; i < concept->n_settings; i++)
    if (!apply_setting (concept, &concept->settings[i], options, error))
      return FALSE;
  return TRUE;
}

ShLearner *
sh_algorithm_new_learner (const ShConcept *concept,
                          const ShSpace *space,
                          guint64 seed,
                          GError **error)
{
  g_autoptr (GError) own = NULL;
  ShLearnerOptions options;
  ShLearner *learner;

  if (!sh_algorithm_get_options (concept, space, &options, error))
    return NULL;
  options.seed = seed;
  learner = sh_learner_new (concept->algorithm, space, &options, &own);
  if (learner == NULL)
    g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA, "concept '%s': %s",
                 concept->name, own->message);
  return learner;
}
