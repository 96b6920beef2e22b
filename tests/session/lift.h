/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * A simulator that writes down every call: "reset(7) start get_state ...".
 *
 *   config  limit double, start int32
 *   action  delta int32
 *   state   value double, step int32
 *
 * value = start, then delta is added each step; terminal when |value| reaches
 * limit, unless that is 0. Rewards: `value` (the default) and `minus`, which is
 * -value. delta 666 makes advance fail, 667 for good.
 */

#pragma once

#include <glib.h>
#include <simhost/plugin.h>

G_BEGIN_DECLS

#define LIFT_CONFIG "limit:double start:int32"
#define LIFT_ACTION "delta:int32"
#define LIFT_STATE "value:double step:int32"

typedef struct
{
  double limit;
  gint32 start;
} LiftConfig;

typedef struct
{
  gint32 delta;
} LiftAction;

typedef struct
{
  double value;
  gint32 step;
} LiftState;

extern const SimhostSimulator lift;

/* The calls since the last time it was asked; freed by the caller. */
char *lift_take_calls (void);

/* Bytes of a config message of LIFT_CONFIG. */
#define LIFT_CONFIG_SIZE 20u
gsize
lift_pack_config (guint8 bytes[LIFT_CONFIG_SIZE], double limit, int start);

G_END_DECLS
