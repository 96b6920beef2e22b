/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Runs compiled functions. What is checked here is only what depends on values:
 * sh_bytecode_verify has seen to the rest.
 */

#include "sh-bytecode.h"

#include "sh-bytecode-private.h"

#include <math.h>
#include <string.h>

/* The nearest value of an enumeration without names, or of steps. */
static double
find_nearest (const ShType *type, double value)
{
  double n;

  if (type->constraint == SH_CONSTRAINT_STEPS)
    {
      n = sh_type_get_n_choices (type) - 1.0;
      n = fmin (round ((value - type->min) / type->step), n);
      return fmin (type->min + n * type->step, type->max);
    }
  return value;
}

gboolean
sh_conversion_apply (const ShConversion *conversion, double *value)
{
  const ShType *type = conversion->type;
  double number = *value;

  if (type->n_values > 0 || conversion->is_strict)
    return sh_type_has_number (type, number);
  number = number < type->min ? type->min : number;
  number = number > type->max ? type->max : number;
  if (type->constraint == SH_CONSTRAINT_STEPS)
    number = find_nearest (type, number);
  else if (sh_number_kind_is_integer (type->number))
    number = round (number);
  else if (type->number == SH_NUMBER_FLOAT32)
    number = (float) CLAMP (number, -G_MAXFLOAT, G_MAXFLOAT);
  *value = number + 0.0; /* not -0 */
  return TRUE;
}

static gboolean
fail (ShFault *fault,
      const ShBytecode *code,
      const ShInstruction *at,
      const char *message)
{
  fault->instruction = (guint32) (at - code->instructions);
  g_strlcpy (fault->message, message, sizeof fault->message);
  return FALSE;
}

static gboolean
fail_at_index (ShFault *fault,
               const ShBytecode *code,
               const ShInstruction *at,
               double index)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.9g", index);
  fault->instruction = (guint32) (at - code->instructions);
  g_snprintf (fault->message, sizeof fault->message,
              index == floor (index)
                  ? "the index %s is not from 0 to %u"
                  : "the index %s is not a whole number from 0 to %u",
              number, at->c - 1);
  return FALSE;
}

static gboolean
fail_conversion (ShFault *fault,
                 const ShBytecode *code,
                 const ShInstruction *at,
                 double value)
{
  g_autofree char *type = sh_type_to_string (code->conversions[at->c].type);
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (number, sizeof number, "%.9g", value);
  fault->instruction = (guint32) (at - code->instructions);
  g_snprintf (fault->message, sizeof fault->message,
              "%s is not a value of %.60s", number, type);
  return FALSE;
}

#define BINARY(EXPRESSION)                                                     \
  {                                                                            \
    double a = slots[at->a], b = slots[at->b];                                 \
    slots[at->dst] = (EXPRESSION);                                             \
    break;                                                                     \
  }

/* The same where the result may be too large. */
#define ARITHMETIC(EXPRESSION)                                                 \
  {                                                                            \
    double a = slots[at->a], b = slots[at->b], result = (EXPRESSION);          \
                                                                               \
    if (G_UNLIKELY (!isfinite (result)))                                       \
      return fail (fault, code, at, "the result is too large");                \
    slots[at->dst] = result;                                                   \
    break;                                                                     \
  }

/* What can fail in more than one way, or takes long anyway. */
static const char *
compute (const ShInstruction *at, double *slots)
{
  switch (at->op)
    {
    case SH_OP_REMAINDER:
      return sh_math_binary (SH_OPERATOR_REMAINDER, slots[at->a], slots[at->b],
                             &slots[at->dst]);
    case SH_OP_POWER:
      return sh_math_binary (SH_OPERATOR_POWER, slots[at->a], slots[at->b],
                             &slots[at->dst]);
    case SH_OP_MATH:
    default:
      return sh_math_call (sh_math_get_function (at->c), &slots[at->a], at->n,
                           &slots[at->dst]);
    }
}

