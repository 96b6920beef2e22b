/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Runs a concept's functions and goals over C structs. Each function that is
 * run has its parameters bound to members of the structs, once, when the
 * evaluator is made: only those that the function reads.
 */

#include "sh-evaluator.h"

#include "sh-error.h"
#include "sh-goal.h"
#include "sh-member.h"

#include <math.h>
#include <string.h>

/* A member of a struct and the slot that stands for it. */
typedef struct
{
  guint32 slot, offset, simhost_type;
  const char *name;
  ShType *type; /* of a text its values; else what a number is made to fit */
  guint *texts; /* their numbers in the code */
} Binding;

typedef struct
{
  guint n;
  Binding *bindings;
} Bindings;

/* A function with its parameters. */
typedef struct
{
  guint function; /* SH_NO_FUNCTION: there is none */
  Bindings first, second; /* its parameters */
  double *taken; /* the second argument, known beforehand, by binding */
} Call;

/* A concept that is asked. */
typedef struct
{
  Bindings input, output; /* slots count from those of the ask */
  gpointer input_struct, output_struct;
  guint n_inputs; /* slots, behind which its mask is */
  guint8 *mask; /* NULL: it may choose anything */
} Asked;

struct ShEvaluator
{
  const ShConcept *concept;
  const ShBytecode *code;
  double *slots;
  Call reward, terminal, to_input, to_action, mask;
  Call *objectives;
  Bindings input, action; /* results of to_input and to_action */
  gpointer input_struct, action_struct;
  Asked *asked; /* as the concept's */
  ShAsker asker;
  ShEvaluatorAsk ask; /* or NULL */
  gpointer ask_data;

  double total_weight;
  ShGoalTrack *tracks;
  const ShLesson *lesson; /* of the episode; NULL before the first */
  guint64 iterations;
  gboolean is_begun; /* the first state was seen */
};

static gboolean answer (gpointer data,
                        guint place,
                        const double *input,
                        double *output,
                        GError **error);

/* Binding ----------------------------------------------------------------- */

static const SimhostField *
find_row (const SimhostSchema *table, const char *name)
{
  for (guint i = 0; i < table->n_fields; i++)
    if (strcmp (table->fields[i].name, name) == 0)
      return &table->fields[i];
  return NULL;
}

static guint
find_text (const ShBytecode *code, const char *text)
{
  for (guint i = 0; i < code->n_texts; i++)
    if (strcmp (code->texts[i], text) == 0)
      return i;
  g_return_val_if_reached (0); /* all texts of parameters are there */
}

static void
bind_texts (Binding *binding, const ShBytecode *code)
{
  const ShType *type = binding->type;

  if (type->kind != SH_TYPE_STRING)
    return;
  binding->texts = g_new (guint, type->n_values + 1);
  for (guint i = 0; i < type->n_values; i++)
    binding->texts[i] = find_text (code, type->values[i].text);
}

/* Binds the fields of the struct type `type`, from `slot` on, to the table's
 * members of the same names. `target`, if given, has the types that numbers are
 * made to fit. */
static gboolean
bind (ShEvaluator *self,
      Bindings *bindings,
      const SimhostSchema *table,
      const ShType *type,
      const gboolean *is_read,
      const ShType *target,
      guint32 slot,
      GError **error)
{
  bindings->bindings = g_new0 (Binding, type->n_fields + 1);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const ShTypeField *field = &type->fields[i];
      const ShTypeField *wanted =
          target != NULL ? sh_type_find_field (target, field->name) : field;
      const SimhostField *row = find_row (table, field->name);
      Binding *binding = &bindings->bindings[bindings->n];
      guint n = sh_bytecode_count_slots (field->type);

      if (wanted != NULL && (is_read == NULL || is_read[i]))
        {
          if (row == NULL || n != 1)
            {
              g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                           "concept '%s': a function uses the field '%s', "
                           "which is neither a number nor an enumeration",
                           self->concept->name, field->name);
              return FALSE;
            }
          *binding = (Binding){
            .slot = slot,
            .offset = row->offset,
            .simhost_type = row->type,
            .name = row->name,
            .type = wanted->type,
          };
          bind_texts (binding, self->code);
          bindings->n++;
        }
      slot += n;
    }
  return TRUE;
}

