/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * Lands on the moon: lunar_lander with four commands, lunar_lander_continuous
 * with two throttles. The physics is in lander.h; this file is what makes it a
 * plugin, and an example of one in C++17. The tables are filled in order, as
 * C++17 has no designated initialisers, and no exception gets past the
 * functions that the host calls.
 */

#include "lander.h"

#include <algorithm>
#include <cmath>
#include <exception>
#include <simhost/plugin.h>

#ifdef WITH_PICTURES
#include <cstring>

#include "lander-picture.h"
#endif

namespace
{
struct LanderAction
{
  int32_t command;
};

struct LanderThrottles
{
  double engine1, engine2;
};

struct Instance
{
  const SimhostHost *host;
  Lander lander;
};

const SimhostValue commands[] = { { "none", 0 },
                                  { "left", 1 },
                                  { "main", 2 },
                                  { "right", 3 } };

const SimhostField action_fields[] = {
  SIMHOST_FIELD_VALUES (LanderAction,
                        command,
                        INT32,
                        commands,
                        "",
                        "the engine to fire"),
};

const SimhostField throttle_fields[] = {
  SIMHOST_FIELD_RANGE (LanderThrottles,
                       engine1,
                       DOUBLE,
                       -1.0,
                       1.0,
                       "",
                       "main engine: above 0 from half to full power"),
  SIMHOST_FIELD_RANGE (LanderThrottles,
                       engine2,
                       DOUBLE,
                       -1.0,
                       1.0,
                       "",
                       "side engines: left below -0.5, right above 0.5"),
};

const SimhostField state_fields[] = {
  SIMHOST_FIELD (LanderState, x_position, FLOAT, "", "0: pad, 1: out of sight"),
  SIMHOST_FIELD (LanderState, y_position, FLOAT, "", "0: on the pad's level"),
  SIMHOST_FIELD (LanderState, x_velocity, FLOAT, "", "to the right"),
  SIMHOST_FIELD (LanderState, y_velocity, FLOAT, "", "upwards"),
  SIMHOST_FIELD (LanderState, angle, FLOAT, "rad", "0: upright"),
  SIMHOST_FIELD (LanderState, rotation, FLOAT, "", "0.4 times rad/s"),
  SIMHOST_FIELD (LanderState,
                 left_leg,
                 BOOL,
                 "",
                 "on the ground: the lander's own left leg, at larger x"),
  SIMHOST_FIELD (LanderState,
                 right_leg,
                 BOOL,
                 "",
                 "on the ground: the lander's own right leg, at smaller x"),
};

/* Runs `work`; what it throws becomes a status and a text. */
template <typename Work>
int32_t
guarded (const SimhostHost *host, Work work)
{
  try
    {
      work ();
      return SIMHOST_OK;
    }
  catch (const std::exception &error)
    {
      host->set_error (host, error.what ());
    }
  catch (...)
    {
      host->set_error (host, "unknown exception");
    }
  return SIMHOST_ERROR;
}

Instance *
as_instance (void *self)
{
  return static_cast<Instance *> (self);
}

/* Box2D fills tables of its own when bodies first come near each other. Doing
 * that here, in one thread, makes it safe to run instances in several. */
int32_t
init (const SimhostHost *host)
{
  return guarded (host, [] {
    Lander lander;

    lander.reset (0);
    while (!lander.terminal ())
      lander.step ({ 0.0f, 0.0f });
  });
}

int32_t
create (const SimhostHost *host, void **self)
{
  return guarded (host, [=] { *self = new Instance{ host, {} }; });
}

void
destroy (void *self)
{
  delete as_instance (self);
}

int32_t
reset (void *self, uint64_t seed)
{
  Instance *instance = as_instance (self);

  return guarded (instance->host, [=] { instance->lander.reset (seed); });
}

int32_t
advance (void *self, const void *action)
{
  Instance *instance = as_instance (self);
  int32_t command = static_cast<const LanderAction *> (action)->command;

  if (command < 0 || command > 3)
    {
      instance->host->set_error (instance->host,
                                 "command is none of 0 (none), 1 (left), "
                                 "2 (main), 3 (right)");
      return SIMHOST_ERROR;
    }
  return guarded (instance->host, [=] {
    instance->lander.step ({ command == 2 ? 1.0f : 0.0f, command == 1 ? -1.0f
                                                         : command == 3
                                                             ? 1.0f
                                                             : 0.0f });
  });
}

int32_t
advance_continuous (void *self, const void *action)
{
  Instance *instance = as_instance (self);
  const auto *throttles = static_cast<const LanderThrottles *> (action);
  const float main = float (std::clamp (throttles->engine1, -1.0, 1.0));
  const float side = float (std::clamp (throttles->engine2, -1.0, 1.0));

  return guarded (instance->host, [=] {
    instance->lander.step ({ main > 0.0f ? (main + 1.0f) / 2.0f : 0.0f,
                             std::abs (side) > 0.5f ? side : 0.0f });
  });
}

int32_t
get_state (void *self, void *state, uint8_t *terminal)
{
  const Lander &lander = as_instance (self)->lander;

  *static_cast<LanderState *> (state) = lander.state ();
  *terminal = lander.terminal ();
  return SIMHOST_OK;
}

double
landing (void *self)
{
  return as_instance (self)->lander.reward ();
}

#ifdef WITH_PICTURES
int32_t
render (void *self, const SimhostFrame *frame)
{
  return lander_draw (frame, as_instance (self)->lander.look ());
}

const SimhostRender picture = {
  sizeof (SimhostRender),
  450, /* width, height: as they look best */
  300,
  60, /* at least */
  40,
  2400, /* at most */
  1600,
  0,
  1.0 / 50.0, /* seconds a step */
  render,
};
#endif

const void *
get_extension ([[maybe_unused]] const char *id)
{
#ifdef WITH_PICTURES
  if (std::strcmp (id, SIMHOST_RENDER_ID) == 0)
    return &picture;
#endif
  return nullptr;
}

const SimhostReward rewards[] = {
  { "landing", SIMHOST_REWARD_DEFAULT,
    "progress to a soft landing, less fuel; 100 at rest, -100 when lost",
    landing },
  { "open_ai_gym_default_objective", SIMHOST_REWARD_ALIAS, nullptr, landing },
};

const SimhostSimulator simulators[] = {
  {
      sizeof (SimhostSimulator),
      0,
      "lunar_lander",
      "Lands on the moon with three engines.",
      SIMHOST_SCHEMA_NONE,
      SIMHOST_SCHEMA (LanderAction, action_fields, nullptr),
      SIMHOST_SCHEMA (LanderState, state_fields, nullptr),
      sizeof (SimhostReward),
      SIMHOST_N_ELEMENTS (rewards),
      rewards,
      create,
      destroy,
      nullptr, /* set_properties */
      reset,
      nullptr, /* start */
      advance,
      get_state,
      nullptr, /* stop */
      get_extension,
  },
  {
      sizeof (SimhostSimulator),
      0,
      "lunar_lander_continuous",
      "Lands on the moon with two throttles.",
      SIMHOST_SCHEMA_NONE,
      SIMHOST_SCHEMA (LanderThrottles, throttle_fields, nullptr),
      SIMHOST_SCHEMA (LanderState, state_fields, nullptr),
      sizeof (SimhostReward),
      SIMHOST_N_ELEMENTS (rewards),
      rewards,
      create,
      destroy,
      nullptr, /* set_properties */
      reset,
      nullptr, /* start */
      advance_continuous,
      get_state,
      nullptr, /* stop */
      get_extension,
  },
};

uint32_t
get_n_simulators ()
{
  return SIMHOST_N_ELEMENTS (simulators);
}

const SimhostSimulator *
get_simulator (uint32_t index)
{
  return index < get_n_simulators () ? &simulators[index] : nullptr;
}
}

const SimhostPlugin simhost_plugin = {
  SIMHOST_PLUGIN_MAGIC,
  SIMHOST_ABI_MAJOR,
  SIMHOST_ABI_MINOR,
  sizeof (SimhostPlugin),
  "org.simhost.lunar_lander",
  "Lunar lander",
  "1.0.0",
  "Simhost",
  "LGPL-2.1-or-later",
  nullptr, /* homepage */
  init,
  nullptr, /* deinit */
  get_n_simulators,
  get_simulator,
  nullptr, /* get_extension */
};
