/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Scenarios. What a lesson says of a config field is laid over what the config
 * itself says: the kind of number is the config's, the constraint the lesson's,
 * or the config's where the lesson is silent.
 */

#include "sh-check.h"

#include "sh-resolve.h"
#include "sh-suggestion.h"
#include "sh-type-private.h"

#include <math.h>

static gboolean lay_over (ShScope *scope,
                          const ShType *config,
                          const ShType *scenario,
                          const char *name,
                          const ShTypeNode *node,
                          ShSpan span,
                          ShType **drawn);
static gboolean lay_struct (ShScope *scope,
                            const ShType *config,
                            const ShType *scenario,
                            const ShTypeNode *node,
                            ShSpan span,
                            ShType **drawn);

/* What to draw from when the config alone decides; NULL: nothing. */
static ShType *
draw_from_config (const ShType *config)
{
  switch (config->kind)
    {
    case SH_TYPE_NUMBER:
    case SH_TYPE_STRING:
      return config->constraint != SH_CONSTRAINT_NONE
                 ? sh_type_ref ((ShType *) config)
                 : NULL;
    case SH_TYPE_ARRAY:
      {
        ShType *element = draw_from_config (config->element);
        gboolean is_whole = element == config->element;

        g_clear_pointer (&element, sh_type_unref);
        return is_whole ? sh_type_ref ((ShType *) config) : NULL;
      }
    case SH_TYPE_STRUCT:
    case SH_TYPE_IMAGE:
    default:
      return NULL;
    }
}

static void
warn_undrawn (ShScope *scope, const char *name, ShSpan span)
{
  sh_diagnostics_warning (scope->diagnostics, span,
                          "'%s' has neither a value nor a range to draw from; "
                          "the simulator is left to choose",
                          name);
}

/* 0 or 1, as something to draw from. */
static ShType *
make_coin (void)
{
  static const ShEnumValue sides[] = { { .value = 0 }, { .value = 1 } };
  ShType *type = sh_type_new_number (SH_NUMBER_BOOL);

  type->constraint = SH_CONSTRAINT_ORDINAL;
  sh_type_set_values (type, 2, sides);
  return type;
}

static gboolean
is_whole (double value)
{
  return value == floor (value);
}

/* What the scenario says, as the config's kind of number; NULL when its limits
 * or values are none of that kind. */
static ShType *
convert_kind (const ShType *scenario, ShNumberKind kind)
{
  ShType *type;

  if (sh_number_kind_is_integer (kind))
    {
      if (!is_whole (scenario->min) || !is_whole (scenario->max) ||
          !is_whole (scenario->step))
        return NULL;
      for (guint i = 0; i < scenario->n_values; i++)
        if (!is_whole (scenario->values[i].value))
          return NULL;
    }
  type = sh_type_copy_scalar (scenario);
  type->number = kind;
  return type;
}

static void
refuse_wide (ShScope *scope,
             const ShType *config,
             const ShType *scenario,
             const char *name,
             ShSpan span)
{
  g_autofree char *found = sh_resolve_describe (scenario);
  g_autofree char *wanted = sh_resolve_describe (config);

  sh_diagnostics_error (scope->diagnostics, span,
                        "'%s' goes beyond the config: %s is not within %s",
                        name, found, wanted);
}

/* A range without steps, of a config that has some: what it holds of them. NULL
 * when it goes beyond the config, or holds none. */
static ShType *
take_steps (ShScope *scope,
            const ShType *config,
            const ShType *scenario,
            const char *name,
            ShSpan span)
{
  g_autofree char *size = NULL;
  double first, last;
  ShType *type;

  if (config->constraint != SH_CONSTRAINT_STEPS ||
      scenario->constraint != SH_CONSTRAINT_RANGE ||
      scenario->min < config->min || scenario->max > config->max)
    return NULL;
  /* 1e-9 forgives what the division rounds. */
  first = ceil ((scenario->min - config->min) / config->step - 1e-9);
  last = floor ((scenario->max - config->min) / config->step + 1e-9);
  if (first > last)
    return NULL;
  size = sh_number_to_string (config->step);
  sh_diagnostics_warning (scope->diagnostics, span,
                          "'%s' is drawn in steps of %s, which the config has",
                          name, size);
  type = sh_type_copy_scalar (config);
  type->min = config->min + first * config->step;
  type->max = scenario->max;
  if (is_whole (config->min) && is_whole (config->step))
    type->max = config->min + last * config->step;
  return type;
}