static gboolean
bind_call (ShEvaluator *self,
           Call *call,
           guint function,
           const SimhostSchema *first,
           const SimhostSchema *second,
           GError **error)
{
  const ShCodeFunction *code;

  call->function = function;
  if (function == SH_NO_FUNCTION)
    return TRUE;
  code = &self->code->functions[function];
  if (code->n_parameters > 0 &&
      !bind (self, &call->first, first, code->parameters[0].type,
             code->parameters[0].is_read, NULL, code->parameters[0].slot,
             error))
    return FALSE;
  if (code->n_parameters > 1 &&
      !bind (self, &call->second, second, code->parameters[1].type,
             code->parameters[1].is_read, NULL, code->parameters[1].slot,
             error))
    return FALSE;
  call->taken = g_new0 (double, call->second.n + 1);
  return TRUE;
}

static gboolean
bind_result (ShEvaluator *self,
             Bindings *bindings,
             guint function,
             const SimhostSchema *table,
             const ShType *target,
             gpointer *values,
             GError **error)
{
  const ShCodeFunction *code;

  if (function == SH_NO_FUNCTION)
    return TRUE;
  code = &self->code->functions[function];
  *values = g_malloc0 (MAX (table->size, 8));
  return bind (self, bindings, table, code->result, NULL, target,
               code->result_slot, error);
}

