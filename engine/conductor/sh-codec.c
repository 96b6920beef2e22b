/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Moves values between structs and a learner's vectors.
 */

#include "sh-codec.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "sh-codec-private.h"
#include "sh-component.h"
#include "sh-error.h"
#include "sh-member.h"

/* What must be in a table */

static gboolean
state_needs (const char *field, const ShConcept *concept)
{
  return sh_concept_reads_state (concept, field);
}

static gboolean
always_needs (const char *field, const ShConcept *concept)
{
  return TRUE;
}

static gboolean
scenario_needs (const char *field, const ShConcept *concept)
{
  for (guint i = 0; i < concept->n_lessons; i++)
    {
      const ShType *scenario = concept->lessons[i].scenario;

      if (scenario != NULL && sh_type_find_field (scenario, field) != NULL)
        return TRUE;
    }
  return FALSE;
}

static gboolean
check_scenarios (const ShConcept *concept, GError **error)
{
  for (guint i = 0; i < concept->n_lessons; i++)
    {
      const ShType *scenario = concept->lessons[i].scenario;

      for (guint j = 0; scenario != NULL && j < scenario->n_fields; j++)
        if (!sh_codec_check_texts (scenario->fields[j].type, "scenario",
                                   scenario->fields[j].name, error))
          return FALSE;
    }
  return TRUE;
}

static const ShCodecTable *
get_input (const ShCodec *codec)
{
  return codec->has_input ? &codec->own_input : &codec->state;
}

static const ShCodecTable *
get_output (const ShCodec *codec)
{
  return codec->has_output ? &codec->own_output : &codec->action;
}

/* Encodings and decodings */

static gboolean
encoding_init (ShEncoding *encoding,
               const SimhostField *row,
               const ShTypeField *field,
               GError **error)
{
  const ShType *type = field->type;

  encoding->row = row;
  encoding->type = sh_type_ref (field->type);
  encoding->kind = SH_ENCODING_NUMBER;
  encoding->n_floats = 1;
  if (type->kind == SH_TYPE_STRING)
    encoding->kind = SH_ENCODING_ONE_HOT_TEXT;
  else if (type->constraint == SH_CONSTRAINT_NOMINAL)
    encoding->kind = SH_ENCODING_ONE_HOT;
  if (encoding->kind == SH_ENCODING_NUMBER)
    return TRUE;

  if (type->n_values > SH_CODEC_MAX_CHOICES)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_LIMIT,
                   "state field '%s' has %u values; an enumeration may have "
                   "%u",
                   field->name, type->n_values, SH_CODEC_MAX_CHOICES);
      return FALSE;
    }
  encoding->n_floats = type->n_values;
  if (encoding->kind == SH_ENCODING_ONE_HOT)
    {
      /* 0.1 in a float is not the 0.1 of the program: compare what the member
       * can hold. */
      guint64 member;

      encoding->values = g_new (double, type->n_values);
      for (guint i = 0; i < type->n_values; i++)
        {
          sh_member_store (row->type, &member, type->values[i].value);
          encoding->values[i] = sh_member_load (row->type, &member);
        }
    }
  return TRUE;
}