static gboolean
lay_number (ShScope *scope,
            const ShType *config,
            const ShType *scenario,
            const char *name,
            ShSpan span,
            ShType **drawn)
{
  g_autoptr (ShType) type = NULL;

  if (scenario->constraint == SH_CONSTRAINT_NONE)
    {
      if (config->constraint != SH_CONSTRAINT_NONE)
        *drawn = sh_type_ref ((ShType *) config);
      else if (config->number == SH_NUMBER_BOOL)
        *drawn = make_coin ();
      else
        warn_undrawn (scope, name, span);
      return TRUE;
    }
  if (config->number == scenario->number)
    type = sh_type_ref ((ShType *) scenario);
  else
    {
      if (!sh_scope_count (scope, scenario->n_values + 1, span))
        return FALSE;
      type = convert_kind (scenario, config->number);
    }
  if (type != NULL && sh_type_includes (config, type))
    *drawn = g_steal_pointer (&type);
  else
    *drawn = take_steps (scope, config, scenario, name, span);
  if (*drawn == NULL)
    refuse_wide (scope, config, scenario, name, span);
  return *drawn != NULL;
}

static gboolean
lay_text (ShScope *scope,
          const ShType *config,
          const ShType *scenario,
          const char *name,
          ShSpan span,
          ShType **drawn)
{
  if (scenario->constraint == SH_CONSTRAINT_NONE)
    {
      *drawn = draw_from_config (config);
      if (*drawn == NULL)
        warn_undrawn (scope, name, span);
      return TRUE;
    }
  if (!sh_type_includes (config, scenario))
    {
      refuse_wide (scope, config, scenario, name, span);
      return FALSE;
    }
  *drawn = sh_type_ref ((ShType *) scenario);
  return TRUE;
}

static gboolean
lay_array (ShScope *scope,
           const ShType *config,
           const ShType *scenario,
           const char *name,
           ShSpan span,
           ShType **drawn)
{
  g_autoptr (ShType) element = NULL;
  ShType *array;

  if (!lay_over (scope, config->element, scenario->element, name, NULL, span,
                 &element))
    return FALSE;
  if (element == NULL)
    return TRUE;
  if (!sh_scope_count (scope, 1, span))
    return FALSE;
  array = sh_type_new (SH_TYPE_ARRAY);
  array->element = g_steal_pointer (&element);
  array->length = config->length;
  array->depth = config->depth;
  array->n_all_fields = array->element->n_all_fields;
  array->size = array->length * array->element->size;
  *drawn = array;
  return TRUE;
}

/* Name to ShTypeField. */
static GHashTable *
index_fields (const ShType *type)
{
  GHashTable *fields = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; type != NULL && i < type->n_fields; i++)
    g_hash_table_insert (fields, type->fields[i].name, &type->fields[i]);
  return fields;
}

/* Name to ShFieldNode, where the scenario lists its fields. */
static GHashTable *
index_nodes (const ShTypeNode *node)
{
  GHashTable *nodes = g_hash_table_new (g_str_hash, g_str_equal);

  if (node != NULL && node->kind == SH_TYPE_NODE_STRUCT)
    for (ShFieldNode *field = node->fields; field != NULL; field = field->next)
      g_hash_table_insert (nodes, (gpointer) field->name.text, field);
  return nodes;
}

static void
refuse_name (ShScope *scope,
             const ShType *config,
             const char *name,
             ShSpan span)
{
  ShSuggestion suggestion;

  sh_diagnostics_error (scope->diagnostics, span,
                        "the simulator's config has no field '%s'", name);
  if (!sh_diagnostics_wants_hint (scope->diagnostics))
    return;
  sh_suggestion_init (&suggestion, name);
  for (guint i = 0; i < config->n_fields; i++)
    sh_suggestion_offer (&suggestion, config->fields[i].name);
  if (suggestion.best != NULL)
    sh_diagnostics_hint (scope->diagnostics, "did you mean '%s'?",
                         suggestion.best);
}