static gboolean
bind_asked (ShEvaluator *self, const ShEvaluatorTables *tables, GError **error)
{
  const ShConcept *concept = self->concept;

  for (guint i = 0; i < concept->n_asked; i++)
    {
      const ShConcept *other = &concept->all[concept->asked[i]];
      const ShAsk *ask = &self->code->asks[concept->asked[i]];
      Asked *asked = &self->asked[i];

      asked->input_struct = g_malloc0 (MAX (tables->asked[i].input->size, 8));
      asked->output_struct = g_malloc0 (MAX (tables->asked[i].output->size, 8));
      asked->n_inputs = sh_bytecode_count_slots (ask->input);
      if (ask->n_masked > 0)
        asked->mask = g_malloc (ask->n_masked);
      if (!bind (self, &asked->input, tables->asked[i].input, other->input,
                 NULL, NULL, 0, error) ||
          !bind (self, &asked->output, tables->asked[i].output, other->output,
                 NULL, NULL, 0, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
bind_all (ShEvaluator *self, const ShEvaluatorTables *tables, GError **error)
{
  const ShConcept *concept = self->concept;

  for (guint i = 0; i < concept->n_objectives; i++)
    if (!bind_call (self, &self->objectives[i], concept->objectives[i].function,
                    tables->state, tables->action, error))
      return FALSE;
  return bind_call (self, &self->reward, concept->reward, tables->state,
                    tables->action, error) &&
         bind_call (self, &self->terminal, concept->terminal, tables->state,
                    tables->action, error) &&
         bind_call (self, &self->to_input, concept->state, tables->state, NULL,
                    error) &&
         bind_call (self, &self->mask, concept->mask, tables->state, NULL,
                    error) &&
         bind_call (self, &self->to_action, concept->action, tables->output,
                    tables->state, error) &&
         bind_result (self, &self->input, concept->state, tables->input,
                      concept->input, &self->input_struct, error) &&
         bind_result (self, &self->action, concept->action, tables->action,
                      concept->source.action, &self->action_struct, error) &&
         bind_asked (self, tables, error);
}

ShEvaluator *
sh_evaluator_new (const ShConcept *concept,
                  const ShEvaluatorTables *tables,
                  GError **error)
{
  g_autoptr (ShEvaluator) self = NULL;

  g_return_val_if_fail (concept != NULL && tables != NULL, NULL);

  self = g_new0 (ShEvaluator, 1);
  self->concept = concept;
  self->code = concept->code;
  self->objectives = g_new0 (Call, concept->n_objectives + 1);
  self->tracks = g_new0 (ShGoalTrack, concept->n_objectives + 1);
  self->asked = g_new0 (Asked, concept->n_asked + 1);
  self->asker = (ShAsker){ answer, self };
  for (guint i = 0; i < concept->n_objectives; i++)
    self->total_weight += concept->objectives[i].weight;
  if (self->code != NULL)
    self->slots =
        g_memdup2 (self->code->initial, self->code->n_slots * sizeof (double));
  if (!bind_all (self, tables, error))
    return NULL;
  return g_steal_pointer (&self);
}

static void
clear_bindings (Bindings *bindings)
{
  for (guint i = 0; i < bindings->n; i++)
    g_free (bindings->bindings[i].texts);
  g_free (bindings->bindings);
}

static void
clear_call (Call *call)
{
  clear_bindings (&call->first);
  clear_bindings (&call->second);
  g_free (call->taken);
}

void
sh_evaluator_free (ShEvaluator *self)
{
  if (self == NULL)
    return;
  clear_call (&self->reward);
  clear_call (&self->terminal);
  clear_call (&self->to_input);
  clear_call (&self->to_action);
  clear_call (&self->mask);
  for (guint i = 0; i < self->concept->n_objectives; i++)
    clear_call (&self->objectives[i]);
  clear_bindings (&self->input);
  clear_bindings (&self->action);
  for (guint i = 0; i < self->concept->n_asked; i++)
    {
      clear_bindings (&self->asked[i].input);
      clear_bindings (&self->asked[i].output);
      g_free (self->asked[i].input_struct);
      g_free (self->asked[i].output_struct);
      g_free (self->asked[i].mask);
    }
  g_free (self->asked);
  g_free (self->objectives);
  g_free (self->tracks);
  g_free (self->slots);
  g_free (self->input_struct);
  g_free (self->action_struct);
  g_free (self);
}

/* Values ------------------------------------------------------------------ */

static gboolean
load_text (const ShEvaluator *self,
           const Binding *binding,
           const char *text,
           double *value,
           GError **error)
{
  for (guint i = 0; i < binding->type->n_values; i++)
    if (strncmp (text, binding->type->values[i].text, SH_MEMBER_TEXT_SIZE) == 0)
      {
        *value = binding->texts[i];
        return TRUE;
      }
  g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
               "simulator '%s': field '%s' is \"%.*s\", which is none of the "
               "values that the program gives it",
               self->concept->source.name != NULL ? self->concept->source.name
                                                  : "",
               binding->name, (int) SH_MEMBER_TEXT_SIZE - 1, text);
  return FALSE;
}

static gboolean
load (const ShEvaluator *self,
      const Binding *binding,
      gconstpointer values,
      double *value,
      GError **error)
{
  const char *member = (const char *) values + binding->offset;

  if (G_UNLIKELY (binding->simhost_type == SIMHOST_TYPE_STRING))
    return load_text (self, binding, member, value, error);
  *value = sh_member_load (binding->simhost_type, member);
  if (G_LIKELY (isfinite (*value)))
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
               "simulator '%s': field '%s' is %s, which is not a finite number",
               self->concept->source.name != NULL ? self->concept->source.name
                                                  : "",
               binding->name,
               isnan (*value) ? "nan"
               : *value > 0   ? "inf"
                              : "-inf");
  return FALSE;
}

static void
store (const ShEvaluator *self,
       const Bindings *bindings,
       const double *slots,
       gpointer values)
{
  for (guint i = 0; i < bindings->n; i++)
    {
      const Binding *binding = &bindings->bindings[i];
      char *member = (char *) values + binding->offset;
      double value = slots[binding->slot];

      if (binding->simhost_type == SIMHOST_TYPE_STRING)
        g_strlcpy (member, self->code->texts[(guint) value],
                   SH_MEMBER_TEXT_SIZE);
      else
        {
          const ShConversion conversion = { .type = binding->type };

          sh_conversion_apply (&conversion, &value);
          sh_member_store (binding->simhost_type, member, value);
        }
    }
}

/* What a concept may choose; there must be something. */
static gboolean
read_mask (const ShConcept *concept,
           const double *numbers,
           guint8 *mask,
           GError **error)
{
  for (guint i = 0; i < concept->output->n_fields; i++)
    {
      const ShTypeField *field = &concept->output->fields[i];
      gboolean any = FALSE;

      if (field->type->constraint != SH_CONSTRAINT_NOMINAL)
        continue;
      for (guint j = 0; j < field->type->n_values; j++)
        {
          *mask = *numbers++ != 0;
          any |= *mask++;
        }
      if (!any)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
                       "the mask of '%s' allows no value of '%s'",
                       concept->name, field->name);
          return FALSE;
        }
    }
  return TRUE;
}

