#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""acrobot against the equations of motion of a double pendulum in matrix form,
integrated as in Gym's Acrobot-v1: test-acrobot.py FILE"""

import sys
from math import cos, pi, sin

import plugin
from compare import common_cases, compare
from tap import case, run

acrobot = common_cases(sys.argv[1], "acrobot")


def acceleration(q, torque):
    """M(q) q'' = t - C(q, q') - G(q), solved by Cramer's rule: M, C and G from
    the Lagrangian of two links of mass 1, length 1, inertia 1 about a centre of
    mass half way down."""
    a, b, da, db = q
    m11 = 0.25 + 1 + (1 + 0.25 + cos(b)) + 1
    m12 = 1 + 0.25 + 0.5 * cos(b)
    m22 = 1 + 0.25
    c1 = -0.5 * sin(b) * (2 * da * db + db * db)
    c2 = 0.5 * sin(b) * da * da
    g2 = 9.8 * 0.5 * sin(a + b)
    g1 = 9.8 * 1.5 * sin(a) + g2
    r1, r2 = -c1 - g1, torque - c2 - g2
    det = m11 * m22 - m12 * m12
    return (m22 * r1 - m12 * r2) / det, (m11 * r2 - m12 * r1) / det


def energy(a, b, da, db):
    kinetic = 0.5 * (3.5 + cos(b)) * da**2 + (1.25 + 0.5 * cos(b)) * da * db + 0.5 * 1.25 * db**2
    return kinetic - 9.8 * (1.5 * cos(a) + 0.5 * cos(a + b))


class Oracle:
    def reset(self, random):
        self.q = [random.uniform(-0.1, 0.1) for _ in range(4)]

    def step(self, action):
        torque, h = action["command"] - 1, 0.2
        f = lambda q: (q[2], q[3], *acceleration(q, torque))
        add = lambda q, k, s: [x + s * y for x, y in zip(q, k)]
        k1 = f(self.q)
        k2 = f(add(self.q, k1, h / 2))
        k3 = f(add(self.q, k2, h / 2))
        k4 = f(add(self.q, k3, h))
        a, b, da, db = (
            x + h / 6 * (p + 2 * q + 2 * r + s) for x, p, q, r, s in zip(self.q, k1, k2, k3, k4)
        )
        wrap = lambda angle: (angle + pi) % (2 * pi) - pi
        clip = lambda speed, limit: max(-limit, min(limit, speed))
        self.q = [wrap(a), wrap(b), clip(da, 4 * pi), clip(db, 9 * pi)]
        up = -cos(self.q[0]) - cos(self.q[0] + self.q[1]) > 1
        return (0.0 if up else -1.0), up

    def state(self):
        a, b, da, db = self.q
        names = "cos_theta0", "sin_theta0", "cos_theta1", "sin_theta1", "theta0_dot", "theta1_dot"
        return dict(zip(names, (cos(a), sin(a), cos(b), sin(b), da, db)))


def pump(state, chance):
    """Feeds energy: the motor turns as the lower link does."""
    return {"command": 2 if state["theta1_dot"] > 0 else 0}


@case("/plugins/acrobot/oracle/energy")
def oracle_energy():
    """Without torque a fine integration keeps the energy: the oracle's M, C and
    G belong together."""
    q, h = [0.8, -0.5, 0.3, 1.0], 1e-4
    before = energy(*q)
    for _ in range(20000):
        half = [x + h / 2 * y for x, y in zip(q, (q[2], q[3], *acceleration(q, 0)))]
        q = [x + h * y for x, y in zip(q, (half[2], half[3], *acceleration(half, 0)))]
    assert abs(energy(*q) - before) < 1e-6, (before, energy(*q))


@case("/plugins/acrobot/dynamics/random")
def dynamics_random():
    compare(acrobot, Oracle(), steps=100)


@case("/plugins/acrobot/dynamics/swung-up")
def dynamics_swung_up():
    assert compare(acrobot, Oracle(), choose=pump, steps=120) > 30


@case("/plugins/acrobot/start/spread")
def start_spread():
    with plugin.Instance(acrobot) as instance:
        starts = [instance.begin(seed) for seed in range(2000)]
    for name in "sin_theta0", "sin_theta1", "theta0_dot", "theta1_dot":
        values = [state[name] for state in starts]
        limit = 0.1 if name.endswith("dot") else sin(0.1)
        assert -limit <= min(values) < -0.099 and 0.099 < max(values) <= limit


run()