static gboolean
codec_init_encodings (ShCodec *codec, const ShConcept *concept, GError **error)
{
  const ShType *input = concept->input;
  guint64 n_observations = 0;

  codec->encodings = g_new0 (ShEncoding, input->n_fields + 1);
  for (guint i = 0; i < input->n_fields; i++)
    {
      const ShTypeField *field = &input->fields[i];
      const SimhostField *row =
          sh_codec_table_find (get_input (codec), field->name);
      gboolean text;

      if (row == NULL)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                       "concept '%s': the simulator's state has no field '%s' "
                       "of which the input speaks",
                       concept->name, field->name);
          return FALSE;
        }
      text = row->type == SIMHOST_TYPE_STRING;
      if (sh_member_type_for (field->type) == 0 ||
          text != (field->type->kind == SH_TYPE_STRING))
        {
          g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                       "concept '%s': input field '%s' is %s, but in the "
                       "simulator's state it is %s",
                       concept->name, field->name,
                       sh_codec_describe_type (field->type),
                       text ? "text" : "a number");
          return FALSE;
        }
      if (text && field->type->n_values == 0)
        {
          g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                       "concept '%s': input field '%s' is free text; list the "
                       "values that it may have, string<\"a\", \"b\">",
                       concept->name, field->name);
          return FALSE;
        }
      if (!encoding_init (&codec->encodings[codec->n_encodings++], row, field,
                          error))
        return FALSE;
      n_observations += codec->encodings[i].n_floats;
    }
  if (n_observations == 0 || n_observations > SH_CODEC_MAX_OBSERVATION)
    {
      g_set_error (error, SH_ERROR,
                   n_observations == 0 ? SH_ERROR_SCHEMA : SH_ERROR_LIMIT,
                   "concept '%s': an observation of %" G_GUINT64_FORMAT
                   " numbers; there may be 1 to %u",
                   concept->name, n_observations, SH_CODEC_MAX_OBSERVATION);
      return FALSE;
    }
  codec->space = sh_space_new ((guint) n_observations,
                               get_output (codec)->schema.n_fields);
  return TRUE;
}

