/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The code of functions while it is made: slots, constants, instructions; and
 * linking, which gives each slot and jump its final place.
 */

#include "sh-function-private.h"

#include "sh-resolve.h"

#include <string.h>

ShType *
sh_compiler_keep (ShFunctions *all, ShType *type)
{
  if (type != NULL)
    g_ptr_array_add (all->types, type);
  return type;
}

void
sh_compiler_error (ShCompiler *self, ShSpan span, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  self->self->has_error = TRUE;
  sh_diagnostics_error (self->all->scope->diagnostics, span, "%s", message);
}

/* Slots ------------------------------------------------------------------- */

static void
refuse_size (ShCompiler *self)
{
  ShFunction *function = self->self;

  if (!function->is_full)
    sh_compiler_error (self, function->info.span,
                       "the function is too large: it takes more than %u "
                       "numbers or %u instructions",
                       SH_BYTECODE_MAX_SLOTS, SH_BYTECODE_MAX_INSTRUCTIONS);
  function->is_full = TRUE;
}

guint32
sh_compiler_alloc_variable (ShCompiler *self, guint n)
{
  ShFunction *function = self->self;
  guint32 slot = function->n_slots;

  if (function->is_full || n > SH_BYTECODE_MAX_SLOTS - slot)
    {
      refuse_size (self);
      return SH_LOCAL;
    }
  function->n_slots += n;
  return SH_LOCAL | slot;
}

guint32
sh_compiler_alloc (ShCompiler *self, guint n)
{
  ShFunction *function = self->self;
  guint32 slot = function->top;

  if (function->is_full || n > SH_BYTECODE_MAX_SLOTS - slot)
    {
      refuse_size (self);
      return SH_TEMPORARY;
    }
  function->top += n;
  function->n_temporaries = MAX (function->n_temporaries, function->top);
  return SH_TEMPORARY | slot;
}

/* Instructions ------------------------------------------------------------ */

/* Until linking a COPY's `b` says which of its ends is in another's frame, that
 * of function `c`. */
enum
{
  OWN,
  DST_IS_THEIRS,
  A_IS_THEIRS
};

guint32
sh_compiler_emit (ShCompiler *self, ShInstruction instruction)
{
  ShFunction *function = self->self;

  if (function->code->len >= SH_BYTECODE_MAX_INSTRUCTIONS)
    {
      refuse_size (self);
      return 0;
    }
  function->n_steps += 1;
  if (sh_op_infos[instruction.op].a == SH_OPERAND_N)
    function->n_steps += instruction.n / 8;
  if (instruction.op == SH_OP_ASK)
    function->n_steps += SH_BYTECODE_ASK_STEPS;
  g_array_append_val (function->code, instruction);
  g_array_append_val (function->offsets, function->offset);
  return function->code->len - 1;
}

void
sh_compiler_copy (ShCompiler *self, guint32 dst, guint32 source, guint n)
{
  GArray *code = self->self->code;
  ShInstruction *last =
      code->len > 0 ? &g_array_index (code, ShInstruction, code->len - 1)
                    : NULL;

  if (n == 0 || dst == source)
    return;
  /* An intermediate result is used once: let it be worked out in place. */
  if (n == 1 && last != NULL && (source & SH_TEMPORARY) != 0 &&
      last->dst == source &&
      !(last->op == SH_OP_COPY && last->b == DST_IS_THEIRS) &&
      self->self->label_at != code->len &&
      (sh_op_infos[last->op].dst == SH_OPERAND_ONE ||
       (sh_op_infos[last->op].dst == SH_OPERAND_N && last->n == 1)))
    {
      last->dst = dst;
      return;
    }
  sh_compiler_emit (
      self,
      (ShInstruction){ .op = SH_OP_COPY, .dst = dst, .a = source, .n = n });
}

void
sh_compiler_call (ShCompiler *self,
                  const ShFunctionInfo *function,
                  guint32 arguments,
                  guint n,
                  ShValue *value)
{
  const ShFunction *callee = self->all->done->pdata[function->index];
  guint n_result = sh_bytecode_count_slots (function->result);

  if (n > 0)
    sh_compiler_emit (self, (ShInstruction){ .op = SH_OP_COPY,
                                             .dst = SH_LOCAL,
                                             .a = arguments,
                                             .n = n,
                                             .b = DST_IS_THEIRS,
                                             .c = function->index });
  sh_compiler_emit (self,
                    (ShInstruction){ .op = SH_OP_CALL, .c = function->index });
  self->self->n_steps += callee->n_steps;
  self->self->n_calls = MAX (self->self->n_calls, callee->n_calls + 1);
  *value = (ShValue){ .type = function->result,
                      .slot = sh_compiler_alloc (self, n_result) };
  if (n_result > 0)
    sh_compiler_emit (self, (ShInstruction){ .op = SH_OP_COPY,
                                             .dst = value->slot,
                                             .a = callee->result_slot,
                                             .n = n_result,
                                             .b = A_IS_THEIRS,
                                             .c = function->index });
}

