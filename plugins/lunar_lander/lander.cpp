/* SPDX-License-Identifier: LGPL-2.1-or-later */

#include "lander.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace
{
constexpr float STEPS_PER_SECOND = 50.0f;

/* Gym's pixels a metre, and its screen in metres. */
constexpr float SCALE = 30.0f;
constexpr float WIDTH = 600.0f / SCALE;
constexpr float HEIGHT = 400.0f / SCALE;
constexpr float PAD_HEIGHT = HEIGHT / 4.0f;

constexpr float MAIN_POWER = 13.0f;
constexpr float SIDE_POWER = 0.6f;
constexpr float MAIN_ENGINE_DOWN = 4.0f / SCALE;
constexpr float SIDE_ENGINE_AWAY = 12.0f / SCALE;
constexpr float SIDE_ENGINE_UP = 14.0f / SCALE;
/* Where side thrust acts: off the engine, along the hull. */
constexpr float SIDE_ENGINE_SHIFT = 17.0f / SCALE;

constexpr float LEG_AWAY = 20.0f / SCALE;
constexpr float LEG_DOWN = 18.0f / SCALE;
constexpr float LEG_HALF_WIDTH = 2.0f / SCALE;
constexpr float LEG_HALF_HEIGHT = 8.0f / SCALE;
constexpr float LEG_SPRING_TORQUE = 40.0f;

constexpr double START_FORCE = 1000.0;

constexpr int N_POINTS = 11; /* of the moon's surface */
constexpr int PAD_FIRST = N_POINTS / 2 - 1, PAD_LAST = N_POINTS / 2 + 1;

const b2Vec2 HULL[] = {
  { -14 / SCALE, 17 / SCALE },  { -17 / SCALE, 0 / SCALE },
  { -17 / SCALE, -10 / SCALE }, { 17 / SCALE, -10 / SCALE },
  { 17 / SCALE, 0 / SCALE },    { 14 / SCALE, 17 / SCALE },
};

/* Hull and legs collide with the ground only, not with each other. */
constexpr uint16 GROUND = 0x0001, HULL_CATEGORY = 0x0010, LEG_CATEGORY = 0x0020;
}

double
Lander::uniform (double low, double high)
{
  return simhost_random_uniform (&random_, low, high);
}

void
Lander::reset (uint64_t seed)
{
  simhost_random_seed (&random_, seed);
  world_ = std::make_unique<b2World> (b2Vec2 (0.0f, -10.0f));
  world_->SetContactListener (this);
  on_ground_[0] = on_ground_[1] = crashed_ = false;

  make_moon ();
  make_hull ();
  make_leg (-1);
  make_leg (1);

  /* The first state is the one after a step without engines. */
  step ({ 0.0f, 0.0f });
}

/* Hills at random around a flat pad, each point the mean of itself and its
 * neighbours. */
void
Lander::make_moon ()
{
  double height[N_POINTS + 1];
  b2BodyDef body;
  b2EdgeShape edge;
  b2FixtureDef fixture;

  for (double &point : height)
    point = uniform (0.0, HEIGHT / 2.0);
  for (int i = N_POINTS / 2 - 2; i <= N_POINTS / 2 + 2; i++)
    height[i] = PAD_HEIGHT;
  for (int i = 0; i < N_POINTS; i++)
    {
      /* The first point's left neighbour is a point beyond the last. */
      double left = height[i > 0 ? i - 1 : N_POINTS];

      surface_[i].Set (WIDTH / (N_POINTS - 1) * float (i),
                       float (0.33 * (left + height[i] + height[i + 1])));
    }

  b2Body *moon = world_->CreateBody (&body);

  fixture.shape = &edge;
  edge.SetTwoSided ({ 0.0f, 0.0f }, { WIDTH, 0.0f });
  moon->CreateFixture (&fixture);
  fixture.friction = 0.1f;
  for (int i = 0; i + 1 < N_POINTS; i++)
    {
      edge.SetTwoSided (surface_[i], surface_[i + 1]);
      moon->CreateFixture (&fixture);
    }
}

