#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""pendulum against the equations of Gym's Pendulum-v1: test-pendulum.py FILE"""

import math
import sys

import plugin
from compare import common_cases, compare
from tap import case, run

pendulum = common_cases(sys.argv[1], "pendulum")


class Oracle:
    """A rod of 1 kg and 1 m about its end, g = 10, steps of 50 ms."""

    def reset(self, random):
        self.theta, self.omega = random.uniform(-math.pi, math.pi), random.uniform(-1, 1)

    def step(self, action):
        u = max(-2.0, min(2.0, action["torque"]))
        tilt = math.atan2(math.sin(self.theta), math.cos(self.theta))
        cost = tilt**2 + 0.1 * self.omega**2 + 0.001 * u**2
        inertia = 1 / 3
        self.omega += 0.05 * (10 * 0.5 * math.sin(self.theta) + u) / inertia
        self.omega = max(-8.0, min(8.0, self.omega))
        self.theta += 0.05 * self.omega
        return -cost, False

    def state(self):
        return {"cos_theta": math.cos(self.theta), "sin_theta": math.sin(self.theta), "theta_dot": self.omega}


def swing(state, chance):
    """Torque with the motion: up and over, again and again."""
    return {"torque": math.copysign(chance.uniform(1, 3), state["theta_dot"])}


@case("/plugins/pendulum/dynamics/random")
def dynamics_random():
    assert compare(pendulum, Oracle(), steps=100) == 0


@case("/plugins/pendulum/dynamics/over-the-top")
def dynamics_over_the_top():
    assert compare(pendulum, Oracle(), steps=100, choose=swing) == 0


@case("/plugins/pendulum/start/spread")
def start_spread():
    with plugin.Instance(pendulum) as instance:
        starts = [instance.begin(seed) for seed in range(4000)]
    angles = [math.atan2(state["sin_theta"], state["cos_theta"]) for state in starts]
    speeds = [state["theta_dot"] for state in starts]
    assert min(angles) < -3.13 and max(angles) > 3.13
    assert abs(sum(angles)) / len(angles) < 0.15
    assert -1 <= min(speeds) < -0.998 and 0.998 < max(speeds) <= 1


@case("/plugins/pendulum/rewards/range")
def rewards_range():
    with plugin.Instance(pendulum) as instance:
        rewards = []
        for seed in range(50):
            instance.begin(seed)
            for _ in range(100):
                instance.advance(torque=2)
                rewards.append(instance.reward("upright"))
    assert -(math.pi**2 + 6.4 + 0.004) <= min(rewards) and max(rewards) <= -0.004


run()
