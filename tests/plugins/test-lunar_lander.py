#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""lunar_lander and lunar_lander_continuous against rigid-body mechanics and the
reward of Gym's LunarLander-v2: test-lunar_lander.py FILE"""

import cmath
import math
import random
import sys

import plugin
from compare import SplitMix, common_cases
from tap import case, run

lunar_lander = common_cases(sys.argv[1], "lunar_lander")
continuous = common_cases(sys.argv[1], "lunar_lander_continuous")

# Points and vectors are complex numbers. Lengths in metres; Gym draws 30 pixels
# a metre.
PIXEL = 1 / 30
WIDTH, HEIGHT = 600 * PIXEL, 400 * PIXEL
HULL = [PIXEL * complex(*p) for p in ((-14, 17), (-17, 0), (-17, -10), (17, -10), (17, 0), (14, 17))]


def cross(a, b):
    return a.real * b.imag - a.imag * b.real


def polygon(points, density):
    """Mass, centre and moment of inertia about the centre."""
    area = center = second = 0
    for a, b in zip(points, points[1:] + points[:1]):
        c = cross(a, b)
        area += c / 2
        center += c * (a + b) / 6
        second += c * (abs(a) ** 2 + (a * b.conjugate()).real + abs(b) ** 2) / 12
    center /= area
    return density * area, center, density * (second - area * abs(center) ** 2)


def rigid():
    """Hull and legs as one body while the legs rest against their stops, 0.4 rad
    out: mass, centre in the hull's frame, inertia, the hull's own centre."""
    parts = [polygon(HULL, 5.0)]
    for i in -1, 1:
        turn = cmath.rect(1, -0.4 * i)
        leg = [complex(x, y) * PIXEL for x, y in ((-2, -8), (2, -8), (2, 8), (-2, 8))]
        at = -complex(i * 20, 18) * PIXEL
        parts.append(polygon([turn * (point + at) for point in leg], 1.0))
    mass = sum(part[0] for part in parts)
    center = sum(part[0] * part[1] for part in parts) / mass
    inertia = sum(part[2] + part[0] * abs(part[1] - center) ** 2 for part in parts)
    return mass, center, inertia, parts[0][1]


MASS, CENTER, INERTIA, HULL_CENTER = rigid()


def from_state(state):
    """Position, velocity, angle and angular velocity in metres and seconds."""
    position = complex(
        WIDTH / 2 * (1 + state["x_position"]), HEIGHT / 2 * state["y_position"] + HEIGHT / 4 + 18 * PIXEL
    )
    velocity = complex(state["x_velocity"] * 50 * 2 / WIDTH, state["y_velocity"] * 50 * 2 / HEIGHT)
    return position, velocity, state["angle"], state["rotation"] * 50 / 20


def impulses(position, angle, main, side, scatter):
    """(impulse, place) of each engine that fires."""
    along = complex(math.sin(angle), math.cos(angle))
    across = complex(-along.imag, along.real)
    s, t = scatter
    if main:
        down = 4 * PIXEL + 2 * s
        offset = complex(along.real * down + across.real * t, -along.imag * down - across.imag * t)
        yield -13 * main * offset, position + offset
    if side:
        away = 3 * t + math.copysign(12 * PIXEL, side)
        offset = complex(along.real * s + across.real * away, -along.imag * s - across.imag * away)
        place = complex(offset.real - along.real * 17 * PIXEL, offset.imag + along.imag * 14 * PIXEL)
        yield -0.6 * abs(side) * offset, position + place


def predict(state, main, side, scatter):
    """Velocity and angular velocity after a step in free flight."""
    position, velocity, angle, omega = from_state(state)
    turn = cmath.rect(1, angle)
    lever = 1j * turn * (CENTER - HULL_CENTER)
    velocity += omega * lever - 10j / 50
    for impulse, place in impulses(position, angle, main, side, scatter):
        velocity += impulse / MASS
        omega += cross(place - position - turn * CENTER, impulse) / INERTIA
    return velocity - omega * lever, omega


