/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What a pendulum looks like. The picture shows 2.8 m by 2.8 m around the
 * motor; the rod is 1 m long.
 */

#pragma once

#include <simhost/render.h>

typedef struct
{
  double angle; /* rad; 0: upright, positive: to the left */
  double torque; /* of the last step as a part of the motor's most, -1 to 1;
                    positive: to the left */
} PendulumLook;

int32_t pendulum_draw (const SimhostFrame *frame, const PendulumLook *look);