/* What the concept reads of a state for an action. */
static gboolean
codec_init_seen (ShCodec *codec, const ShConcept *concept, GError **error)
{
  const ShType *state = concept->source.state;

  if (!codec->has_input && concept->mask == SH_NO_FUNCTION)
    {
      codec->n_seen = codec->n_encodings;
      codec->seen = codec->encodings;
      return TRUE;
    }
  codec->seen = g_new0 (ShEncoding, state->n_fields + 1);
  for (guint i = 0; i < state->n_fields; i++)
    {
      const ShTypeField *field = &state->fields[i];
      const SimhostField *row =
          sh_codec_table_find (&codec->state, field->name);

      if (sh_concept_sees_state (concept, field->name) && row != NULL &&
          !encoding_init (&codec->seen[codec->n_seen++], row, field, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
codec_init_decodings (ShCodec *codec, const ShConcept *concept, GError **error)
{
  const ShCodecTable *output = get_output (codec);
  guint n = output->schema.n_fields;

  if (n == 0)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                   "concept '%s': the action has no fields", concept->name);
      return FALSE;
    }
  codec->n_decodings = n;
  codec->decodings = g_new0 (ShDecoding, n);
  for (guint i = 0; i < n; i++)
    {
      ShDecoding *decoding = &codec->decodings[i];
      ShComponent *component = &codec->space->actions[i];
      guint n_choices;

      sh_component_init (component, output->types[i]);
      n_choices = component->n_choices;
      if (n_choices > SH_CODEC_MAX_CHOICES)
        {
          g_set_error (
              error, SH_ERROR, SH_ERROR_LIMIT,
              "concept '%s': action field '%s' has %s%u values; "
              "there may be %u; give a longer step, or a range without "
              "one",
              concept->name, output->rows[i].name,
              n_choices == G_MAXUINT ? "over " : "", n_choices,
              SH_CODEC_MAX_CHOICES);
          return FALSE;
        }
      decoding->row = &output->rows[i];
      decoding->type = output->types[i];
      decoding->n_choices = n_choices;
      decoding->low = component->low;
      decoding->high = component->high;
    }
  return TRUE;
}

static void
encodings_free (ShEncoding *encodings, guint n)
{
  for (guint i = 0; i < n; i++)
    {
      g_clear_pointer (&encodings[i].type, sh_type_unref);
      g_free (encodings[i].values);
    }
  g_free (encodings);
}

static void
codec_free (ShCodec *codec)
{
  sh_codec_table_clear (&codec->state);
  sh_codec_table_clear (&codec->action);
  sh_codec_table_clear (&codec->config);
  sh_codec_table_clear (&codec->own_input);
  sh_codec_table_clear (&codec->own_output);
  if (codec->seen != codec->encodings)
    encodings_free (codec->seen, codec->n_seen);
  encodings_free (codec->encodings, codec->n_encodings);
  sh_codec_clear_asked (codec);
  g_free (codec->decodings);
  g_free (codec->masked);
  g_clear_pointer (&codec->space, sh_space_free);
  g_free (codec->simulator);
  g_free (codec);
}

static gboolean
codec_init_own_tables (ShCodec *codec, const ShConcept *concept, GError **error)
{
  codec->has_input = concept->state != SH_NO_FUNCTION;
  codec->has_output = concept->action != SH_NO_FUNCTION;
  return (!codec->has_input ||
          sh_codec_table_init (&codec->own_input, concept->input, "input",
                               FALSE, always_needs, concept, error)) &&
         (!codec->has_output ||
          sh_codec_table_init (&codec->own_output, concept->output, "output",
                               FALSE, always_needs, concept, error));
}

ShEvaluator *
sh_codec_new_evaluator (const ShCodec *codec, const ShConcept *concept)
{
  g_autoptr (GError) error = NULL;
  ShEvaluator *evaluator;

  g_return_val_if_fail (codec != NULL && concept != NULL, NULL);

  evaluator = sh_codec_make_evaluator (codec, concept, &error);
  g_assert_no_error (error); /* the codec has tried */
  return evaluator;
}

ShCodec *
sh_codec_new_plain (const ShConcept *concept, GError **error)
{
  g_autoptr (ShCodec) codec = NULL;
  const ShSource *source = &concept->source;

  codec = g_new0 (ShCodec, 1);
  g_atomic_ref_count_init (&codec->ref_count);
  codec->simulator = source->name != NULL
                         ? g_strdup_printf ("simulator '%s'", source->name)
                         : g_strdup ("simulator");
  if (!sh_codec_table_init (&codec->state, source->state, "state", FALSE,
                            state_needs, concept, error) ||
      !sh_codec_table_init (&codec->action, source->action, "action", FALSE,
                            always_needs, concept, error) ||
      !sh_codec_table_init (&codec->config, source->config, "config", TRUE,
                            scenario_needs, concept, error) ||
      !check_scenarios (concept, error) ||
      !codec_init_own_tables (codec, concept, error) ||
      !codec_init_encodings (codec, concept, error) ||
      !codec_init_seen (codec, concept, error) ||
      !codec_init_decodings (codec, concept, error))
    return NULL;
  sh_codec_init_mask (codec, concept);
  return g_steal_pointer (&codec);
}

ShCodec *
sh_codec_new_for_graph (const ShConcept *concept,
                        GPtrArray *policies,
                        GError **error)
{
  g_autoptr (ShCodec) codec = NULL;
  g_autoptr (ShEvaluator) evaluator = NULL;

  g_return_val_if_fail (concept != NULL, NULL);

  codec = sh_codec_new_plain (concept, error);
  if (codec == NULL || !sh_codec_init_asked (codec, concept, policies, error))
    return NULL;
  evaluator = sh_codec_make_evaluator (codec, concept, error);
  return evaluator != NULL ? g_steal_pointer (&codec) : NULL;
}

ShCodec *
sh_codec_new (const ShConcept *concept, GError **error)
{
  return sh_codec_new_for_graph (concept, NULL, error);
}

GPtrArray *
sh_codec_get_policies (const ShCodec *codec)
{
  g_return_val_if_fail (codec != NULL, NULL);

  return codec->policies;
}

ShCodec *
sh_codec_ref (ShCodec *codec)
{
  g_return_val_if_fail (codec != NULL, NULL);

  g_atomic_ref_count_inc (&codec->ref_count);
  return codec;
}

void
sh_codec_unref (ShCodec *codec)
{
  g_return_if_fail (codec != NULL);

  if (g_atomic_ref_count_dec (&codec->ref_count))
    codec_free (codec);
}

const SimhostSchema *
sh_codec_get_state_table (const ShCodec *codec)
{
  g_return_val_if_fail (codec != NULL, NULL);

  return &codec->state.schema;
}

const SimhostSchema *
sh_codec_get_action_table (const ShCodec *codec)
{
  g_return_val_if_fail (codec != NULL, NULL);

  return &codec->action.schema;
}

const SimhostSchema *
sh_codec_get_config_table (const ShCodec *codec)
{
  g_return_val_if_fail (codec != NULL, NULL);

  return &codec->config.schema;
}

const SimhostSchema *
sh_codec_get_input_table (const ShCodec *codec)
{
  g_return_val_if_fail (codec != NULL, NULL);

  return &get_input (codec)->schema;
}

const SimhostSchema *
sh_codec_get_output_table (const ShCodec *codec)
{
  g_return_val_if_fail (codec != NULL, NULL);

  return &get_output (codec)->schema;
}

const ShSpace *
sh_codec_get_space (const ShCodec *codec)
{
  g_return_val_if_fail (codec != NULL, NULL);

  return codec->space;
}

/* Values */

static gboolean
observe_one_hot (const ShCodec *codec,
                 const ShEncoding *encoding,
                 double value,
                 float *out,
                 GError **error)
{
  char found[G_ASCII_DTOSTR_BUF_SIZE];
  gboolean any = FALSE;

  for (guint i = 0; i < encoding->n_floats; i++)
    {
      gboolean hit = !any && encoding->values[i] == value;

      if (out != NULL)
        out[i] = hit ? 1.0f : 0.0f;
      any = any || hit;
    }
  if (any)
    return TRUE;
  g_ascii_formatd (found, sizeof found, "%.9g", value);
  g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
               "%s: state field '%s' is %s, which is none of the values that "
               "the program gives it",
               codec->simulator, encoding->row->name, found);
  return FALSE;
}

static gboolean
observe_one_hot_text (const ShCodec *codec,
                      const ShEncoding *encoding,
                      const char *text,
                      float *out,
                      GError **error)
{
  gboolean any = FALSE;

  for (guint i = 0; i < encoding->n_floats; i++)
    {
      gboolean hit = !any && strncmp (text, encoding->type->values[i].text,
                                      SH_CODEC_TEXT_SIZE) == 0;

      if (out != NULL)
        out[i] = hit ? 1.0f : 0.0f;
      any = any || hit;
    }
  if (any)
    return TRUE;
  g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
               "%s: state field '%s' is \"%.*s\", which is none of the values "
               "that the program gives it",
               codec->simulator, encoding->row->name,
               (int) SH_CODEC_TEXT_SIZE - 1, text);
  return FALSE;
}