def scatters(seed):
    """The engines' scatter in each step: after 12 numbers for the hills and 2 for
    the first push, and the step that reset makes."""
    draw = SplitMix(seed)
    for _ in range(16):
        draw.bits()
    while True:
        yield draw.uniform(-1, 1) * PIXEL, draw.uniform(-1, 1) * PIXEL


def shaping(state):
    return (
        -100 * math.hypot(state["x_position"], state["y_position"])
        - 100 * math.hypot(state["x_velocity"], state["y_velocity"])
        - 100 * abs(state["angle"])
        + 10 * (state["left_leg"] + state["right_leg"])
    )


COMMANDS = {0: (0, 0), 1: (0, -1), 2: (1, 0), 3: (0, 1)}


def as_thrust(action):
    """What the engines do, as Gym reads an action."""
    if "command" in action:
        return COMMANDS[action["command"]]
    main, side = (max(-1, min(1, action[name])) for name in ("engine1", "engine2"))
    return (main / 2 + 0.5 if main > 0 else 0), (side if abs(side) > 0.5 else 0)


def fly_in(state):
    """A pilot: leans against drift, and falls slower the lower it is. Gives the
    lack of upward speed in m/s, and the lack of lean to the left in rad."""
    position, velocity, angle, omega = from_state(state)
    if state["left_leg"] or state["right_leg"]:
        return -velocity.imag - 0.5, 0.0
    away, height = position.real - WIDTH / 2, max(0.0, HEIGHT / 2 * state["y_position"])
    lean = max(-0.4, min(0.4, 0.05 * away + 0.2 * velocity.real))
    fall = 0.3 + min(math.sqrt(2 * height), 3.0)
    if abs(away) > 0.3 * height + 1:
        fall = 0.0
    return -fall - velocity.imag, lean - angle - 0.5 * omega


def pilot(state):
    lift, turn = fly_in(state)
    if lift > 0 and lift > 2 * abs(turn):
        return {"command": 2}
    return {"command": 3 if turn < -0.1 else 1 if turn > 0.1 else 0}


def pilot_continuously(state):
    lift, turn = fly_in(state)
    return {"engine1": min(1, lift), "engine2": max(-1, min(1, -5 * turn))}


def episodes(simulator, count, choose, limit=1000):
    """Plays episodes; yields (states, actions, rewards, terminal) of each."""
    chance = random.Random(11)
    with plugin.Instance(simulator) as instance:
        for seed in range(count):
            states, actions, rewards, terminal = [instance.begin(seed)], [], [], False
            while not terminal and len(actions) < limit:
                actions.append(choose(states[-1], chance))
                state, terminal = instance.advance(**actions[-1])
                states.append(state)
                rewards.append(instance.reward("landing"))
            instance.stop()
            yield states, actions, rewards, terminal


def random_command(state, chance):
    return {"command": chance.randrange(4)}


def random_throttles(state, chance):
    return {"engine1": chance.uniform(-1.5, 1.5), "engine2": chance.uniform(-1.5, 1.5)}


def check_flight(simulator, choose):
    steps = 0
    for seed, (states, actions, _, _) in enumerate(episodes(simulator, 30, choose)):
        scatter = scatters(seed)
        for step, (before, after, action) in enumerate(zip(states, states[1:], actions)):
            velocity, omega = predict(before, *as_thrust(action), next(scatter))
            # The legs first have to swing to their stops; near the ground the
            # legs may touch it.
            if step < 15:
                continue
            if after["y_position"] < 0.45 or abs(before["rotation"]) > 1:
                break
            _, found, _, turned = from_state(after)
            where = f"seed {seed}, step {step}, {action}: {before}"
            assert abs(found - velocity) < 0.02, f"{where}: velocity {found}, not {velocity}"
            assert abs(turned - omega) < 0.02, f"{where}: rotation {turned}, not {omega}"
            steps += 1
    assert steps > 500, steps


