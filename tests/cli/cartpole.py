# SPDX-License-Identifier: LGPL-2.1-or-later

"""CartPole-v1 as published, written anew: no code shared with the plugin."""

import math
import random


class CartPole:
    """Gym's numbers: force 10, tau 0.02, limits 2.4 and 12 degrees, 500 steps."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def reset(self):
        self.x, self.v, self.theta, self.omega = (self.random.uniform(-0.05, 0.05) for _ in range(4))
        self.steps = 0
        return self.state()

    def state(self):
        return {"position": self.x, "velocity": self.v, "angle": self.theta, "rotation": self.omega}

    def step(self, command):
        """Returns the state, and whether the episode is over."""
        cart, pole, half_length, gravity, tau = 1.0, 0.1, 0.5, 9.8, 0.02
        total = cart + pole
        force = 10.0 if command == 1 else -10.0
        sine, cosine = math.sin(self.theta), math.cos(self.theta)
        temp = (force + pole * half_length * self.omega**2 * sine) / total
        alpha = (gravity * sine - cosine * temp) / (half_length * (4.0 / 3.0 - pole * cosine**2 / total))
        acceleration = temp - pole * half_length * alpha * cosine / total
        self.x += tau * self.v
        self.v += tau * acceleration
        self.theta += tau * self.omega
        self.omega += tau * alpha
        self.steps += 1
        failed = abs(self.x) > 2.4 or abs(self.theta) > math.radians(12)
        return self.state(), failed or self.steps >= 500
