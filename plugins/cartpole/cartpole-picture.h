/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a cart and pole look like. The picture shows 6 m by 2.4 m: x from -3 to
 * 3, y from -0.65 to 1.75, the pole's hinge at y = 0; the pole is drawn 1.5 times as
 * long as it is.
 */

#pragma once

#include <simhost/render.h>

typedef struct
{
  double position, position_limit; /* m */
  double angle, angle_limit; /* rad; positive: to the right */
  double length; /* m, of the whole pole */
  int push; /* -1, 0, 1: the last one */
} CartPoleLook;

int32_t cartpole_draw (const SimhostFrame *frame, const CartPoleLook *look);
