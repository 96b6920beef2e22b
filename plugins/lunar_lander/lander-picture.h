/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * What the lunar lander looks like. The picture shows Gym's screen of 20 m by
 * 13 1/3 m; flames, flags and stars are for the eye alone.
 */

#pragma once

#include "lander.h"

#include <simhost/render.h>

int32_t lander_draw (const SimhostFrame *frame, const LanderLook &look);
