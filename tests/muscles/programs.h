/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Programs for the simulator of fickle.c, and how long tests wait for what they
 * make of them.
 */

#pragma once

#include "fixture.h"

G_BEGIN_DECLS

/* Milliseconds for what takes one or two at best: the machine may be busy, and
 * ThreadSanitizer makes it ten times as slow. */
#ifdef __SANITIZE_THREAD__
#define PATIENCE 600000u
#else
#define PATIENCE 300000u
#endif

/* A timeout's function: who waits in the main loop for what does not come ends
 * here. */
static inline gboolean
on_impatient (gpointer data)
{
  g_error ("nothing happens");
  return G_SOURCE_REMOVE;
}

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
