/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Runs any instructions that the check of bytecode lets pass, on numbers of all
 * kinds: a run ends, touches nothing but its slots, which stand in memory of
 * their own, and leaves finite numbers there or a message. An input is the
 * numbers of instructions of three functions, then ten bytes for each
 * instruction.
 *
 * That an index was checked before LOAD and STORE use it is the compiler's part,
 * not the check's: here they use slot 0, which is 0 and stays so.
 */

#include <math.h>
#include <string.h>

#include "sh-error.h"
#include "sh-program.h"

#define N_FUNCTIONS 3u
#define N_SLOTS 48u
/* All together: a function may call another one in each instruction. */
#define MAX_INSTRUCTIONS 60u
#define RECORD 10u

int LLVMFuzzerInitialize (int *argc, char ***argv);
int LLVMFuzzerTestOneInput (const guint8 *data, size_t size);

/* A program with conversions to types of all kinds, which are borrowed. */
static const char text[] = "inkling \"2.0\"\n"
                           "using Number\n"
                           "type S { x: number }\n"
                           "type A { push: Number.Int8<left = 0, right = 1> }\n"
                           "function R(s: S): number {\n"
                           "  var i: Number.Int32 = s.x\n"
                           "  var u: Number.UInt8<0 .. 200> = s.x\n"
                           "  var t: number<0 .. 10 step 0.5> = s.x\n"
                           "  var f: Number.Float32 = s.x\n"
                           "  var z: number<-3 .. 3> = s.x\n"
                           "  return i + u + t + f + z\n"
                           "}\n"
                           "simulator walker (action: A): S { }\n"
                           "graph (input: S): A {\n"
                           "  concept Steer (input): A {\n"
                           "    curriculum { reward R source walker }\n"
                           "  }\n"
                           "  output Steer\n"
                           "}\n";

static const ShProgram *
get_compiled (void)
{
  static ShProgram *program = NULL;

  if (program == NULL)
    {
      g_autoptr (GPtrArray) diagnostics = NULL;

      program = sh_program_compile (text, -1, "fuzz.ink", &diagnostics, NULL);
      g_assert (program != NULL && program->code->n_conversions >= 4);
    }
  return program;
}

static guint32
read_16 (const guint8 *data)
{
  return (guint32) data[0] | (guint32) data[1] << 8;
}

static void
read_instruction (const guint8 *data, ShInstruction *instruction)
{
  *instruction = (ShInstruction){
    .op = data[0],
    .dst = read_16 (data + 1),
    .a = read_16 (data + 3),
    .b = read_16 (data + 5),
    .n = data[7],
    .c = read_16 (data + 8),
  };
  /* Numbers that only a lie about n or a slot makes. */
  if (instruction->a == 0xffff)
    instruction->a = G_MAXUINT32;
  if (instruction->n == 0xff)
    instruction->n = G_MAXUINT32;
}

/* What the compiler sees to. */
static gboolean
keeps_slot_0 (const ShInstruction *instruction)
{
  switch (instruction->op)
    {
    case SH_OP_LOAD:
    case SH_OP_STORE:
      return instruction->dst > 0 && instruction->b == 0 &&
             instruction->n <= instruction->c;
    case SH_OP_JUMP:
    case SH_OP_JUMP_UNLESS:
    case SH_OP_JUMP_IF:
    case SH_OP_CALL:
    case SH_OP_RETURN:
      return TRUE;
    default:
      return instruction->dst > 0;
    }
}

static gboolean
answer (gpointer data,
        guint ask,
        const double *input,
        double *output,
        GError **error)
{
  const ShBytecode *code = data;
  const double *mask;

  g_assert (ask < code->n_asks);
  mask = input + sh_bytecode_count_slots (code->asks[ask].input);
  for (guint i = 0; i < code->asks[ask].n_masked; i++)
    g_assert (isfinite (mask[i]));
  if (*input == 2.5)
    {
      g_set_error_literal (error, SH_ERROR, SH_ERROR_VALUE, "not that");
      return FALSE;
    }
  *output = *input < 1 ? 0 : 1;
  return TRUE;
}

static void
run (const ShBytecode *code, guint function, double number)
{
  const ShAsker asker = { answer, (gpointer) code };
  g_autofree double *slots = g_new0 (double, code->n_slots);
  g_autoptr (GError) error = NULL;
  ShFault fault;

  for (guint i = 1; i < code->n_slots; i++)
    slots[i] = i % 3 == 0 ? number : (double) i - 8;
  if (!sh_bytecode_run (code, function, &asker, slots, &fault))
    {
      sh_bytecode_set_error (code, &fault, &error);
      g_assert (error != NULL && strchr (error->message, '\n') == NULL);
      return;
    }
  g_assert (slots[0] == 0);
  for (guint i = 0; i < code->n_slots; i++)
    g_assert (isfinite (slots[i]));
}

int
LLVMFuzzerInitialize (int *argc, char ***argv)
{
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL);
  return 0;
}

int
LLVMFuzzerTestOneInput (const guint8 *data, size_t size)
{
  static const double numbers[] = { 0, 1, -1, 2.5, -1e-300, 1e300, 1e15 };
  ShCodeFunction functions[N_FUNCTIONS] = { 0 };
  ShInstruction instructions[MAX_INSTRUCTIONS];
  ShCodePlace places[MAX_INSTRUCTIONS] = { 0 };
  char label[] = "in function 'F'", file[] = "fuzz.ink";
  const ShProgram *program = get_compiled ();
  const ShConcept *concept = &program->concepts[0];
  ShAsk asks[] = { { concept->input, concept->output, 0 },
                   { concept->input, concept->output, 2 } };
  ShBytecode code = *program->code;
  guint32 n = 0;

  if (size < N_FUNCTIONS)
    return 0;
  for (guint i = 0; i < N_FUNCTIONS; i++)
    {
      functions[i].start = n;
      functions[i].n_instructions = data[i] % 21;
      functions[i].label = label;
      n += functions[i].n_instructions;
    }
  data += N_FUNCTIONS;
  if (n > MAX_INSTRUCTIONS || size - N_FUNCTIONS < (gsize) n * RECORD)
    return 0;
  for (guint i = 0; i < n; i++)
    {
      read_instruction (data + (gsize) i * RECORD, &instructions[i]);
      if (!keeps_slot_0 (&instructions[i]))
        return 0;
    }

  code.file = file;
  code.n_slots = N_SLOTS;
  code.n_instructions = n;
  code.instructions = instructions;
  code.places = places;
  code.n_functions = N_FUNCTIONS;
  code.functions = functions;
  code.n_asks = G_N_ELEMENTS (asks);
  code.asks = asks;
  if (!sh_bytecode_verify (&code))
    return 0;
  for (guint i = 0; i < N_FUNCTIONS; i++)
    for (guint j = 0; j < G_N_ELEMENTS (numbers); j++)
      run (&code, i, numbers[j]);
  return 0;
}