static gboolean
check_names (ShScope *scope,
             const ShType *config,
             const ShType *scenario,
             GHashTable *nodes,
             ShSpan span)
{
  g_autoptr (GHashTable) known = index_fields (config);
  gboolean is_right = TRUE;

  for (guint i = 0; scenario != NULL && i < scenario->n_fields; i++)
    {
      const char *name = scenario->fields[i].name;
      const ShFieldNode *node = g_hash_table_lookup (nodes, name);

      if (g_hash_table_contains (known, name))
        continue;
      refuse_name (scope, config, name, node != NULL ? node->name.span : span);
      is_right = FALSE;
    }
  return is_right;
}

/* What is drawn of one field; `source` is what the scenario says of it. */
static gboolean
lay_field (ShScope *scope,
           const ShTypeField *field,
           const ShTypeField *source,
           const ShFieldNode *node,
           ShSpan span,
           ShType **drawn)
{
  *drawn = NULL;
  if (source == NULL && field->type->kind == SH_TYPE_STRUCT)
    return lay_struct (scope, field->type, NULL, NULL, span, drawn);
  if (source == NULL)
    {
      *drawn = draw_from_config (field->type);
      return TRUE;
    }
  return lay_over (scope, field->type, source->type, field->name,
                   node != NULL ? node->type : NULL,
                   node != NULL ? node->type->span : span, drawn);
}

static gboolean
lay_struct (ShScope *scope,
            const ShType *config,
            const ShType *scenario,
            const ShTypeNode *node,
            ShSpan span,
            ShType **drawn)
{
  g_autoptr (GHashTable) sources = index_fields (scenario);
  g_autoptr (GHashTable) nodes = index_nodes (node);
  g_autoptr (ShType) type = sh_type_new (SH_TYPE_STRUCT);
  gboolean is_right = check_names (scope, config, scenario, nodes, span);

  if (!sh_scope_count (scope, config->n_fields, span))
    return FALSE;
  type->fields = g_new0 (ShTypeField, MAX (config->n_fields, 1));
  type->depth = config->depth;
  for (guint i = 0; i < config->n_fields; i++)
    {
      const char *name = config->fields[i].name;
      ShTypeField *made = &type->fields[type->n_fields];

      if (!lay_field (scope, &config->fields[i],
                      g_hash_table_lookup (sources, name),
                      g_hash_table_lookup (nodes, name), span, &made->type))
        is_right = FALSE;
      if (made->type == NULL)
        continue;
      made->name = g_strdup (name);
      type->n_fields++;
      type->n_all_fields += 1 + made->type->n_all_fields;
      type->size += made->type->size;
    }
  if (type->n_fields > 0)
    *drawn = g_steal_pointer (&type);
  return is_right;
}

static gboolean
lay_over (ShScope *scope,
          const ShType *config,
          const ShType *scenario,
          const char *name,
          const ShTypeNode *node,
          ShSpan span,
          ShType **drawn)
{
  g_autofree char *found = NULL, *wanted = NULL;

  if (config->kind == scenario->kind)
    switch (config->kind)
      {
      case SH_TYPE_NUMBER:
        return lay_number (scope, config, scenario, name, span, drawn);
      case SH_TYPE_STRING:
        return lay_text (scope, config, scenario, name, span, drawn);
      case SH_TYPE_ARRAY:
        if (config->length == scenario->length)
          return lay_array (scope, config, scenario, name, span, drawn);
        break;
      case SH_TYPE_STRUCT:
        return lay_struct (scope, config, scenario, node, span, drawn);
      case SH_TYPE_IMAGE:
      default:
        warn_undrawn (scope, name, span);
        return TRUE;
      }
  found = sh_resolve_describe (scenario);
  wanted = sh_resolve_describe (config);
  sh_diagnostics_error (scope->diagnostics, span,
                        "'%s' is %s, in the config %s", name, found, wanted);
  return FALSE;
}

gboolean
sh_check_scenario (ShScope *scope,
                   const ShType *config,
                   const ShType *scenario,
                   const ShTypeNode *node,
                   ShType **drawn)
{
  ShSpan span = node != NULL ? node->span : (ShSpan){ 0 };

  g_assert (config->kind == SH_TYPE_STRUCT);

  *drawn = NULL;
  if (scenario != NULL && scenario->kind != SH_TYPE_STRUCT)
    {
      g_autofree char *found = sh_resolve_describe (scenario);

      sh_diagnostics_error (scope->diagnostics, span,
                            "a scenario is a struct of config fields, not %s",
                            found);
      return FALSE;
    }
  return lay_struct (scope, config, scenario, node, span, drawn);
}