void
sh_compiler_land (ShCompiler *self, guint32 at)
{
  ShFunction *function = self->self;

  if (function->is_full)
    return;
  g_array_index (function->code, ShInstruction, at).c = function->code->len;
  function->label_at = function->code->len;
}

/* Constants --------------------------------------------------------------- */

static guint32
add_initial (ShFunctions *all, double number)
{
  g_array_append_val (all->initial, number);
  return all->initial->len - 1;
}

guint32
sh_compiler_number (ShFunctions *all, double number)
{
  double value = number + 0.0; /* not -0 */
  gpointer found;
  double *key;

  if (g_hash_table_lookup_extended (all->numbers, &value, NULL, &found))
    return GPOINTER_TO_UINT (found);
  if (all->initial->len >= SH_BYTECODE_MAX_SLOTS)
    return SH_SLOT_ZERO; /* linking refuses it */
  key = sh_pool_new_item (all->scope->pool, double);
  *key = value;
  found = GUINT_TO_POINTER (add_initial (all, value));
  g_hash_table_insert (all->numbers, key, found);
  return GPOINTER_TO_UINT (found);
}

/* The number by which functions know a text. */
static guint
intern (ShFunctions *all, const char *text)
{
  gpointer found;
  char *copy;

  if (g_hash_table_lookup_extended (all->texts, text, NULL, &found))
    return GPOINTER_TO_UINT (found);
  copy = sh_pool_strdup (all->scope->pool, text);
  g_ptr_array_add (all->text_list, copy);
  g_hash_table_insert (all->texts, copy,
                       GUINT_TO_POINTER (all->text_list->len - 1));
  return all->text_list->len - 1;
}

guint32
sh_compiler_text (ShFunctions *all, const char *text)
{
  return sh_compiler_number (all, intern (all, text));
}

guint32
sh_compiler_conversion (ShFunctions *all, ShType *type, gboolean strict)
{
  ShConversion conversion = { .type = type, .is_strict = strict };

  for (guint i = 0; i < all->conversions->len; i++)
    {
      const ShConversion *other =
          &g_array_index (all->conversions, ShConversion, i);

      if (other->type == type && other->is_strict == strict)
        return i;
    }
  g_array_append_val (all->conversions, conversion);
  return all->conversions->len - 1;
}

/* The type of a constant that nothing else says it of; a new reference. */
static ShType *
make_type (ShCompiler *self, const ShConstant *constant, ShSpan span)
{
  ShScope *scope = self->all->scope;
  g_autoptr (GArray) fields = NULL;
  ShType *type;

  switch (constant->kind)
    {
    case SH_CONSTANT_NUMBER:
      return sh_type_ref (self->all->number);
    case SH_CONSTANT_TEXT:
      return sh_type_ref (self->all->text);
    case SH_CONSTANT_ARRAY:
      type = make_type (self, constant->items[0], span);
      for (guint i = 1; type != NULL && i < constant->n_items; i++)
        {
          g_autoptr (ShType) other = make_type (self, constant->items[i], span);

          if (other == NULL || !sh_type_equivalent (type, other))
            {
              if (other != NULL)
                sh_compiler_error (self, span,
                                   "the elements of the array are not of one "
                                   "type");
              g_clear_pointer (&type, sh_type_unref);
            }
        }
      return type != NULL
                 ? sh_resolve_make_array (scope, type, constant->n_items, span)
                 : NULL;
    case SH_CONSTANT_STRUCT:
    default:
      fields = sh_resolve_new_fields ();
      for (guint i = 0; i < constant->n_items; i++)
        {
          type = make_type (self, constant->items[i], span);
          if (type == NULL)
            return NULL;
          sh_resolve_add_field (fields, constant->names[i].text, type);
        }
      return sh_resolve_make_struct (scope, fields, span);
    }
}

static gboolean
add_parts (ShFunctions *all, const ShConstant *constant)
{
  if (all->initial->len >= SH_BYTECODE_MAX_SLOTS)
    return FALSE;
  if (constant->kind == SH_CONSTANT_NUMBER)
    add_initial (all, constant->number);
  else if (constant->kind == SH_CONSTANT_TEXT)
    add_initial (all, intern (all, constant->text));
  for (guint i = 0; i < constant->n_items; i++)
    if (!add_parts (all, constant->items[i]))
      return FALSE;
  return TRUE;
}