void
Lander::make_hull ()
{
  b2BodyDef body;
  b2PolygonShape shape;
  b2FixtureDef fixture;

  body.type = b2_dynamicBody;
  body.position.Set (WIDTH / 2.0f, HEIGHT);
  hull_ = world_->CreateBody (&body);

  shape.Set (HULL, int32 (std::size (HULL)));
  fixture.shape = &shape;
  fixture.density = 5.0f;
  fixture.friction = 0.1f;
  fixture.filter.categoryBits = HULL_CATEGORY;
  fixture.filter.maskBits = GROUND;
  hull_->CreateFixture (&fixture);

  float x = float (uniform (-START_FORCE, START_FORCE));
  float y = float (uniform (-START_FORCE, START_FORCE));

  hull_->ApplyForceToCenter ({ x, y }, true);
}

/* A motor presses the leg inwards as a spring would. `side` is -1 for the leg at
 * larger x, 1 for the other. */
void
Lander::make_leg (int side)
{
  const float sign = float (side);
  b2BodyDef body;
  b2PolygonShape shape;
  b2FixtureDef fixture;
  b2RevoluteJointDef joint;

  body.type = b2_dynamicBody;
  body.position.Set (WIDTH / 2.0f - sign * LEG_AWAY, HEIGHT);
  body.angle = sign * 0.05f;

  b2Body *leg = world_->CreateBody (&body);

  shape.SetAsBox (LEG_HALF_WIDTH, LEG_HALF_HEIGHT);
  fixture.shape = &shape;
  fixture.density = 1.0f;
  fixture.filter.categoryBits = LEG_CATEGORY;
  fixture.filter.maskBits = GROUND;
  leg->CreateFixture (&fixture);

  joint.bodyA = hull_;
  joint.bodyB = leg;
  joint.localAnchorB.Set (sign * LEG_AWAY, LEG_DOWN);
  joint.enableMotor = true;
  joint.maxMotorTorque = LEG_SPRING_TORQUE;
  joint.motorSpeed = 0.3f * sign;
  joint.enableLimit = true;
  joint.lowerAngle = side < 0 ? 0.4f : -0.9f;
  joint.upperAngle = side < 0 ? 0.9f : -0.4f;
  world_->CreateJoint (&joint);

  legs_[side < 0 ? 0 : 1] = leg;
}

/* Engines push by impulses whose place and direction scatter a little. */
void
Lander::fire (Thrust thrust)
{
  const b2Vec2 up (std::sin (hull_->GetAngle ()),
                   std::cos (hull_->GetAngle ()));
  const b2Vec2 across (-up.y, up.x);
  const float scatter[] = { float (uniform (-1.0, 1.0)) / SCALE,
                            float (uniform (-1.0, 1.0)) / SCALE };

  if (thrust.main > 0.0f)
    {
      const float down = MAIN_ENGINE_DOWN + 2.0f * scatter[0];
      const b2Vec2 offset (up.x * down + across.x * scatter[1],
                           -up.y * down - across.y * scatter[1]);

      hull_->ApplyLinearImpulse (-MAIN_POWER * thrust.main * offset,
                                 hull_->GetPosition () + offset, true);
    }
  if (thrust.side != 0.0f)
    {
      const float away =
          3.0f * scatter[1] + std::copysign (SIDE_ENGINE_AWAY, thrust.side);
      const b2Vec2 offset (up.x * scatter[0] + across.x * away,
                           -up.y * scatter[0] - across.y * away);
      const b2Vec2 place (offset.x - up.x * SIDE_ENGINE_SHIFT,
                          offset.y + up.y * SIDE_ENGINE_UP);

      hull_->ApplyLinearImpulse (-SIDE_POWER * std::abs (thrust.side) * offset,
                                 hull_->GetPosition () + place, true);
    }
}

/* How good a state is: near the pad, slow, upright, on its legs. */
static double
shape (const LanderState &state)
{
  return -100.0 * std::hypot (state.x_position, state.y_position) -
         100.0 * std::hypot (state.x_velocity, state.y_velocity) -
         100.0 * std::abs (state.angle) + 10.0 * state.left_leg +
         10.0 * state.right_leg;
}