/* One member to its floats; `out` may be NULL, then it is only looked at. */
static gboolean
observe_member (const ShCodec *codec,
                const ShEncoding *encoding,
                gconstpointer values,
                float *out,
                GError **error)
{
  const char *member = (const char *) values + encoding->row->offset;
  double value;

  if (encoding->kind == SH_ENCODING_ONE_HOT_TEXT)
    return observe_one_hot_text (codec, encoding, member, out, error);
  value = sh_member_load (encoding->row->type, member);
  if (!isfinite (value))
    {
      g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
                   "%s: state field '%s' is %s, which is not a finite "
                   "number",
                   codec->simulator, encoding->row->name,
                   isnan (value) ? "nan"
                   : value > 0   ? "inf"
                                 : "-inf");
      return FALSE;
    }
  if (encoding->kind == SH_ENCODING_ONE_HOT)
    return observe_one_hot (codec, encoding, value, out, error);
  if (out != NULL)
    *out = (float) CLAMP (value, -FLT_MAX, FLT_MAX);
  return TRUE;
}

gboolean
sh_codec_check_state (const ShCodec *codec, gconstpointer state, GError **error)
{
  g_return_val_if_fail (codec != NULL && state != NULL, FALSE);

  for (guint i = 0; i < codec->n_seen; i++)
    if (!observe_member (codec, &codec->seen[i], state, NULL, error))
      return FALSE;
  return TRUE;
}

