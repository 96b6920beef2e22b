/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The life of compiled functions, and the check of their operands. The table of
 * operations is what the linker, the check and the dump go by.
 */

#include "sh-bytecode.h"

#include "sh-bytecode-private.h"
#include "sh-error.h"

const ShOpInfo sh_op_infos[SH_N_OPS] = {
  [SH_OP_COPY] = { "COPY", SH_OPERAND_N, SH_OPERAND_N, SH_OPERAND_NONE },
  [SH_OP_ADD] = { "ADD", SH_OPERAND_ONE, SH_OPERAND_ONE, SH_OPERAND_ONE },
  [SH_OP_SUBTRACT] = { "SUBTRACT", SH_OPERAND_ONE, SH_OPERAND_ONE,
                       SH_OPERAND_ONE },
  [SH_OP_MULTIPLY] = { "MULTIPLY", SH_OPERAND_ONE, SH_OPERAND_ONE,
                       SH_OPERAND_ONE },
  [SH_OP_DIVIDE] = { "DIVIDE", SH_OPERAND_ONE, SH_OPERAND_ONE, SH_OPERAND_ONE },
  [SH_OP_REMAINDER] = { "REMAINDER", SH_OPERAND_ONE, SH_OPERAND_ONE,
                        SH_OPERAND_ONE },
  [SH_OP_POWER] = { "POWER", SH_OPERAND_ONE, SH_OPERAND_ONE, SH_OPERAND_ONE },
  [SH_OP_EQUAL] = { "EQUAL", SH_OPERAND_ONE, SH_OPERAND_ONE, SH_OPERAND_ONE },
  [SH_OP_NOT_EQUAL] = { "NOT_EQUAL", SH_OPERAND_ONE, SH_OPERAND_ONE,
                        SH_OPERAND_ONE },
  [SH_OP_LESS] = { "LESS", SH_OPERAND_ONE, SH_OPERAND_ONE, SH_OPERAND_ONE },
  [SH_OP_LESS_EQUAL] = { "LESS_EQUAL", SH_OPERAND_ONE, SH_OPERAND_ONE,
                         SH_OPERAND_ONE },
  [SH_OP_NEGATE] = { "NEGATE", SH_OPERAND_ONE, SH_OPERAND_ONE,
                     SH_OPERAND_NONE },
  [SH_OP_NOT] = { "NOT", SH_OPERAND_ONE, SH_OPERAND_ONE, SH_OPERAND_NONE },
  [SH_OP_MATH] = { "MATH", SH_OPERAND_ONE, SH_OPERAND_N, SH_OPERAND_NONE },
  [SH_OP_CONVERT] = { "CONVERT", SH_OPERAND_ONE, SH_OPERAND_ONE,
                      SH_OPERAND_NONE },
  [SH_OP_OFFSET] = { "OFFSET", SH_OPERAND_ONE, SH_OPERAND_ONE, SH_OPERAND_ONE },
  [SH_OP_LOAD] = { "LOAD", SH_OPERAND_N, SH_OPERAND_C, SH_OPERAND_ONE },
  [SH_OP_STORE] = { "STORE", SH_OPERAND_C, SH_OPERAND_N, SH_OPERAND_ONE },
  [SH_OP_JUMP] = { "JUMP", SH_OPERAND_NONE, SH_OPERAND_NONE, SH_OPERAND_NONE },
  [SH_OP_JUMP_UNLESS] = { "JUMP_UNLESS", SH_OPERAND_NONE, SH_OPERAND_ONE,
                          SH_OPERAND_NONE },
  [SH_OP_JUMP_IF] = { "JUMP_IF", SH_OPERAND_NONE, SH_OPERAND_ONE,
                      SH_OPERAND_NONE },
  [SH_OP_CALL] = { "CALL", SH_OPERAND_NONE, SH_OPERAND_NONE, SH_OPERAND_NONE },
  [SH_OP_RETURN] = { "RETURN", SH_OPERAND_NONE, SH_OPERAND_NONE,
                     SH_OPERAND_NONE },
  [SH_OP_ASK] = { "ASK", SH_OPERAND_B, SH_OPERAND_N, SH_OPERAND_NONE },
};

static void
clear_function (ShCodeFunction *function)
{
  for (guint i = 0; i < function->n_parameters; i++)
    {
      sh_type_unref (function->parameters[i].type);
      g_free (function->parameters[i].is_read);
    }
  g_free (function->parameters);
  g_clear_pointer (&function->result, sh_type_unref);
  g_free (function->name);
  g_free (function->label);
}

void
sh_bytecode_free (ShBytecode *code)
{
  if (code == NULL)
    return;
  for (guint i = 0; i < code->n_functions; i++)
    clear_function (&code->functions[i]);
  for (guint i = 0; i < code->n_texts; i++)
    g_free (code->texts[i]);
  for (guint i = 0; i < code->n_conversions; i++)
    sh_type_unref (code->conversions[i].type);
  g_free (code->functions);
  g_free (code->texts);
  for (guint i = 0; i < code->n_asks; i++)
    {
      sh_type_unref (code->asks[i].input);
      sh_type_unref (code->asks[i].output);
    }
  g_free (code->conversions);
  g_free (code->asks);
  g_free (code->instructions);
  g_free (code->places);
  g_free (code->initial);
  g_free (code->file);
  g_free (code);
}

