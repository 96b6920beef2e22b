/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The physics of the lunar lander: a body with two legs on joints, two kinds of
 * engines, a hilly moon with a flat pad in its middle. Engines, geometry, state
 * and reward are those of Gym's LunarLander-v2, without its exhaust particles,
 * which touch nothing but the ground.
 *
 * There is no snapshot of it (simhost.snapshot/1): Box2D starts each step from
 * the impulses of the step before, and keeps these, the contacts and the time
 * for which a body has been at rest to itself. A world that is built again from
 * what can be asked goes on nearly, not exactly, as the first one.
 */

#pragma once

#include <box2d/box2d.h>
#include <cstdint>
#include <memory>
#include <simhost/random.h>

/* Positions are in half screens from the pad, velocities in half screens a
 * second divided by the rate of steps, as Gym has them. */
struct LanderState
{
  float x_position, y_position, x_velocity, y_velocity, angle, rotation;
  uint8_t left_leg, right_leg;
};

/* What the engines do in a step. */
struct Thrust
{
  float main; /* 0 to 1 */
  float side; /* -1 to 1; negative: the left engine */
};

/* A flame, in m. */
struct LanderFlame
{
  b2Vec2 nozzle, direction; /* direction: of length 1 */
  float length, half_width; /* length 0: the engine is off */
};

/* All that there is to see, in m from the lower left corner. */
struct LanderLook
{
  float width, height;
  b2Vec2 surface[11];
  float pad_left, pad_right, pad_height;
  b2Vec2 hull[6], legs[2][4], window;
  LanderFlame flames[2]; /* of the last step: main, side */
};

class Lander : private b2ContactListener
{
public:
  void reset (uint64_t seed);
  void step (Thrust thrust);

  LanderState state () const;
  /* Crashed, out of sight, or at rest. */
  bool terminal () const;
  /* Of the last step. */
  double reward () const;
  LanderLook look () const;

private:
  void BeginContact (b2Contact *contact) override;
  void EndContact (b2Contact *contact) override;

  void make_moon ();
  void make_hull ();
  void make_leg (int side);
  void fire (Thrust thrust);
  double uniform (double low, double high);

  SimhostRandom random_ = {};
  b2Vec2 surface_[11] = {};
  Thrust thrust_ = {}; /* of the last step */
  std::unique_ptr<b2World> world_;
  b2Body *hull_ = nullptr;
  b2Body *legs_[2] = {};
  bool on_ground_[2] = {};
  bool crashed_ = false;
  bool terminal_ = false;
  double shaping_ = 0.0;
  double reward_ = 0.0;
};