void
Lander::step (Thrust thrust)
{
  thrust_ = thrust;
  fire (thrust);
  world_->Step (1.0f / STEPS_PER_SECOND, 180, 60);

  const LanderState now = state ();
  const double shaping = shape (now);
  const bool lost = crashed_ || std::abs (now.x_position) >= 1.0f;
  const bool at_rest = !hull_->IsAwake ();

  reward_ = shaping - shaping_ - 0.3 * double (thrust.main) -
            0.03 * double (std::abs (thrust.side));
  if (lost)
    reward_ = -100.0;
  if (at_rest)
    reward_ = 100.0;
  shaping_ = shaping;
  terminal_ = lost || at_rest;
}

LanderState
Lander::state () const
{
  const b2Vec2 &position = hull_->GetPosition ();
  const b2Vec2 &velocity = hull_->GetLinearVelocity ();
  const float half_width = WIDTH / 2.0f, half_height = HEIGHT / 2.0f;

  return {
    (position.x - half_width) / half_width,
    (position.y - (PAD_HEIGHT + LEG_DOWN)) / half_height,
    velocity.x * half_width / STEPS_PER_SECOND,
    velocity.y * half_height / STEPS_PER_SECOND,
    hull_->GetAngle (),
    20.0f * hull_->GetAngularVelocity () / STEPS_PER_SECOND,
    on_ground_[0],
    on_ground_[1],
  };
}

/* Engines as they are drawn: the one that pushes to the left is on the right. */
LanderLook
Lander::look () const
{
  const b2Vec2 box[] = { { -LEG_HALF_WIDTH, -LEG_HALF_HEIGHT },
                         { LEG_HALF_WIDTH, -LEG_HALF_HEIGHT },
                         { LEG_HALF_WIDTH, LEG_HALF_HEIGHT },
                         { -LEG_HALF_WIDTH, LEG_HALF_HEIGHT } };
  const float away = thrust_.side < 0.0f ? 1.0f : -1.0f;
  LanderLook look = {};

  look.width = WIDTH;
  look.height = HEIGHT;
  std::copy (std::begin (surface_), std::end (surface_), look.surface);
  look.pad_left = surface_[PAD_FIRST].x;
  look.pad_right = surface_[PAD_LAST].x;
  look.pad_height = surface_[PAD_FIRST].y;
  for (std::size_t i = 0; i < std::size (HULL); i++)
    look.hull[i] = hull_->GetWorldPoint (HULL[i]);
  for (std::size_t leg = 0; leg < 2; leg++)
    for (std::size_t i = 0; i < std::size (box); i++)
      look.legs[leg][i] = legs_[leg]->GetWorldPoint (box[i]);
  look.window = hull_->GetWorldPoint ({ 0.0f, 7.0f / SCALE });
  look.flames[0] = { hull_->GetWorldPoint ({ 0.0f, -10.0f / SCALE }),
                     hull_->GetWorldVector ({ 0.0f, -1.0f }),
                     40.0f / SCALE * thrust_.main, 8.0f / SCALE };
  look.flames[1] = { hull_->GetWorldPoint ({ away * 15.0f / SCALE, 0.3f }),
                     hull_->GetWorldVector ({ away, 0.0f }),
                     24.0f / SCALE * std::abs (thrust_.side), 5.0f / SCALE };
  return look;
}

bool
Lander::terminal () const
{
  return terminal_;
}

double
Lander::reward () const
{
  return reward_;
}

void
Lander::BeginContact (b2Contact *contact)
{
  const b2Body *bodies[] = { contact->GetFixtureA ()->GetBody (),
                             contact->GetFixtureB ()->GetBody () };

  for (const b2Body *body : bodies)
    {
      crashed_ |= body == hull_;
      on_ground_[0] |= body == legs_[0];
      on_ground_[1] |= body == legs_[1];
    }
}

void
Lander::EndContact (b2Contact *contact)
{
  const b2Body *bodies[] = { contact->GetFixtureA ()->GetBody (),
                             contact->GetFixtureB ()->GetBody () };

  for (const b2Body *body : bodies)
    for (int leg = 0; leg < 2; leg++)
      if (body == legs_[leg])
        on_ground_[leg] = false;
}
