/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Conversion of states and equivalence of actions, with messages that name the
 * field.
 */

#include "sh-check.h"

#include "sh-resolve.h"
#include "sh-suggestion.h"

#include <string.h>

/* "'position'" or "'arm.angle'"; where in two types one is. */
typedef struct Path Path;

struct Path
{
  const Path *parent;
  const char *name; /* NULL: an element */
};

static void
append_path (GString *out, const Path *path)
{
  if (path == NULL)
    return;
  append_path (out, path->parent);
  if (path->name == NULL)
    g_string_append (out, "[]");
  else
    g_string_append_printf (out, "%s%s", out->len > 0 ? "." : "", path->name);
}

static char *
path_to_string (const Path *path)
{
  GString *out = g_string_new (NULL);

  append_path (out, path);
  return g_string_free (out, FALSE);
}

/* States ------------------------------------------------------------------ */

static gboolean check_part (ShScope *scope,
                            const ShType *state,
                            const ShType *input,
                            const ShCheckParties *parties,
                            const Path *path,
                            ShSpan span);

static void
refuse_field (ShScope *scope,
              const ShType *state,
              const ShCheckParties *parties,
              const Path *path,
              ShSpan span)
{
  g_autofree char *name = path_to_string (path);
  ShSuggestion suggestion;

  sh_diagnostics_error (scope->diagnostics, span,
                        "%s has no field '%s', which %s has", parties->source,
                        name, parties->target);
  sh_suggestion_init (&suggestion, path->name);
  for (guint i = 0; i < state->n_fields; i++)
    sh_suggestion_offer (&suggestion, state->fields[i].name);
  if (suggestion.best != NULL)
    sh_diagnostics_hint (scope->diagnostics, "it has '%s'", suggestion.best);
}

static gboolean
check_fields (ShScope *scope,
              const ShType *state,
              const ShType *input,
              const ShCheckParties *parties,
              const Path *path,
              ShSpan span)
{
  gboolean is_right = TRUE;

  for (guint i = 0; i < input->n_fields; i++)
    {
      const ShTypeField *field = &input->fields[i];
      const ShTypeField *source = sh_type_find_field (state, field->name);
      Path part = { .parent = path, .name = field->name };

      if (source == NULL)
        refuse_field (scope, state, parties, &part, span);
      if (source == NULL ||
          !check_part (scope, source->type, field->type, parties, &part, span))
        is_right = FALSE;
    }
  return is_right;
}

/* Numbers and texts: enumerations must be met exactly, ranges need not. */
static gboolean
check_value (ShScope *scope,
             const ShType *state,
             const ShType *input,
             const ShCheckParties *parties,
             const Path *path,
             ShSpan span)
{
  g_autofree char *name = NULL, *wide = NULL, *narrow = NULL;
  gboolean is_range = input->kind == SH_TYPE_NUMBER &&
                      (input->constraint == SH_CONSTRAINT_NONE ||
                       input->constraint == SH_CONSTRAINT_RANGE);

  if (sh_type_includes (input, state))
    return TRUE;
  name = path_to_string (path);
  wide = sh_resolve_describe (state);
  narrow = sh_resolve_describe (input);
  if (is_range)
    {
      sh_diagnostics_warning (
          scope->diagnostics, span, "%s '%s' is %s, wider than %s %s",
          parties->source_s, name, wide, parties->target_s, narrow);
      return TRUE;
    }
  sh_diagnostics_error (scope->diagnostics, span, "%s '%s' is %s, %s has %s",
                        parties->source_s, name, wide, parties->target, narrow);
  return FALSE;
}

static gboolean
check_part (ShScope *scope,
            const ShType *state,
            const ShType *input,
            const ShCheckParties *parties,
            const Path *path,
            ShSpan span)
{
  g_autofree char *name = NULL, *found = NULL, *wanted = NULL;

  if (state == input)
    return TRUE;
  if (state->kind == input->kind)
    switch (state->kind)
      {
      case SH_TYPE_NUMBER:
      case SH_TYPE_STRING:
        return check_value (scope, state, input, parties, path, span);
      case SH_TYPE_STRUCT:
        return check_fields (scope, state, input, parties, path, span);
      case SH_TYPE_ARRAY:
        if (state->length == input->length)
          {
            Path part = { .parent = path };

            return check_part (scope, state->element, input->element, parties,
                               &part, span);
          }
        break;
      case SH_TYPE_IMAGE:
      default:
        if (sh_type_equivalent (state, input))
          return TRUE;
        break;
      }
  name = path_to_string (path);
  found = sh_resolve_describe (state);
  wanted = sh_resolve_describe (input);
  sh_diagnostics_error (scope->diagnostics, span, "%s '%s' is %s, %s has %s",
                        parties->source_s, name, found, parties->target,
                        wanted);
  return FALSE;
}

gboolean
sh_check_cast (ShScope *scope,
               const ShType *source,
               const ShType *target,
               const ShCheckParties *parties,
               ShSpan span)
{
  return check_part (scope, source, target, parties, NULL, span);
}

gboolean
sh_check_state (ShScope *scope,
                const ShType *state,
                const ShType *input,
                ShSpan span)
{
  static const ShCheckParties parties = { "the simulator's state",
                                          "the simulator's",
                                          "the concept's input",
                                          "the concept's" };

  g_assert (state->kind == SH_TYPE_STRUCT && input->kind == SH_TYPE_STRUCT);

  return sh_check_cast (scope, state, input, &parties, span);
}

/* Equivalence ------------------------------------------------------------- */

/* The first difference of two structs, in words. */
static char *
find_difference (const ShType *a,
                 const char *ours,
                 const ShType *b,
                 const char *theirs)
{
  for (guint i = 0; i < MIN (a->n_fields, b->n_fields); i++)
    {
      const ShTypeField *first = &a->fields[i], *second = &b->fields[i];
      g_autofree char *one = NULL, *other = NULL;

      if (strcmp (first->name, second->name) != 0)
        return g_strdup_printf ("field %u of %s is '%s', of %s '%s'", i + 1,
                                ours, first->name, theirs, second->name);
      if (sh_type_equivalent (first->type, second->type))
        continue;
      one = sh_resolve_describe (first->type);
      other = sh_resolve_describe (second->type);
      return g_strdup_printf ("'%s' of %s is %s, of %s %s", first->name, ours,
                              one, theirs, other);
    }
  return g_strdup_printf ("%s has %u field%s, %s %u", ours, a->n_fields,
                          a->n_fields == 1 ? "" : "s", theirs, b->n_fields);
}

gboolean
sh_check_equivalent (ShScope *scope,
                     const ShType *type,
                     const char *ours,
                     const ShType *other,
                     const char *theirs,
                     ShSpan span)
{
  g_autofree char *difference = NULL;

  if (sh_type_equivalent (type, other))
    return TRUE;
  if (type->kind == SH_TYPE_STRUCT && other->kind == SH_TYPE_STRUCT)
    difference = find_difference (type, ours, other, theirs);
  else
    {
      g_autofree char *one = sh_resolve_describe (type);
      g_autofree char *two = sh_resolve_describe (other);

      difference = g_strdup_printf ("%s is %s, %s %s", ours, one, theirs, two);
    }
  sh_diagnostics_error (scope->diagnostics, span, "%s", difference);
  return FALSE;
}
