/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The records `training` and `algorithm`. Each key is a row of a table: what it
 * takes, its limits, and for an algorithm's key whose it is.
 */

#include "sh-compile.h"

#include "sh-constant.h"
#include "sh-suggestion.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define MAX_COUNT 9007199254740992.0 /* 2^53 */
#define MAX_LAYERS 16u
#define MAX_LAYER_SIZE 4096.0

/* What a key takes. */
typedef enum
{
  KEY_COUNT, /* a whole number */
  KEY_NUMBER,
  KEY_TEXT, /* one of `choices` */
  KEY_LAYERS,
  KEY_IGNORED /* accepted, without effect */
} KeyKind;

/* Learners, as bits. */
enum
{
  APEX = 1 << 0,
  PPO = 1 << 1,
  SAC = 1 << 2,
  ANY = APEX | PPO | SAC
};

typedef struct
{
  const char *name;
  KeyKind kind;
  double min, max;
  const char *const *choices; /* up to NULL */
  guint learners; /* of an algorithm's key */
  gsize offset; /* in ShTraining */
} Key;

static const Key training_keys[] = {
  { "EpisodeIterationLimit", KEY_COUNT, 1, MAX_COUNT, NULL, ANY,
    G_STRUCT_OFFSET (ShTraining, episode_iteration_limit) },
  { "TotalIterationLimit", KEY_COUNT, 1, MAX_COUNT, NULL, ANY,
    G_STRUCT_OFFSET (ShTraining, total_iteration_limit) },
  { "NoProgressIterationLimit", KEY_COUNT, 1, MAX_COUNT, NULL, ANY,
    G_STRUCT_OFFSET (ShTraining, no_progress_iteration_limit) },
  { "LessonRewardThreshold", KEY_NUMBER, -G_MAXDOUBLE, G_MAXDOUBLE, NULL, ANY,
    G_STRUCT_OFFSET (ShTraining, lesson_reward_threshold) },
  { "LessonSuccessThreshold", KEY_NUMBER, 0, 1, NULL, ANY,
    G_STRUCT_OFFSET (ShTraining, lesson_success_threshold) },
  { "LessonAssessmentWindow", KEY_COUNT, 1, 1000000, NULL, ANY,
    G_STRUCT_OFFSET (ShTraining, lesson_assessment_window) },
};

static const char *const memory_modes[] = { "default", "none", "state",
                                            "state and action", NULL };
static const char *const dimensions[] = {
  "max", "min", "x", "y", "none", NULL
};

static const Key algorithm_keys[] = {
  { "Algorithm", KEY_TEXT, 0, 0, NULL, ANY, 0 },
  { "HiddenLayers", KEY_LAYERS, 0, 0, NULL, APEX | PPO, 0 },
  { "PolicyHiddenLayers", KEY_LAYERS, 0, 0, NULL, SAC, 0 },
  { "QHiddenLayers", KEY_LAYERS, 0, 0, NULL, SAC, 0 },
  { "ExplorationDecay", KEY_NUMBER, 0, 1, NULL, APEX, 0 },
  { "QLearningRate", KEY_NUMBER, 1e-10, 1, NULL, APEX, 0 },
  { "BatchSize", KEY_COUNT, 1000, 2000000, NULL, PPO, 0 },
  { "PolicyLearningRate", KEY_NUMBER, 1e-10, 1, NULL, PPO, 0 },
  { "MemoryMode", KEY_TEXT, 0, 0, memory_modes, ANY, 0 },
  { "ConvolutionLimitDimension", KEY_TEXT, 0, 0, dimensions, ANY, 0 },
  { "ConvolutionLayers", KEY_IGNORED, 0, 0, NULL, ANY, 0 },
  { "CompressionLayers", KEY_IGNORED, 0, 0, NULL, ANY, 0 },
};

/* The learners, by the names that programs give them. */
static const struct
{
  const char *name, *used;
  guint learner;
} learners[] = {
  { "APEX", "APEX", APEX }, { "PPO", "PPO", PPO },  { "SAC", "SAC", SAC },
  { "DQN", "APEX", APEX },  { "TRPO", "PPO", PPO },
};

/* What a layer may do with its sums; the first is the learner's choice. */
static const char *const activations[] = {
  "default", "linear", "tanh", "relu", "logistic", "softmax", "elu",
};

/* Reading ----------------------------------------------------------------- */

static void
suggest (ShScope *scope, const ShSuggestion *suggestion, const char *quote)
{
  if (suggestion->best != NULL)
    sh_diagnostics_hint (scope->diagnostics, "did you mean %s%s%s?", quote,
                         suggestion->best, quote);
}