gboolean
sh_codec_observe (const ShCodec *codec,
                  gconstpointer input,
                  float *observation,
                  GError **error)
{
  g_return_val_if_fail (codec != NULL && input != NULL, FALSE);
  g_return_val_if_fail (observation != NULL, FALSE);

  for (guint i = 0; i < codec->n_encodings; i++)
    {
      if (!observe_member (codec, &codec->encodings[i], input, observation,
                           error))
        return FALSE;
      observation += codec->encodings[i].n_floats;
    }
  return TRUE;
}

static double
get_choice (const ShDecoding *decoding, guint index)
{
  const ShType *type = decoding->type;

  return type->constraint == SH_CONSTRAINT_RANGE
             ? type->min
             : sh_type_get_choice (type, index);
}

void
sh_codec_act (const ShCodec *codec, const float *action, gpointer values)
{
  g_return_if_fail (codec != NULL && action != NULL && values != NULL);

  memset (values, 0, get_output (codec)->schema.size);
  for (guint i = 0; i < codec->n_decodings; i++)
    {
      const ShDecoding *decoding = &codec->decodings[i];
      char *member = (char *) values + decoding->row->offset;
      double value = (double) action[i];
      guint index;

      if (decoding->n_choices == 0)
        {
          /* A range may start above 0, where a NaN would end up. */
          value = isnan (value) ? 0 : value;
          value = CLAMP (value, decoding->low, decoding->high);
          sh_member_store (decoding->row->type, member, value);
          continue;
        }
      index = value > 0 ? (guint) MIN (value, decoding->n_choices - 1) : 0;
      if (decoding->row->type == SIMHOST_TYPE_STRING)
        g_strlcpy (member, decoding->type->values[index].text,
                   SH_CODEC_TEXT_SIZE);
      else
        sh_member_store (decoding->row->type, member,
                         get_choice (decoding, index));
    }
}

/* As the member would hold it: a choice may have been rounded on its way. */
static gboolean
is_choice (const ShDecoding *decoding, guint index, double value)
{
  guint64 member = 0;

  sh_member_store (decoding->row->type, (char *) &member,
                   get_choice (decoding, index));
  return sh_member_load (decoding->row->type, (const char *) &member) == value;
}

/* The index of the choice that a member holds, or -1. */
static gint64
find_choice (const ShDecoding *decoding, const char *member)
{
  gboolean text = decoding->row->type == SIMHOST_TYPE_STRING;
  double value = text ? 0 : sh_member_load (decoding->row->type, member);

  for (guint i = 0; i < decoding->n_choices; i++)
    if (text ? strncmp (member, decoding->type->values[i].text,
                        SH_CODEC_TEXT_SIZE) == 0
             : is_choice (decoding, i, value))
      return i;
  return -1;
}

gboolean
sh_codec_read_action (const ShCodec *codec,
                      gconstpointer values,
                      float *action,
                      GError **error)
{
  g_return_val_if_fail (codec != NULL && values != NULL, FALSE);
  g_return_val_if_fail (action != NULL, FALSE);

  if (codec->has_output)
    {
      g_set_error (error, SH_ERROR, SH_ERROR_SCHEMA,
                   "%s: an action of its own cannot be learnt from, as the "
                   "program has an action function",
                   codec->simulator);
      return FALSE;
    }
  for (guint i = 0; i < codec->n_decodings; i++)
    {
      const ShDecoding *decoding = &codec->decodings[i];
      const char *member = (const char *) values + decoding->row->offset;
      gboolean discrete = decoding->n_choices > 0;
      double value = discrete ? (double) find_choice (decoding, member)
                              : sh_member_load (decoding->row->type, member);

      if (discrete ? value < 0 : !isfinite (value))
        {
          g_set_error (error, SH_ERROR, SH_ERROR_VALUE,
                       "%s: action field '%s' is %s", codec->simulator,
                       decoding->row->name,
                       discrete ? "none of the values that the program gives it"
                                : "not a finite number");
          return FALSE;
        }
      if (!discrete)
        value = CLAMP (value, decoding->low, decoding->high);
      action[i] = (float) CLAMP (value, -FLT_MAX, FLT_MAX);
    }
  return TRUE;
}