guint
sh_bytecode_count_slots (const ShType *type)
{
  guint n = 0;

  switch (type->kind)
    {
    case SH_TYPE_NUMBER:
    case SH_TYPE_STRING:
      return 1;
    case SH_TYPE_ARRAY:
      return type->length * sh_bytecode_count_slots (type->element);
    case SH_TYPE_STRUCT:
      for (guint i = 0; i < type->n_fields; i++)
        n += sh_bytecode_count_slots (type->fields[i].type);
      return n;
    case SH_TYPE_IMAGE:
    default:
      return 0;
    }
}

/* Checks ------------------------------------------------------------------ */

static gboolean
check_operand (const ShBytecode *code,
               const ShInstruction *instruction,
               ShOperand operand,
               guint32 slot)
{
  guint32 n = 0;

  switch (operand)
    {
    case SH_OPERAND_NONE:
      return TRUE;
    case SH_OPERAND_N:
      n = instruction->n;
      break;
    case SH_OPERAND_B:
      n = instruction->b;
      break;
    case SH_OPERAND_C:
      n = instruction->c;
      break;
    case SH_OPERAND_ONE:
    default:
      n = 1;
      break;
    }
  return n <= code->n_slots && slot <= code->n_slots - n;
}

static gboolean
check_instruction (const ShBytecode *code,
                   guint function,
                   guint32 at,
                   const ShInstruction *instruction)
{
  const ShCodeFunction *self = &code->functions[function];
  const ShMathFunction *math;
  const ShOpInfo *info;

  if (instruction->op >= SH_N_OPS)
    return FALSE;
  info = &sh_op_infos[instruction->op];
  if (!check_operand (code, instruction, info->dst, instruction->dst) ||
      !check_operand (code, instruction, info->a, instruction->a) ||
      !check_operand (code, instruction, info->b, instruction->b))
    return FALSE;
  switch (instruction->op)
    {
    case SH_OP_JUMP:
    case SH_OP_JUMP_UNLESS:
    case SH_OP_JUMP_IF:
      return instruction->c > at &&
             instruction->c < self->start + self->n_instructions;
    case SH_OP_CALL:
      /* A function stands behind those that it calls. */
      return instruction->c < function;
    case SH_OP_CONVERT:
      return instruction->c < code->n_conversions;
    case SH_OP_MATH:
      math = sh_math_get_function (instruction->c);
      return math != NULL && instruction->n >= math->n_arguments;
    case SH_OP_OFFSET:
      return (guint64) instruction->c * instruction->n <= code->n_slots;
    case SH_OP_ASK:
      return instruction->c < code->n_asks &&
             instruction->n == (guint64) code->asks[instruction->c].n_masked +
                                   sh_bytecode_count_slots (
                                       code->asks[instruction->c].input) &&
             instruction->b ==
                 sh_bytecode_count_slots (code->asks[instruction->c].output);
    default:
      return TRUE;
    }
}

gboolean
sh_bytecode_verify (const ShBytecode *code)
{
  guint32 at = 0;

  g_return_val_if_fail (code != NULL, FALSE);

  for (guint i = 0; i < code->n_functions; i++)
    {
      const ShCodeFunction *function = &code->functions[i];

      if (function->start != at || function->n_instructions == 0 ||
          function->n_instructions > code->n_instructions - at)
        return FALSE;
      for (guint32 end = at + function->n_instructions; at < end; at++)
        if (!check_instruction (code, i, at, &code->instructions[at]))
          return FALSE;
      if (code->instructions[at - 1].op != SH_OP_RETURN)
        return FALSE;
    }
  return at == code->n_instructions;
}

/* Messages ---------------------------------------------------------------- */

void
sh_bytecode_set_error (const ShBytecode *code,
                       const ShFault *fault,
                       GError **error)
{
  const ShCodePlace *place;

  g_return_if_fail (code != NULL && fault != NULL);
  g_return_if_fail (fault->instruction < code->n_instructions);

  place = &code->places[fault->instruction];
  g_set_error (error, SH_ERROR, SH_ERROR_VALUE, "%s:%u: %s: %s", code->file,
               place->line, code->functions[place->function].label,
               fault->message);
}

char *
sh_bytecode_dump (const ShBytecode *code)
{
  GString *out;

  g_return_val_if_fail (code != NULL, NULL);

  out = g_string_new (NULL);
  for (guint32 i = 0; i < code->n_instructions; i++)
    {
      const ShInstruction *at = &code->instructions[i];

      g_string_append_printf (out, "%u %s dst=%u a=%u b=%u n=%u c=%u\n", i,
                              sh_op_infos[at->op].name, at->dst, at->a, at->b,
                              at->n, at->c);
    }
  return g_string_free (out, FALSE);
}
