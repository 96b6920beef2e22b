/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * From a value to one of a type: what may go where, and the code for it.
 */

#include "sh-function-private.h"

#include "sh-resolve.h"

static gboolean
refuse (ShCompiler *self,
        const ShType *found,
        const ShType *wanted,
        ShSpan span)
{
  g_autofree char *one = sh_resolve_describe (found);
  g_autofree char *other = sh_resolve_describe (wanted);

  sh_compiler_error (self, span, "%s where there must be %s", one, other);
  return FALSE;
}

/* Whether each value of a number type is as it is also a value of another, bits
 * and all. */
static gboolean
needs_nothing (const ShType *from, const ShType *to)
{
  if (!sh_type_includes (to, from))
    return FALSE;
  return to->number != SH_NUMBER_FLOAT32 || from->number == SH_NUMBER_FLOAT32 ||
         (sh_number_kind_is_integer (from->number) && from->min >= -0x1p24 &&
          from->max <= 0x1p24);
}

static gboolean
convert_constant (ShCompiler *self,
                  double number,
                  ShType *type,
                  guint32 slot,
                  ShSpan span)
{
  g_autofree char *found = NULL, *wanted = NULL;
  ShConversion conversion = { .type = type };

  if (sh_type_has_number (type, number))
    {
      if (type->number == SH_NUMBER_FLOAT32 && type->n_values == 0)
        sh_conversion_apply (&conversion, &number);
      sh_compiler_copy (self, slot, sh_compiler_number (self->all, number), 1);
      return TRUE;
    }
  found = sh_number_to_string (number);
  wanted = sh_resolve_describe (type);
  sh_compiler_error (self, span, "%s is not a value of %s", found, wanted);
  return FALSE;
}

static void
warn_clipped (ShCompiler *self, const ShValue *value, ShType *type, ShSpan span)
{
  g_autofree char *found = sh_resolve_describe (value->type);
  g_autofree char *wanted = sh_resolve_describe (type);
  ShDiagnostics *diagnostics = self->all->scope->diagnostics;

  sh_diagnostics_warning (diagnostics, span, "%s is clipped to %s", found,
                          wanted);
  if (type->name != NULL)
    sh_diagnostics_hint (diagnostics, "write %s(...) to say so", type->name);
}

static gboolean
convert_number (ShCompiler *self,
                const ShValue *value,
                ShType *type,
                guint32 slot,
                gboolean is_cast,
                ShSpan span)
{
  gboolean is_listed = type->n_values > 0;
  ShInstruction instruction = { .op = SH_OP_CONVERT,
                                .dst = slot,
                                .a = value->slot };

  if (value->is_constant)
    {
      double number = value->number;
      ShConversion conversion = { .type = type };

      if (is_cast && !is_listed)
        sh_conversion_apply (&conversion, &number);
      return convert_constant (self, number, type, slot, span);
    }
  if (needs_nothing (value->type, type))
    {
      sh_compiler_copy (self, slot, value->slot, 1);
      return TRUE;
    }
  if (is_listed && !is_cast)
    {
      g_autofree char *wanted = sh_resolve_describe (type);

      sh_compiler_error (self, span, "any number where there must be %s",
                         wanted);
      if (type->name != NULL)
        sh_compiler_hint (self, "convert it, as in %s(...)", type->name);
      return FALSE;
    }
  if (!is_cast && !sh_type_includes (type, value->type))
    warn_clipped (self, value, type, span);
  instruction.c = sh_compiler_conversion (self->all, type, is_listed);
  sh_compiler_emit (self, instruction);
  return TRUE;
}

static gboolean
convert_text (ShCompiler *self,
              const ShValue *value,
              ShType *type,
              guint32 slot,
              ShSpan span)
{
  const GPtrArray *texts = self->all->text_list;

  /* A text that is known is in a constant's slot. */
  if (!sh_type_includes (type, value->type))
    {
      guint number;

      if ((value->slot & (SH_LOCAL | SH_TEMPORARY)) != 0)
        return refuse (self, value->type, type, span);
      number = g_array_index (self->all->initial, double, value->slot);
      if (!sh_type_has_text (type, texts->pdata[number]))
        {
          g_autofree char *wanted = sh_resolve_describe (type);

          sh_compiler_error (self, span, "\"%.60s\" is not a value of %s",
                             (const char *) texts->pdata[number], wanted);
          return FALSE;
        }
    }
  sh_compiler_copy (self, slot, value->slot, 1);
  return TRUE;
}

static gboolean
convert_struct (ShCompiler *self,
                const ShValue *value,
                ShType *type,
                guint32 slot,
                gboolean is_cast,
                ShSpan span)
{
  for (guint i = 0; i < type->n_fields; i++)
    {
      ShTypeField *field = &type->fields[i];
      guint32 at = value->slot;
      ShValue part = { 0 };

      for (guint j = 0; j < value->type->n_fields; j++)
        {
          const ShTypeField *other = &value->type->fields[j];

          if (g_str_equal (other->name, field->name))
            {
              part.type = other->type;
              part.slot = at;
              break;
            }
          at += sh_bytecode_count_slots (other->type);
        }
      if (part.type == NULL)
        {
          sh_compiler_error (self, span, "the struct has no field '%s'%s%s",
                             field->name,
                             type->name != NULL ? ", which there is in " : "",
                             type->name != NULL ? type->name : "");
          return FALSE;
        }
      if (!sh_compiler_convert (self, &part, field->type, slot, is_cast, span))
        return FALSE;
      slot += sh_bytecode_count_slots (field->type);
    }
  return TRUE;
}

static gboolean
convert_array (ShCompiler *self,
               const ShValue *value,
               ShType *type,
               guint32 slot,
               gboolean is_cast,
               ShSpan span)
{
  guint from = sh_bytecode_count_slots (value->type->element);
  guint to = sh_bytecode_count_slots (type->element);

  if (value->type->length != type->length)
    {
      sh_compiler_error (self, span, "%u elements where there must be %u",
                         value->type->length, type->length);
      return FALSE;
    }
  for (guint i = 0; i < type->length && !self->self->is_full; i++)
    {
      ShValue part = { .type = value->type->element,
                       .slot = value->slot + i * from };

      if (!sh_compiler_convert (self, &part, type->element, slot + i * to,
                                is_cast, span))
        return FALSE;
    }
  return TRUE;
}

gboolean
sh_compiler_convert (ShCompiler *self,
                     const ShValue *value,
                     ShType *type,
                     guint32 slot,
                     gboolean is_cast,
                     ShSpan span)
{
  if (value->type->kind != type->kind)
    return refuse (self, value->type, type, span);
  if (!value->is_constant && sh_type_equivalent (value->type, type))
    {
      sh_compiler_copy (self, slot, value->slot,
                        sh_bytecode_count_slots (type));
      return TRUE;
    }
  switch (type->kind)
    {
    case SH_TYPE_NUMBER:
      return convert_number (self, value, type, slot, is_cast, span);
    case SH_TYPE_STRING:
      return convert_text (self, value, type, slot, span);
    case SH_TYPE_STRUCT:
      return convert_struct (self, value, type, slot, is_cast, span);
    case SH_TYPE_ARRAY:
      return convert_array (self, value, type, slot, is_cast, span);
    case SH_TYPE_IMAGE:
    default:
      return refuse (self, value->type, type, span);
    }
}
