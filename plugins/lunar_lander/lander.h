/* SPDX-License-Identifier: LGPL-2.1-or-later */

/*
 * The physics of the lunar lander: a body with two legs on joints, two kinds of
 * engines, a hilly moon with a flat pad in its middle. Engines, geometry, state
 * and reward are those of Gym's LunarLander-v2, without its exhaust particles,
 * which touch nothing but the ground.
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

private:
  void BeginContact (b2Contact *contact) override;
  void EndContact (b2Contact *contact) override;

  void make_moon ();
  void make_hull ();
  void make_leg (int side);
  void fire (Thrust thrust);
  double uniform (double low, double high);

  SimhostRandom random_ = {};
  std::unique_ptr<b2World> world_;
  b2Body *hull_ = nullptr;
  b2Body *legs_[2] = {};
  bool on_ground_[2] = {};
  bool crashed_ = false;
  bool terminal_ = false;
  double shaping_ = 0.0;
  double reward_ = 0.0;
};