gboolean
sh_compiler_constant (ShCompiler *self,
                      const ShConstant *constant,
                      ShSpan span,
                      ShValue *value)
{
  ShFunctions *all = self->all;
  ShValue *known;
  ShType *type;
  guint32 start;

  *value = (ShValue){ .type = all->number };
  if (constant->kind == SH_CONSTANT_NUMBER)
    {
      value->is_constant = TRUE;
      value->number = constant->number;
      value->slot = sh_compiler_number (all, constant->number);
      return TRUE;
    }
  if (constant->kind == SH_CONSTANT_TEXT)
    {
      value->type = all->text;
      value->slot = sh_compiler_text (all, constant->text);
      return TRUE;
    }
  /* Wherever it is named, a declared constant has the same parts. */
  known = constant->n_items > 0
              ? g_hash_table_lookup (all->constants, constant->items)
              : NULL;
  if (known != NULL)
    {
      *value = *known;
      return TRUE;
    }
  type = make_type (self, constant, span);
  if (type == NULL)
    {
      self->self->has_error = TRUE;
      return FALSE;
    }
  value->type = sh_compiler_keep (all, type);
  start = all->initial->len;
  if (!add_parts (all, constant))
    {
      sh_compiler_error (self, span,
                         "the constants of all functions are more than %u "
                         "numbers",
                         SH_BYTECODE_MAX_SLOTS);
      return FALSE;
    }
  value->slot = start;
  if (constant->n_items == 0)
    return TRUE;
  known = sh_pool_new_item (all->scope->pool, ShValue);
  *known = *value;
  g_hash_table_insert (all->constants, constant->items, known);
  return TRUE;
}

/* Linking ----------------------------------------------------------------- */

typedef struct
{
  guint32 variables, temporaries; /* where they begin */
  guint32 start; /* of the code */
} Frame;

static guint32
place_slot (const Frame *frame, ShOperand operand, guint32 slot)
{
  if (operand == SH_OPERAND_NONE)
    return slot;
  if ((slot & SH_LOCAL) != 0)
    return frame->variables + (slot & ~SH_LOCAL);
  if ((slot & SH_TEMPORARY) != 0)
    return frame->temporaries + (slot & ~SH_TEMPORARY);
  return slot;
}

static void
place_instruction (ShInstruction *instruction,
                   const Frame *frame,
                   const Frame *frames)
{
  const ShOpInfo *info = &sh_op_infos[instruction->op];
  const Frame *dst = frame, *a = frame;

  if (instruction->op == SH_OP_COPY && instruction->b != OWN)
    {
      if (instruction->b == DST_IS_THEIRS)
        dst = &frames[instruction->c];
      else
        a = &frames[instruction->c];
      instruction->b = instruction->c = 0;
    }
  instruction->dst = place_slot (dst, info->dst, instruction->dst);
  instruction->a = place_slot (a, info->a, instruction->a);
  instruction->b = place_slot (frame, info->b, instruction->b);
  if (instruction->op == SH_OP_JUMP || instruction->op == SH_OP_JUMP_IF ||
      instruction->op == SH_OP_JUMP_UNLESS)
    instruction->c += frame->start;
}

static void
link_function (ShFunctions *all,
               const ShFunction *function,
               guint index,
               const Frame *frames,
               ShBytecode *code)
{
  const Frame *frame = &frames[index];
  ShCodeFunction *out = &code->functions[index];
  guint n = function->types->len;

  out->name = g_strdup (function->info.name);
  out->label = g_strdup (function->label);
  out->start = frame->start;
  out->n_instructions = function->code->len;
  out->n_parameters = n;
  out->parameters = g_new0 (ShParameter, n);
  for (guint i = 0; i < n; i++)
    {
      const ShVariable *variable =
          &g_array_index (function->variables, ShVariable, i);

      out->parameters[i] = (ShParameter){
        .type = sh_type_ref (variable->type),
        .slot = place_slot (frame, SH_OPERAND_ONE, variable->slot),
        .is_read =
            g_memdup2 (variable->is_read,
                       MAX (variable->type->n_fields, 1) * sizeof (gboolean)),
      };
    }
  out->result = sh_type_ref (function->info.result);
  out->result_slot = place_slot (frame, SH_OPERAND_ONE, function->result_slot);
  for (guint i = 0; i < function->code->len; i++)
    {
      ShInstruction instruction =
          g_array_index (function->code, ShInstruction, i);
      ShCodePlace *place = &code->places[frame->start + i];

      place_instruction (&instruction, frame, frames);
      code->instructions[frame->start + i] = instruction;
      place->function = index;
      place->line = sh_diagnostics_get_line (
          all->scope->diagnostics,
          g_array_index (function->offsets, guint32, i));
    }
}