static gboolean
ask (const ShAsker *asker,
     const ShBytecode *code,
     const ShInstruction *at,
     double *slots,
     ShFault *fault)
{
  g_autoptr (GError) error = NULL;

  if (asker == NULL)
    return fail (fault, code, at, "there is no policy to ask");
  if (asker->ask (asker->data, at->c, &slots[at->a], &slots[at->dst], &error))
    return TRUE;
  return fail (fault, code, at, error->message);
}

gboolean
sh_bytecode_run (const ShBytecode *code,
                 guint function,
                 const ShAsker *asker,
                 double *slots,
                 ShFault *fault)
{
  const ShInstruction *const all = code->instructions;
  const ShInstruction *at = &all[code->functions[function].start];
  const ShInstruction *callers[SH_BYTECODE_MAX_CALLS];
  guint n_callers = 0;
  const char *wrong;
  double index;

  for (;; at++)
    switch (at->op)
      {
      case SH_OP_COPY:
        if (at->n == 1)
          slots[at->dst] = slots[at->a];
        else
          memmove (&slots[at->dst], &slots[at->a], at->n * sizeof *slots);
        break;
      case SH_OP_ADD:
        ARITHMETIC (a + b)
      case SH_OP_SUBTRACT:
        ARITHMETIC (a - b)
      case SH_OP_MULTIPLY:
        ARITHMETIC (a * b)
      case SH_OP_DIVIDE:
        if (G_UNLIKELY (slots[at->b] == 0))
          return fail (fault, code, at, "division by zero");
        ARITHMETIC (a / b)
      case SH_OP_EQUAL:
        BINARY (a == b)
      case SH_OP_NOT_EQUAL:
        BINARY (a != b)
      case SH_OP_LESS:
        BINARY (a < b)
      case SH_OP_LESS_EQUAL:
        BINARY (a <= b)
      case SH_OP_NEGATE:
        slots[at->dst] = -slots[at->a];
        break;
      case SH_OP_NOT:
        slots[at->dst] = slots[at->a] == 0;
        break;
      case SH_OP_CONVERT:
        index = slots[at->a];
        if (!sh_conversion_apply (&code->conversions[at->c], &index))
          return fail_conversion (fault, code, at, index);
        slots[at->dst] = index;
        break;
      case SH_OP_OFFSET:
        index = slots[at->a];
        if (G_UNLIKELY (!(index >= 0 && index < at->c) ||
                        index != floor (index)))
          return fail_at_index (fault, code, at, index);
        slots[at->dst] = slots[at->b] + index * at->n;
        break;
      case SH_OP_LOAD:
        /* The sum of offsets, each checked, stays within the value. */
        index = slots[at->b];
        g_assert (index >= 0 && index + at->n <= at->c);
        memmove (&slots[at->dst], &slots[at->a + (guint32) index],
                 at->n * sizeof *slots);
        break;
      case SH_OP_STORE:
        index = slots[at->b];
        g_assert (index >= 0 && index + at->n <= at->c);
        memmove (&slots[at->dst + (guint32) index], &slots[at->a],
                 at->n * sizeof *slots);
        break;
      case SH_OP_JUMP:
        at = &all[at->c - 1];
        break;
      case SH_OP_JUMP_UNLESS:
        if (slots[at->a] == 0)
          at = &all[at->c - 1];
        break;
      case SH_OP_JUMP_IF:
        if (slots[at->a] != 0)
          at = &all[at->c - 1];
        break;
      case SH_OP_CALL:
        g_assert (n_callers < SH_BYTECODE_MAX_CALLS);
        callers[n_callers++] = at;
        at = &all[code->functions[at->c].start] - 1;
        break;
      case SH_OP_RETURN:
        if (n_callers == 0)
          return TRUE;
        at = callers[--n_callers];
        break;
      case SH_OP_ASK:
        if (!ask (asker, code, at, slots, fault))
          return FALSE;
        break;
      case SH_OP_REMAINDER:
      case SH_OP_POWER:
      case SH_OP_MATH:
      default:
        wrong = compute (at, slots);
        if (G_UNLIKELY (wrong != NULL))
          return fail (fault, code, at, wrong);
        break;
      }
}