static void
list_keys (ShScope *scope, const Key *keys, guint n_keys)
{
  g_autoptr (GString) list = g_string_new (keys[0].name);

  for (guint i = 1; i < n_keys; i++)
    g_string_append_printf (list, i + 1 < n_keys ? ", %s" : " and %s",
                            keys[i].name);
  sh_diagnostics_hint (scope->diagnostics, "there are %s", list->str);
}

static const Key *
find_key (ShScope *scope,
          const Key *keys,
          guint n_keys,
          const char *record,
          const ShName *name)
{
  ShSuggestion suggestion;

  for (guint i = 0; i < n_keys; i++)
    if (strcmp (keys[i].name, name->text) == 0)
      return &keys[i];
  sh_diagnostics_error (scope->diagnostics, name->span,
                        "'%s' has no parameter '%s'", record, name->text);
  sh_suggestion_init (&suggestion, name->text);
  for (guint i = 0; i < n_keys; i++)
    sh_suggestion_offer (&suggestion, keys[i].name);
  suggest (scope, &suggestion, "'");
  if (suggestion.best == NULL)
    list_keys (scope, keys, n_keys);
  return NULL;
}

/* Quadratic, but few errors end the compilation. */
static gboolean
is_given_twice (ShScope *scope,
                const ShExprNode *record,
                const ShMemberNode *member)
{
  for (const ShMemberNode *other = record->members; other != member;
       other = other->next)
    if (strcmp (other->name.text, member->name.text) == 0)
      {
        sh_diagnostics_error (scope->diagnostics, member->name.span,
                              "'%s' is given twice", member->name.text);
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_number (ShScope *scope,
             const Key *key,
             const ShExprNode *node,
             double *number)
{
  g_autofree char *min = NULL, *max = NULL;

  if (key->kind == KEY_COUNT)
    return sh_constant_integer (scope, node, key->name, key->min, key->max,
                                number);
  if (!sh_constant_number (scope, node, number))
    return FALSE;
  if (*number >= key->min && *number <= key->max)
    return TRUE;
  min = sh_number_to_string (key->min);
  max = sh_number_to_string (key->max);
  sh_diagnostics_error (scope->diagnostics, node->span,
                        "%s must be from %s to %s", key->name, min, max);
  return FALSE;
}

/* A text that is one of `choices`; its index. */
static gboolean
read_choice (ShScope *scope,
             const char *what,
             const ShConstant *value,
             const char *const *choices,
             guint n_choices,
             guint *index)
{
  ShSuggestion suggestion;

  if (value->kind != SH_CONSTANT_TEXT)
    {
      sh_diagnostics_error (scope->diagnostics, value->span,
                            "%s is a text, such as \"%s\"", what, choices[0]);
      return FALSE;
    }
  sh_suggestion_init (&suggestion, value->text);
  for (guint i = 0; i < n_choices; i++)
    {
      if (strcmp (choices[i], value->text) == 0)
        {
          *index = i;
          return TRUE;
        }
      sh_suggestion_offer (&suggestion, choices[i]);
    }
  sh_diagnostics_error (scope->diagnostics, value->span,
                        "\"%s\" is not a choice for %s", value->text, what);
  if (suggestion.best != NULL)
    suggest (scope, &suggestion, "\"");
  else if (sh_diagnostics_wants_hint (scope->diagnostics))
    {
      g_auto (GStrv) list = g_new0 (char *, n_choices + 1);
      g_autofree char *joined = NULL;

      for (guint i = 0; i < n_choices; i++)
        list[i] = g_strdup (choices[i]);
      joined = g_strjoinv ("\", \"", list);
      sh_diagnostics_hint (scope->diagnostics, "there are \"%s\"", joined);
    }
  return FALSE;
}

/* A value that is a text. Its quotes are easily forgotten. */
static const ShConstant *
read_text_value (ShScope *scope, const char *what, const ShExprNode *node)
{
  if (node->kind != SH_EXPR_NAME || !sh_scope_misses (scope, node->name.text))
    return sh_constant_evaluate (scope, node);
  sh_diagnostics_error (scope->diagnostics, node->span, "%s is a text", what);
  sh_diagnostics_hint (scope->diagnostics, "write \"%s\"", node->name.text);
  return NULL;
}

/* Layers ------------------------------------------------------------------ */

static gboolean
read_layer (ShScope *scope,
            const ShConstant *layer,
            guint *size,
            const char **activation)
{
  const ShConstant *number = sh_constant_find (layer, "Size");
  const ShConstant *text = sh_constant_find (layer, "Activation");
  guint choice = 0;

  for (guint i = 0; i < layer->n_items; i++)
    if (layer->items[i] != number && layer->items[i] != text)
      {
        sh_diagnostics_error (scope->diagnostics, layer->names[i].span,
                              "a layer has no '%s'", layer->names[i].text);
        sh_diagnostics_hint (scope->diagnostics,
                             "it has a Size and an Activation");
        return FALSE;
      }
  if (number == NULL || number->kind != SH_CONSTANT_NUMBER ||
      number->number < 1 || number->number > MAX_LAYER_SIZE ||
      number->number != floor (number->number))
    {
      sh_diagnostics_error (scope->diagnostics,
                            number != NULL ? number->span : layer->span,
                            "a layer needs a Size, a whole number from 1 to "
                            "%.0f",
                            MAX_LAYER_SIZE);
      return FALSE;
    }
  *size = (guint) number->number;
  if (text != NULL && !read_choice (scope, "Activation", text, activations,
                                    G_N_ELEMENTS (activations), &choice))
    return FALSE;
  *activation = activations[choice];
  return TRUE;
}

static void
read_layers (ShScope *scope,
             const ShExprNode *node,
             guint *n_layers,
             guint **sizes,
             const char ***kinds)
{
  const ShConstant *value = sh_constant_evaluate (scope, node);

  if (value == NULL)
    return;
  if (value->kind != SH_CONSTANT_ARRAY ||
      value->items[0]->kind != SH_CONSTANT_STRUCT ||
      value->n_items > MAX_LAYERS)
    {
      sh_diagnostics_error (scope->diagnostics, node->span,
                            "layers are an array of 1 to %u records",
                            MAX_LAYERS);
      sh_diagnostics_hint (scope->diagnostics,
                           "write them as in [{ Size: 64, Activation: "
                           "\"tanh\" }]");
      return;
    }
  /* Those of the program's own record give way to the curriculum's. */
  g_free (*sizes);
  g_free (*kinds);
  *sizes = g_new0 (guint, value->n_items);
  *kinds = g_new0 (const char *, value->n_items);
  *n_layers = value->n_items;
  for (guint i = 0; i < value->n_items; i++)
    if (!read_layer (scope, value->items[i], &(*sizes)[i], &(*kinds)[i]))
      return;
}

/* Training ---------------------------------------------------------------- */

void
sh_compile_training (ShScope *scope,
                     const ShExprNode *record,
                     gboolean has_goal,
                     ShTraining *training)
{
  for (const ShMemberNode *member = record->members;
       member != NULL && !sh_diagnostics_is_full (scope->diagnostics);
       member = member->next)
    {
      const Key *key =
          find_key (scope, training_keys, G_N_ELEMENTS (training_keys),
                    "training", &member->name);
      gpointer place;
      double number;

      if (key == NULL || is_given_twice (scope, record, member) ||
          !read_number (scope, key, member->value, &number))
        continue;
      place = G_STRUCT_MEMBER_P (training, key->offset);
      if (place == &training->lesson_success_threshold && !has_goal)
        {
          if (scope->lacks_parts)
            continue;
          sh_diagnostics_error (scope->diagnostics, member->name.span,
                                "LessonSuccessThreshold needs goals, and "
                                "there are none");
          sh_diagnostics_hint (scope->diagnostics, "use LessonRewardThreshold");
        }
      else if (place == &training->lesson_reward_threshold && has_goal)
        {
          sh_diagnostics_error (scope->diagnostics, member->name.span,
                                "LessonRewardThreshold needs a reward, and "
                                "there is a goal instead");
          sh_diagnostics_hint (scope->diagnostics,
                               "use LessonSuccessThreshold");
        }
      else if (place == &training->lesson_assessment_window)
        training->lesson_assessment_window = (guint) number;
      else if (key->kind == KEY_COUNT)
        *(guint64 *) place = (guint64) number;
      else
        *(double *) place = number;
    }
}

/* Algorithms -------------------------------------------------------------- */

/* Which learner the record names, as a bit; ANY: none. */
static guint
read_learner (ShScope *scope, const ShExprNode *node, ShConcept *concept)
{
  const char *names[G_N_ELEMENTS (learners)];
  const ShConstant *value = read_text_value (scope, "Algorithm", node);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (learners); i++)
    names[i] = learners[i].name;
  if (value == NULL ||
      !read_choice (scope, "Algorithm", value, names, G_N_ELEMENTS (names), &i))
    return ANY;
  if (strcmp (learners[i].name, learners[i].used) != 0)
    sh_diagnostics_warning (scope->diagnostics, node->span,
                            "%s is the old name of what %s does here",
                            learners[i].name, learners[i].used);
  g_free (concept->algorithm);
  concept->algorithm = g_strdup (learners[i].used);
  return learners[i].learner;
}

/* The learner that was named before, by the program's own record. */
static guint
get_learner (const ShConcept *concept)
{
  for (guint i = 0; concept->algorithm != NULL && i < G_N_ELEMENTS (learners);
       i++)
    if (strcmp (learners[i].name, concept->algorithm) == 0)
      return learners[i].learner;
  return ANY;
}

static gboolean
check_owner (ShScope *scope, const Key *key, guint learner, const ShName *name)
{
  g_autoptr (GString) owners = NULL;

  if (learner == ANY || (key->learners & learner) != 0)
    return TRUE;
  owners = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (learners); i++)
    if ((learners[i].learner & key->learners) != 0 &&
        strcmp (learners[i].name, learners[i].used) == 0)
      g_string_append_printf (owners, "%s%s", owners->len > 0 ? " and " : "",
                              learners[i].name);
  sh_diagnostics_error (scope->diagnostics, name->span,
                        "'%s' is a parameter of %s, not of the algorithm "
                        "chosen",
                        key->name, owners->str);
  return FALSE;
}