/* An ASK of the code. */
static gboolean
answer (gpointer data,
        guint place,
        const double *input,
        double *output,
        GError **error)
{
  ShEvaluator *self = data;
  const ShConcept *concept = self->concept;
  Asked *asked;
  guint k = 0;

  while (k < concept->n_asked && concept->asked[k] != place)
    k++;
  if (k == concept->n_asked || self->ask == NULL)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_FAILED,
                   "the concept '%s' has not been trained",
                   concept->all[place].name);
      return FALSE;
    }
  asked = &self->asked[k];
  if (asked->mask != NULL &&
      !read_mask (&concept->all[place], input + asked->n_inputs, asked->mask,
                  error))
    return FALSE;
  store (self, &asked->input, input, asked->input_struct);
  if (!self->ask (self->ask_data, k, asked->input_struct, asked->mask,
                  asked->output_struct, error))
    return FALSE;
  for (guint i = 0; i < asked->output.n; i++)
    {
      const Binding *binding = &asked->output.bindings[i];

      if (!load (self, binding, asked->output_struct, &output[binding->slot],
                 error))
        return FALSE;
    }
  return TRUE;
}

void
sh_evaluator_set_ask (ShEvaluator *self, ShEvaluatorAsk ask, gpointer data)
{
  g_return_if_fail (self != NULL && ask != NULL);

  self->ask = ask;
  self->ask_data = data;
}

/* Runs a function on a struct, and on what was taken before. */
static gboolean
run (ShEvaluator *self, const Call *call, gconstpointer values, GError **error)
{
  ShFault fault;

  for (guint i = 0; i < call->first.n; i++)
    {
      const Binding *binding = &call->first.bindings[i];

      if (!load (self, binding, values, &self->slots[binding->slot], error))
        return FALSE;
    }
  for (guint i = 0; i < call->second.n; i++)
    self->slots[call->second.bindings[i].slot] = call->taken[i];
  if (G_LIKELY (sh_bytecode_run (self->code, call->function, &self->asker,
                                 self->slots, &fault)))
    return TRUE;
  sh_bytecode_set_error (self->code, &fault, error);
  return FALSE;
}

static const double *
get_result (const ShEvaluator *self, const Call *call)
{
  return &self->slots[self->code->functions[call->function].result_slot];
}

/* Keeps the second argument of a function that runs later: another function may
 * run in its frame before it does. */
static gboolean
take (ShEvaluator *self, Call *call, gconstpointer values, GError **error)
{
  for (guint i = 0; i < call->second.n; i++)
    if (!load (self, &call->second.bindings[i], values, &call->taken[i], error))
      return FALSE;
  return TRUE;
}

/* Episodes ---------------------------------------------------------------- */

void
sh_evaluator_begin (ShEvaluator *self, const ShLesson *lesson)
{
  g_return_if_fail (self != NULL && lesson != NULL);

  self->lesson = lesson;
  self->iterations = 0;
  self->is_begun = FALSE;
}

/* The goals' reward of the step, and whether they end the episode. */
static gboolean
judge (ShEvaluator *self,
       gconstpointer state,
       ShEvaluation *evaluation,
       GError **error)
{
  const ShConcept *concept = self->concept;
  guint n_reach = 0, n_reached = 0;
  gboolean is_over = evaluation->terminal;
  double earned = 0, closer = 0, away = 0, before;

  for (guint i = 0; i < concept->n_objectives; i++)
    {
      const ShObjective *objective = &concept->objectives[i];
      double weight = objective->weight / self->total_weight;
      ShGoalTrack *track = &self->tracks[i];
      const double *x;

      if (!run (self, &self->objectives[i], state, error))
        return FALSE;
      x = get_result (self, &self->objectives[i]);
      if (!self->is_begun)
        {
          sh_goal_begin (objective, x, track);
          continue;
        }
      earned += weight *
                sh_goal_step (objective, x, self->iterations, track, &before);
      closer += weight * SH_GOAL_DISCOUNT * track->closeness;
      away += weight * before;
      is_over |= objective->kind == SH_OBJECTIVE_AVOID && track->is_settled;
      n_reach += objective->kind == SH_OBJECTIVE_REACH;
      n_reached += track->is_reached;
    }
  is_over |= n_reach > 0 && n_reached == n_reach;
  if (!self->is_begun)
    return TRUE;
  /* Where nothing follows there is no closeness: shaping must not pay for how
   * an episode ends (docs/goals.md). */
  evaluation->earned = SH_GOAL_WORTH * earned;
  evaluation->reward = SH_GOAL_WORTH * (earned + (is_over ? 0 : closer) - away);
  evaluation->terminal |= is_over;
  evaluation->over |= is_over;
  return TRUE;
}

