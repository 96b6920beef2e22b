/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The sum of the simulator `counter`, and how it is described, for the plugins
 * that offer it in the three ways that there are: as functions, as a loop that
 * asks for events, as a program with episodes of its own.
 */

#pragma once

#include <math.h>
#include <simhost/plugin.h>
#include <stdio.h>

typedef struct
{
  double limit;
  float start;
  uint64_t seed;
} CounterConfig;

typedef struct
{
  int32_t delta;
  float gain;
} CounterAction;

typedef struct
{
  double value;
  int32_t step;
  int64_t big;
  uint8_t over;
  char label[16];
} CounterState;

typedef struct
{
  CounterConfig config;
  double value;
  int32_t step;
} Counter;

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (CounterConfig,
                 limit,
                 DOUBLE,
                 "",
                 "the episode is over when |value| reaches it"),
  SIMHOST_FIELD (CounterConfig, start, FLOAT, "", "the first value"),
  SIMHOST_FIELD (CounterConfig, seed, UINT64, "", "without effect"),
};

static const SimhostField action_fields[] = {
  SIMHOST_FIELD (CounterAction, delta, INT32, "", "added, times gain"),
  SIMHOST_FIELD (CounterAction, gain, FLOAT, "", "how much delta counts"),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD (CounterState, value, DOUBLE, "", "the sum so far"),
  SIMHOST_FIELD (CounterState, step, INT32, "", "steps so far"),
  SIMHOST_FIELD (CounterState, big, INT64, "", "step * 10^10"),
  SIMHOST_FIELD (CounterState, over, BOOL, "", "value >= limit / 2"),
  SIMHOST_FIELD (CounterState, label, STRING, "", "\"s\" and the step"),
};

#define COUNTER_SCHEMAS                                                        \
  .config = SIMHOST_SCHEMA (CounterConfig, config_fields, NULL),               \
  .action = SIMHOST_SCHEMA (CounterAction, action_fields, NULL),               \
  .state = SIMHOST_SCHEMA (CounterState, state_fields, NULL)

static inline void
counter_begin (Counter *counter, const CounterConfig *config)
{
  counter->config = *config;
  counter->value = (double) config->start;
  counter->step = 0;
}

static inline void
counter_add (Counter *counter, const CounterAction *add)
{
  counter->value += (double) add->delta * (double) add->gain;
  counter->step++;
}

static inline uint8_t
counter_observe (const Counter *counter, CounterState *out)
{
  out->value = counter->value;
  out->step = counter->step;
  out->big = counter->step * INT64_C (10000000000);
  out->over = counter->value >= counter->config.limit / 2.0;
  snprintf (out->label, sizeof out->label, "s%d", (int) counter->step);
  return fabs (counter->value) >= counter->config.limit;
}

static inline double
counter_score (const Counter *counter)
{
  return counter->value / 2.0;
}
