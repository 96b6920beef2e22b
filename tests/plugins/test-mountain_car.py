#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""mountain_car and mountain_car_continuous against the equations of Gym's
MountainCar-v0 and MountainCarContinuous-v0: test-mountain_car.py FILE"""

import math
import sys

import plugin
from compare import common_cases, compare
from tap import case, run

mountain_car = common_cases(sys.argv[1], "mountain_car")
continuous = common_cases(sys.argv[1], "mountain_car_continuous")


class Oracle:
    """Moore 1990: v += power * a - 0.0025 cos 3x, x += v, both clipped."""

    power, goal, start = 0.001, 0.5, (-0.6, -0.4)

    def reset(self, random):
        self.x, self.v = random.uniform(*self.start), 0.0

    def drive(self, a):
        self.v += a * self.power - math.cos(3 * self.x) * 0.0025
        self.v = min(max(self.v, -0.07), 0.07)
        self.x += self.v
        if self.x > 0.6:
            self.x = 0.6
        if self.x <= -1.2:
            self.x, self.v = -1.2, max(self.v, 0.0)
        return self.x >= self.goal and self.v >= 0

    def step(self, action):
        return -1.0, self.drive(action["command"] - 1)

    def state(self):
        return {"x_position": self.x, "x_velocity": self.v}


class Continuous(Oracle):
    power, goal, price = 0.0015, 0.45, 0.1

    def step(self, action):
        force = action["command"]
        there = self.drive(min(max(force, -1.0), 1.0))
        return 100.0 * there - self.price * force**2, there


def rock(state, chance):
    """Pushes the way the car rolls, most of the time."""
    right = state["x_velocity"] > 0 if chance.random() < 0.9 else chance.random() < 0.5
    return {"command": 2 * right}


def rock_freely(state, chance):
    return {"command": (rock(state, chance)["command"] - 1) * chance.uniform(0.3, 1.5)}


@case("/plugins/mountain_car/dynamics/random")
def dynamics_random():
    assert compare(mountain_car, Oracle(), steps=200) == 0


@case("/plugins/mountain_car/dynamics/to-the-goal")
def dynamics_to_the_goal():
    assert compare(mountain_car, Oracle(), choose=rock, steps=300) == 40


@case("/plugins/mountain_car/dynamics/wall")
def dynamics_wall():
    with plugin.Instance(mountain_car) as instance:
        instance.begin(1)
        states = [instance.advance(command=0 if step < 40 or step > 60 else 2)[0] for step in range(200)]
    assert any(state == {"x_position": -1.2, "x_velocity": 0.0} for state in states)


@case("/plugins/mountain_car_continuous/dynamics/random")
def continuous_random():
    assert compare(continuous, Continuous(), steps=200) == 0


@case("/plugins/mountain_car_continuous/dynamics/to-the-goal")
def continuous_to_the_goal():
    assert compare(continuous, Continuous(), choose=rock_freely, steps=600) > 35


@case("/plugins/mountain_car/start/spread")
def start_spread():
    for simulator in mountain_car, continuous:
        with plugin.Instance(simulator) as instance:
            starts = [instance.begin(seed) for seed in range(2000)]
        positions = [state["x_position"] for state in starts]
        assert -0.6 <= min(positions) < -0.599 and -0.401 < max(positions) < -0.4
        assert all(state["x_velocity"] == 0 for state in starts)


@case("/plugins/mountain_car/defaults")
def defaults():
    for simulator, more in (mountain_car, {}), (continuous, {"effort_price": 0.1}):
        data = plugin.pack(simulator.config, {})
        expected = {"start_left": -0.6, "start_right": -0.4, **more}
        assert plugin.unpack(simulator.config, data) == expected


@case("/plugins/mountain_car/start/configured")
def start_configured():
    for simulator, oracle in (mountain_car, Oracle()), (continuous, Continuous()):
        oracle.start = -1.1, 0.3
        compare(simulator, oracle, {"start_left": -1.1, "start_right": 0.3}, steps=50)


@case("/plugins/mountain_car_continuous/rewards/price")
def rewards_price():
    for price in 0.0, 0.7:
        oracle = Continuous()
        oracle.price = price
        assert compare(continuous, oracle, {"effort_price": price}, choose=rock_freely, steps=600) > 35


@case("/plugins/mountain_car/wrong-config-refused")
def wrong_config_refused():
    starts = (0.1, 0.0), (-1.3, 0), (0, 0.7), (math.nan, 0), (0, math.nan)
    configs = [{"start_left": left, "start_right": right} for left, right in starts]
    configs += [{"effort_price": price} for price in (-0.1, 1.1, math.nan)]
    for config in configs:
        with plugin.Instance(continuous) as instance:
            try:
                instance.set_properties(**config)
            except plugin.Refused as refused:
                assert refused.status == plugin.ERROR and next(iter(config)) in refused.reason
            else:
                raise AssertionError(f"{config} was accepted")


run()