static void
link_tables (const ShFunctions *all, ShBytecode *code)
{
  code->n_texts = all->text_list->len;
  code->texts = g_new0 (char *, code->n_texts + 1);
  for (guint i = 0; i < code->n_texts; i++)
    code->texts[i] = g_strdup (all->text_list->pdata[i]);
  code->n_conversions = all->conversions->len;
  code->conversions = g_new0 (ShConversion, code->n_conversions + 1);
  for (guint i = 0; i < code->n_conversions; i++)
    {
      code->conversions[i] = g_array_index (all->conversions, ShConversion, i);
      sh_type_ref (code->conversions[i].type);
    }
}

static void
link_asks (const ShFunctions *all, ShBytecode *code)
{
  code->n_asks = all->asks->len;
  code->asks = g_new0 (ShAsk, code->n_asks + 1);
  for (guint i = 0; i < code->n_asks; i++)
    {
      const ShAsk *ask = &g_array_index (all->asks, ShAsk, i);

      code->asks[i] = (ShAsk){ .input = sh_type_ref (ask->input),
                               .output = sh_type_ref (ask->output),
                               .n_masked = ask->n_masked };
    }
}

static gboolean
count (ShFunctions *all, guint32 *n_slots, guint32 *n_instructions)
{
  guint64 slots = all->initial->len, instructions = 0;
  const ShFunction *function = NULL;

  for (guint i = 0; i < all->done->len; i++)
    {
      function = all->done->pdata[i];
      slots += (guint64) function->n_slots + function->n_temporaries;
      instructions += function->code->len;
    }
  *n_slots = (guint32) slots;
  *n_instructions = (guint32) instructions;
  if (slots <= SH_BYTECODE_MAX_SLOTS &&
      instructions <= SH_BYTECODE_MAX_INSTRUCTIONS)
    return TRUE;
  sh_diagnostics_error (all->scope->diagnostics, function->info.span,
                        "the program's functions take more than %u numbers or "
                        "%u instructions",
                        SH_BYTECODE_MAX_SLOTS, SH_BYTECODE_MAX_INSTRUCTIONS);
  return FALSE;
}

/* What comes in from outside has a number, too. */
static void
intern_values (ShFunctions *all, const ShType *type)
{
  for (guint i = 0; type->kind == SH_TYPE_STRING && i < type->n_values; i++)
    intern (all, type->values[i].text);
  for (guint i = 0; i < type->n_fields; i++)
    intern_values (all, type->fields[i].type);
  if (type->kind == SH_TYPE_ARRAY)
    intern_values (all, type->element);
}

static void
intern_parameters (ShFunctions *all)
{
  for (guint i = 0; i < all->done->len; i++)
    {
      const ShFunction *function = all->done->pdata[i];

      for (guint j = 0; j < function->types->len; j++)
        intern_values (all, function->types->pdata[j]);
    }
  for (guint i = 0; i < all->asks->len; i++)
    {
      intern_values (all, g_array_index (all->asks, ShAsk, i).input);
      intern_values (all, g_array_index (all->asks, ShAsk, i).output);
    }
}

ShBytecode *
sh_functions_link (ShFunctions *functions, const char *file)
{
  ShFunctions *all = functions;
  g_autoptr (ShBytecode) code = NULL;
  g_autofree Frame *frames = NULL;
  guint32 n_slots, n_instructions;
  Frame frame = { 0 };

  g_return_val_if_fail (all != NULL && file != NULL, NULL);

  if (all->done->len == 0 || !count (all, &n_slots, &n_instructions))
    return NULL;
  code = g_new0 (ShBytecode, 1);
  code->file = g_strdup (file);
  code->n_slots = n_slots;
  code->initial = g_new0 (double, n_slots);
  memcpy (code->initial, all->initial->data,
          all->initial->len * sizeof (double));
  code->n_instructions = n_instructions;
  code->instructions = g_new0 (ShInstruction, n_instructions);
  code->places = g_new0 (ShCodePlace, n_instructions);
  code->n_functions = all->done->len;
  code->functions = g_new0 (ShCodeFunction, code->n_functions);
  intern_parameters (all);
  link_tables (all, code);
  link_asks (all, code);
  frames = g_new0 (Frame, all->done->len);
  frame.variables = all->initial->len;
  for (guint i = 0; i < all->done->len; i++)
    {
      const ShFunction *function = all->done->pdata[i];

      frame.temporaries = frame.variables + function->n_slots;
      frames[i] = frame;
      link_function (all, function, i, frames, code);
      frame.variables = frame.temporaries + function->n_temporaries;
      frame.start += function->code->len;
    }
  g_assert (sh_bytecode_verify (code));
  return g_steal_pointer (&code);
}