/* Adds a setting, or replaces the one of this name. */
static void
set_setting (ShConcept *concept,
             const char *name,
             double number,
             const char *text)
{
  ShSetting *setting = NULL;

  for (guint i = 0; i < concept->n_settings; i++)
    if (strcmp (concept->settings[i].name, name) == 0)
      setting = &concept->settings[i];
  if (setting == NULL)
    {
      concept->settings =
          g_renew (ShSetting, concept->settings, concept->n_settings + 1);
      setting = &concept->settings[concept->n_settings++];
      *setting = (ShSetting){ .name = g_strdup (name) };
    }
  setting->number = number;
  g_free (setting->text);
  setting->text = g_strdup (text);
}

static void
read_text (ShScope *scope,
           const Key *key,
           const ShExprNode *node,
           ShConcept *concept)
{
  const ShConstant *value = read_text_value (scope, key->name, node);
  guint n_choices = g_strv_length ((char **) key->choices), i;

  if (value == NULL ||
      !read_choice (scope, key->name, value, key->choices, n_choices, &i))
    return;
  set_setting (concept, key->name, 0, key->choices[i]);
  if (strcmp (key->choices[i], "default") != 0 &&
      strcmp (key->choices[i], "none") != 0)
    sh_diagnostics_warning (scope->diagnostics, node->span,
                            "'%s' has no effect here", key->name);
}