def check_rewards(simulator, choose):
    ends = {100: 0, -100: 0}
    for seed, (states, actions, rewards, terminal) in enumerate(episodes(simulator, 30, choose)):
        for step, (before, after, action, reward) in enumerate(zip(states, states[1:], actions, rewards)):
            main, side = as_thrust(action)
            expected = shaping(after) - shaping(before) - 0.3 * main - 0.03 * abs(side)
            if terminal and step == len(actions) - 1:
                assert reward in ends
                ends[reward] += 1
            else:
                assert abs(reward - expected) < 1e-3, f"seed {seed}, step {step}: {reward}, not {expected}"
    return ends


@case("/plugins/lunar_lander/flight")
def flight():
    check_flight(lunar_lander, random_command)


@case("/plugins/lunar_lander_continuous/flight")
def flight_continuous():
    check_flight(continuous, random_throttles)


@case("/plugins/lunar_lander/rewards/random")
def rewards_random():
    ends = check_rewards(lunar_lander, random_command)
    assert ends[-100] == 30, ends


@case("/plugins/lunar_lander/rewards/landed")
def rewards_landed():
    ends = check_rewards(lunar_lander, lambda state, chance: pilot(state))
    assert ends[100] == 30, ends


@case("/plugins/lunar_lander_continuous/rewards/landed")
def rewards_landed_continuous():
    ends = check_rewards(continuous, lambda state, chance: pilot_continuously(state))
    assert ends[100] == 30, ends


@case("/plugins/lunar_lander/returns/random")
def returns_random():
    """Random commands are known to return about -200 in the mean."""
    returns = [sum(rewards) for _, _, rewards, _ in episodes(lunar_lander, 300, random_command)]
    assert -230 < sum(returns) / 300 < -170, sum(returns) / 300


@case("/plugins/lunar_lander/returns/landed")
def returns_landed():
    returns = [sum(r) for _, _, r, _ in episodes(lunar_lander, 60, lambda state, chance: pilot(state))]
    assert sum(returns) / 60 > 200, sum(returns) / 60


@case("/plugins/lunar_lander/start")
def start():
    with plugin.Instance(lunar_lander) as instance:
        starts = [instance.begin(seed) for seed in range(500)]
    for state in starts:
        position, velocity, angle, _ = from_state(state)
        # Where it was put, and a step under a force of up to 1000 N each way.
        assert abs(position - complex(WIDTH / 2, HEIGHT)) < 0.2
        assert abs(angle) < 0.05 and state["left_leg"] == state["right_leg"] == 0
    speeds = [from_state(state)[1].real for state in starts]
    limit = 1000 / 50 / polygon(HULL, 5.0)[0]
    assert 0.8 * limit < max(speeds) < limit and -limit < min(speeds) < -0.8 * limit, (limit, max(speeds))


@case("/plugins/lunar_lander/terminal/at-rest")
def at_rest():
    on_legs = 0
    for states, _, rewards, terminal in episodes(lunar_lander, 20, lambda state, chance: pilot(state)):
        last = states[-1]
        assert terminal and rewards[-1] == 100
        assert last["x_velocity"] == last["y_velocity"] == last["rotation"] == 0
        on_legs += last["left_leg"] and last["right_leg"]
    # As in Gym, a leg across two pieces of ground counts as up when it leaves one.
    assert on_legs > 10, on_legs


@case("/plugins/lunar_lander/terminal/out-of-sight")
def out_of_sight():
    for states, _, rewards, terminal in episodes(
        lunar_lander, 20, lambda state, chance: {"command": 2 if state["angle"] < -0.3 else chance.choice((2, 3))}
    ):
        assert terminal and rewards[-1] == -100
        if abs(states[-1]["x_position"]) >= 1:
            assert all(abs(state["x_position"]) < 1 for state in states[:-1])
            return
    raise AssertionError("never got out of sight")


run()
