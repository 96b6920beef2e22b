/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a frozen lake looks like. Each place is 1 by 1; the lake has a margin of
 * 0.15 around it.
 */

#pragma once

#include <simhost/render.h>

typedef struct
{
  const char *map; /* size * size letters, as in frozen_lake.c */
  int32_t size;
  int32_t row, column; /* of the agent, from the upper left */
  int32_t command; /* the way that was meant last, 0 to 3: left, down, right,
                      up; -1: none yet */
} FrozenLakeLook;

int32_t frozen_lake_draw (const SimhostFrame *frame,
                          const FrozenLakeLook *look);
