/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "lift.h"

#include <math.h>
#include <string.h>

typedef struct
{
  const SimhostHost *host;
  LiftConfig config;
  LiftState state;
} Lift;

static GString *calls;

G_GNUC_PRINTF (1, 2)
static void
note (const char *format, ...)
{
  va_list args;

  if (calls == NULL)
    calls = g_string_new (NULL);
  else if (calls->len > 0)
    g_string_append_c (calls, ' ');
  va_start (args, format);
  g_string_append_vprintf (calls, format, args);
  va_end (args);
}

char *
lift_take_calls (void)
{
  GString *taken = calls != NULL ? calls : g_string_new (NULL);

  calls = NULL;
  return g_string_free (taken, FALSE);
}

static int32_t
create (const SimhostHost *host, void **self)
{
  Lift *new_lift = g_new0 (Lift, 1);

  new_lift->host = host;
  *self = new_lift;
  note ("create");
  return SIMHOST_OK;
}

static void
destroy (void *self)
{
  note ("destroy");
  g_free (self);
}

static int32_t
set_properties (void *self, const void *config)
{
  Lift *elevator = self;

  elevator->config = *(const LiftConfig *) config;
  note ("set_properties(%g,%d)", elevator->config.limit,
        elevator->config.start);
  return SIMHOST_OK;
}

static int32_t
reset (void *self, uint64_t seed)
{
  Lift *elevator = self;

  elevator->state = (LiftState){ .value = elevator->config.start };
  note ("reset(%" G_GUINT64_FORMAT ")", seed);
  return SIMHOST_OK;
}

static int32_t
start (void *self)
{
  note ("start");
  return SIMHOST_OK;
}

static int32_t
advance (void *self, const void *action)
{
  Lift *elevator = self;
  int delta = ((const LiftAction *) action)->delta;

  note ("advance(%d)", delta);
  if (delta == 666 || delta == 667)
    {
      elevator->host->set_error (elevator->host, "the cable broke");
      return delta == 666 ? SIMHOST_ERROR : SIMHOST_FATAL;
    }
  elevator->state.value += delta;
  elevator->state.step++;
  return SIMHOST_OK;
}

static int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const Lift *elevator = self;

  note ("get_state");
  *(LiftState *) state = elevator->state;
  *terminal = elevator->config.limit != 0 &&
              fabs (elevator->state.value) >= elevator->config.limit;
  return SIMHOST_OK;
}

static int32_t
stop (void *self)
{
  note ("stop");
  return SIMHOST_OK;
}

static double
evaluate_value (void *self)
{
  note ("value");
  return ((const Lift *) self)->state.value;
}

static double
evaluate_minus (void *self)
{
  note ("minus");
  return -((const Lift *) self)->state.value;
}

static const LiftConfig defaults = { .limit = 100, .start = 5 };

static const SimhostField config_fields[] = {
  SIMHOST_FIELD (LiftConfig, limit, DOUBLE, "", NULL),
  SIMHOST_FIELD (LiftConfig, start, INT32, "", NULL),
};

static const SimhostField action_fields[] = {
  SIMHOST_FIELD (LiftAction, delta, INT32, "", NULL),
};

static const SimhostField state_fields[] = {
  SIMHOST_FIELD (LiftState, value, DOUBLE, "", NULL),
  SIMHOST_FIELD (LiftState, step, INT32, "", NULL),
};

static const SimhostReward rewards[] = {
  { "minus", 0, NULL, evaluate_minus },
  { "value", SIMHOST_REWARD_DEFAULT, NULL, evaluate_value },
};

const SimhostSimulator lift = {
  .struct_size = sizeof (SimhostSimulator),
  .name = "lift",
  .config = SIMHOST_SCHEMA (LiftConfig, config_fields, &defaults),
  .action = SIMHOST_SCHEMA (LiftAction, action_fields, NULL),
  .state = SIMHOST_SCHEMA (LiftState, state_fields, NULL),
  .reward_size = sizeof (SimhostReward),
  .n_rewards = SIMHOST_N_ELEMENTS (rewards),
  .rewards = rewards,
  .create = create,
  .destroy = destroy,
  .set_properties = set_properties,
  .reset = reset,
  .start = start,
  .advance = advance,
  .get_state = get_state,
  .stop = stop,
};

gsize
lift_pack_config (guint8 bytes[LIFT_CONFIG_SIZE], double limit, int start_value)
{
  guint64 rest = (guint64) (gint64) start_value;
  gsize n = 9;

  bytes[0] = 0x09;
  memcpy (bytes + 1, &limit, sizeof limit);
  bytes[n++] = 0x10;
  for (; rest >= 0x80; rest >>= 7)
    bytes[n++] = (guint8) (rest | 0x80);
  bytes[n++] = (guint8) rest;
  return n;
}
