/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Programs for the simulator of fickle.c.
 */

#pragma once

#include "fixture.h"

G_BEGIN_DECLS

/* `curriculum`: the clauses after `source`. */
static inline ShProgram *
fickle_program (const char *curriculum)
{
  return fixture_program ("{ seed: number, step: number, level: number }",
                          "{ push: number<-1 .. 1> }",
                          "{ length: number, level: number, deed: number,"
                          "  at: number }",
                          curriculum);
}

G_END_DECLS
