/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Runs a concept's functions over C structs. Each function that is run has its
 * parameters bound to members of the structs, once, when the evaluator is made:
 * only those that the function reads.
 */

#include "sh-evaluator-private.h"

#include "sh-error.h"
#include "sh-member.h"

#include <math.h>
#include <string.h>

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
bind_texts (ShBinding *binding, const ShBytecode *code)
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
      ShBindings *bindings,
      const SimhostSchema *table,
      const ShType *type,
      const gboolean *is_read,
      const ShType *target,
      guint32 slot,
      GError **error)
{
  bindings->bindings = g_new0 (ShBinding, type->n_fields + 1);
  for (guint i = 0; i < type->n_fields; i++)
    {
      const ShTypeField *field = &type->fields[i];
      const ShTypeField *wanted =
          target != NULL ? sh_type_find_field (target, field->name) : field;
      const SimhostField *row = find_row (table, field->name);
      ShBinding *binding = &bindings->bindings[bindings->n];
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
          *binding = (ShBinding){
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

gboolean
sh_evaluator_bind_call (ShEvaluator *self,
                        ShCall *call,
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
             ShBindings *bindings,
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
      ShAsked *asked = &self->asked[i];

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
    if (!sh_evaluator_bind_objective (self, &self->objectives[i],
                                      &concept->objectives[i], tables, error))
      return FALSE;
  return sh_evaluator_bind_call (self, &self->reward, concept->reward,
                                 tables->state, tables->action, error) &&
         sh_evaluator_bind_call (self, &self->terminal, concept->terminal,
                                 tables->state, tables->action, error) &&
         sh_evaluator_bind_call (self, &self->to_input, concept->state,
                                 tables->state, NULL, error) &&
         sh_evaluator_bind_call (self, &self->mask, concept->mask,
                                 tables->state, NULL, error) &&
         sh_evaluator_bind_call (self, &self->to_action, concept->action,
                                 tables->output, tables->state, error) &&
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
  self->objectives = g_new0 (ShJudged, concept->n_objectives + 1);
  self->asked = g_new0 (ShAsked, concept->n_asked + 1);
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
clear_bindings (ShBindings *bindings)
{
  for (guint i = 0; i < bindings->n; i++)
    g_free (bindings->bindings[i].texts);
  g_free (bindings->bindings);
}

void
sh_evaluator_clear_call (ShCall *call)
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
  sh_evaluator_clear_call (&self->reward);
  sh_evaluator_clear_call (&self->terminal);
  sh_evaluator_clear_call (&self->to_input);
  sh_evaluator_clear_call (&self->to_action);
  sh_evaluator_clear_call (&self->mask);
  for (guint i = 0; i < self->concept->n_objectives; i++)
    sh_evaluator_clear_objective (&self->objectives[i]);
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
  g_free (self->slots);
  g_free (self->input_struct);
  g_free (self->action_struct);
  g_free (self);
}

/* Values ------------------------------------------------------------------ */

static gboolean
load_text (const ShEvaluator *self,
           const ShBinding *binding,
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
      const ShBinding *binding,
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
       const ShBindings *bindings,
       const double *slots,
       gpointer values)
{
  for (guint i = 0; i < bindings->n; i++)
    {
      const ShBinding *binding = &bindings->bindings[i];
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
  ShAsked *asked;
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
      const ShBinding *binding = &asked->output.bindings[i];

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

gboolean
sh_evaluator_run (ShEvaluator *self,
                  const ShCall *call,
                  gconstpointer values,
                  GError **error)
{
  ShFault fault;

  for (guint i = 0; i < call->first.n; i++)
    {
      const ShBinding *binding = &call->first.bindings[i];

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

const double *
sh_evaluator_get_result (const ShEvaluator *self, const ShCall *call)
{
  return &self->slots[self->code->functions[call->function].result_slot];
}

gboolean
sh_evaluator_take (ShEvaluator *self,
                   ShCall *call,
                   gconstpointer values,
                   GError **error)
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

gconstpointer
sh_evaluator_see (ShEvaluator *self, gconstpointer state, GError **error)
{
  g_return_val_if_fail (self != NULL && state != NULL, NULL);

  if (!sh_evaluator_take (self, &self->to_action, state, error))
    return NULL;
  if (self->concept->state == SH_NO_FUNCTION)
    return state;
  if (!sh_evaluator_run (self, &self->to_input, state, error))
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
          if (!sh_evaluator_run (self, &self->reward, state, error))
            return FALSE;
          evaluation->reward = sh_evaluator_get_result (self, &self->reward)[0];
        }
      evaluation->earned = evaluation->reward;
      if (concept->terminal != SH_NO_FUNCTION)
        {
          if (!sh_evaluator_run (self, &self->terminal, state, error))
            return FALSE;
          evaluation->terminal =
              sh_evaluator_get_result (self, &self->terminal)[0] != 0;
          evaluation->over |= evaluation->terminal;
        }
    }
  if (concept->n_objectives > 0 &&
      !sh_evaluator_judge (self, state, evaluation, error))
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
      if (!sh_evaluator_run (self, &self->to_action, output, error))
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

  return sh_evaluator_take_objectives (self, action, error) &&
         sh_evaluator_take (self, &self->reward, action, error) &&
         sh_evaluator_take (self, &self->terminal, action, error);
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

  if (!sh_evaluator_run (self, &self->mask, state, error))
    return FALSE;
  if (read_mask (self->concept, sh_evaluator_get_result (self, &self->mask),
                 mask, error))
    return TRUE;
  g_prefix_error (error, "%s: ", self->code->file);
  return FALSE;
}
