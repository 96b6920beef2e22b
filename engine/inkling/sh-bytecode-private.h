/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the operands of each instruction are, for the linker, the check and the
 * dump.
 */

#pragma once

#include "sh-bytecode.h"
#include "sh-math.h"

G_BEGIN_DECLS

typedef enum
{
  SH_OPERAND_NONE, /* not used */
  SH_OPERAND_ONE, /* one slot */
  SH_OPERAND_N, /* `n` slots */
  SH_OPERAND_B, /* `b` slots */
  SH_OPERAND_C /* `c` slots */
} ShOperand;

typedef struct
{
  const char *name;
  ShOperand dst, a, b;
} ShOpInfo;

extern const ShOpInfo sh_op_infos[SH_N_OPS];

G_END_DECLS