static void
read_parameter (ShScope *scope,
                const Key *key,
                const ShMemberNode *member,
                ShConcept *concept)
{
  double number;

  switch (key->kind)
    {
    case KEY_TEXT:
      read_text (scope, key, member->value, concept);
      break;
    case KEY_LAYERS:
      if (strcmp (key->name, "QHiddenLayers") == 0)
        read_layers (scope, member->value, &concept->n_q_hidden_layers,
                     &concept->q_hidden_layers, &concept->q_hidden_activations);
      else
        read_layers (scope, member->value, &concept->n_hidden_layers,
                     &concept->hidden_layers, &concept->hidden_activations);
      break;
    case KEY_IGNORED:
      sh_diagnostics_warning (scope->diagnostics, member->name.span,
                              "'%s' has no effect here", key->name);
      break;
    case KEY_COUNT:
    case KEY_NUMBER:
    default:
      if (read_number (scope, key, member->value, &number))
        set_setting (concept, key->name, number, NULL);
      break;
    }
}

void
sh_compile_algorithm (ShScope *scope,
                      const ShExprNode *record,
                      ShConcept *concept)
{
  guint learner = get_learner (concept);

  for (const ShMemberNode *member = record->members; member != NULL;
       member = member->next)
    if (strcmp (member->name.text, "Algorithm") == 0)
      learner = read_learner (scope, member->value, concept);
  for (const ShMemberNode *member = record->members;
       member != NULL && !sh_diagnostics_is_full (scope->diagnostics);
       member = member->next)
    {
      const Key *key =
          find_key (scope, algorithm_keys, G_N_ELEMENTS (algorithm_keys),
                    "algorithm", &member->name);

      if (key != NULL && !is_given_twice (scope, record, member) &&
          key != &algorithm_keys[0] &&
          check_owner (scope, key, learner, &member->name))
        read_parameter (scope, key, member, concept);
    }
}