gconstpointer
sh_evaluator_see (ShEvaluator *self, gconstpointer state, GError **error)
{
  g_return_val_if_fail (self != NULL && state != NULL, NULL);

  if (!take (self, &self->to_action, state, error))
    return NULL;
  if (self->concept->state == SH_NO_FUNCTION)
    return state;
  if (!run (self, &self->to_input, state, error))
    return NULL;
  store (self, &self->input, self->slots, self->input_struct);
  return self->input_struct;
}

gboolean
sh_evaluator_observe (ShEvaluator *self,
                      gconstpointer state,
                      double reward,
                      gboolean terminal,
                      ShEvaluation *evaluation,
                      GError **error)
{
  const ShConcept *concept = self->concept;

  g_return_val_if_fail (state != NULL && evaluation != NULL, FALSE);
  g_return_val_if_fail (self->lesson != NULL, FALSE);

  *evaluation = (ShEvaluation){ 0 };
  if (self->is_begun)
    {
      self->iterations++;
      evaluation->reward = self->lesson->minimizes ? -reward : reward;
      evaluation->over = evaluation->terminal = terminal;
      if (concept->reward != SH_NO_FUNCTION)
        {
          if (!run (self, &self->reward, state, error))
            return FALSE;
          evaluation->reward = get_result (self, &self->reward)[0];
        }
      evaluation->earned = evaluation->reward;
      if (concept->terminal != SH_NO_FUNCTION)
        {
          if (!run (self, &self->terminal, state, error))
            return FALSE;
          evaluation->terminal = get_result (self, &self->terminal)[0] != 0;
          evaluation->over |= evaluation->terminal;
        }
    }
  if (concept->n_objectives > 0 && !judge (self, state, evaluation, error))
    return FALSE;
  self->is_begun = TRUE;
  evaluation->input = sh_evaluator_see (self, state, error);
  return evaluation->input != NULL;
}

gconstpointer
sh_evaluator_act (ShEvaluator *self, gconstpointer output, GError **error)
{
  gconstpointer action = output;

  g_return_val_if_fail (self != NULL && output != NULL, NULL);

  if (self->concept->action != SH_NO_FUNCTION)
    {
      if (!run (self, &self->to_action, output, error))
        return NULL;
      store (self, &self->action, self->slots, self->action_struct);
      action = self->action_struct;
    }
  return sh_evaluator_took (self, action, error) ? action : NULL;
}

gboolean
sh_evaluator_took (ShEvaluator *self, gconstpointer action, GError **error)
{
  g_return_val_if_fail (self != NULL && action != NULL, FALSE);

  return take (self, &self->reward, action, error) &&
         take (self, &self->terminal, action, error);
}

guint
sh_evaluator_get_n_masked (const ShEvaluator *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->concept->mask != SH_NO_FUNCTION
             ? self->code->functions[self->concept->mask].result->length
             : 0;
}

gboolean
sh_evaluator_mask (ShEvaluator *self,
                   gconstpointer state,
                   guint8 *mask,
                   GError **error)
{
  g_return_val_if_fail (self != NULL && state != NULL, FALSE);
  g_return_val_if_fail (self->concept->mask != SH_NO_FUNCTION, FALSE);

  if (!run (self, &self->mask, state, error))
    return FALSE;
  if (read_mask (self->concept, get_result (self, &self->mask), mask, error))
    return TRUE;
  g_prefix_error (error, "%s: ", self->code->file);
  return FALSE;
}

gboolean
sh_evaluator_finish (ShEvaluator *self, ShOutcome *outcomes)
{
  const ShConcept *concept;
  gboolean success = TRUE;

  g_return_val_if_fail (self != NULL, FALSE);

  concept = self->concept;
  for (guint i = 0; i < concept->n_objectives; i++)
    {
      ShOutcome outcome = sh_goal_finish (
          &concept->objectives[i], &self->tracks[i], self->iterations,
          self->lesson->training.episode_iteration_limit);

      success = success && outcome.success;
      if (outcomes != NULL)
        outcomes[i] = outcome;
    }
  return success && concept->n_objectives > 0;
}
