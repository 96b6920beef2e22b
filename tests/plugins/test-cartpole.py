#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""cartpole against the equations of Gym's CartPole-v1: test-cartpole.py FILE"""

import math
import sys

import plugin
from compare import common_cases, compare
from tap import case, run

cartpole = common_cases(sys.argv[1], "cartpole")


class Oracle:
    """Barto, Sutton and Anderson 1983, without friction, in the form of
    R. V. Florian, "Correct equations for the dynamics of the cart-pole system",
    equations 23 and 24 without friction; one explicit Euler step of 20 ms."""

    def reset(self, random):
        self.x, self.v, self.theta, self.omega = (random.uniform(-0.05, 0.05) for _ in range(4))

    def step(self, action):
        g, cart, pole, length, tau = 9.8, 1.0, 0.1, 0.5, 0.02
        force = {0: -10.0, 1: 10.0}[action["command"]]
        sin, cos = math.sin(self.theta), math.cos(self.theta)
        alpha = (g * sin + cos * (-force - pole * length * self.omega**2 * sin) / (cart + pole)) / (
            length * (4 / 3 - pole * cos**2 / (cart + pole))
        )
        a = (force + pole * length * (self.omega**2 * sin - alpha * cos)) / (cart + pole)
        self.x, self.v = self.x + tau * self.v, self.v + tau * a
        self.theta, self.omega = self.theta + tau * self.omega, self.omega + tau * alpha
        return 1.0, not (-2.4 <= self.x <= 2.4 and abs(math.degrees(self.theta)) <= 12)

    def state(self):
        return {"position": self.x, "velocity": self.v, "angle": self.theta, "rotation": self.omega}


def hold_up(state, chance):
    """Keeps the pole up, with a push at random now and then."""
    if chance.random() < 0.2:
        return {"command": chance.randrange(2)}
    lean = state["angle"] + 0.5 * state["rotation"] + 0.05 * state["position"] + 0.1 * state["velocity"]
    return {"command": int(lean > 0)}


def push(seed, command, config=None):
    """Pushes one way until the end: the states."""
    with plugin.Instance(cartpole) as instance:
        instance.set_properties(**(config or {}))
        states, terminal = [instance.begin(seed)], False
        while not terminal and len(states) < 1000:
            state, terminal = instance.advance(command=command)
            states.append(state)
        return states, terminal


@case("/plugins/cartpole/schemas")
def schemas():
    names = lambda schema: [(f.name.decode(), f.type, f.count) for f in plugin.fields_of(schema)]
    assert cartpole.config.name == b"CartPoleConfig"
    assert names(cartpole.config) == [("episode_length", 5, 1), ("deque_size", 9, 1)]
    assert cartpole.state.name == b"GameState"
    assert names(cartpole.state) == [(n, 2, 1) for n in ("position", "velocity", "angle", "rotation")]
    assert cartpole.action.name == b"Action"
    assert names(cartpole.action) == [("command", 5, 1)]
    assert plugin.values_of(cartpole.action.fields[0]) == {"left": 0, "right": 1}


@case("/plugins/cartpole/defaults")
def defaults():
    data = plugin.pack(cartpole.config, {})
    assert plugin.unpack(cartpole.config, data) == {"episode_length": -1, "deque_size": 1}


@case("/plugins/cartpole/dynamics/random")
def dynamics_random():
    assert compare(cartpole, Oracle()) == 40


@case("/plugins/cartpole/dynamics/held-up")
def dynamics_held_up():
    assert compare(cartpole, Oracle(), choose=hold_up, steps=150) < 40


@case("/plugins/cartpole/start/spread")
def start_spread():
    with plugin.Instance(cartpole) as instance:
        starts = [instance.begin(seed) for seed in range(4000)]
    for name in "position", "velocity", "angle", "rotation":
        values = [state[name] for state in starts]
        assert min(values) >= -0.05 and max(values) <= 0.05
        assert min(values) < -0.0495 and max(values) > 0.0495
        mean = sum(values) / len(values)
        variance = sum((value - mean) ** 2 for value in values) / len(values)
        assert abs(mean) < 0.003, f"{name}: mean {mean}"
        assert abs(variance / (0.1**2 / 12) - 1) < 0.1, f"{name}: variance {variance}"


@case("/plugins/cartpole/terminal/angle")
def terminal_angle():
    states, terminal = push(1, 1)
    assert terminal and len(states) < 15
    assert abs(math.degrees(states[-1]["angle"])) > 12
    assert all(abs(math.degrees(state["angle"])) <= 12 for state in states[:-1])


@case("/plugins/cartpole/terminal/position")
def terminal_position():
    with plugin.Instance(cartpole) as instance:
        state, terminal = instance.begin(3), False
        while not terminal:
            # Leaning to the right on purpose drives the cart to the right.
            lean = state["angle"] - 0.08 + 0.3 * state["rotation"]
            state, terminal = instance.advance(command=int(lean > 0))
        assert abs(state["position"]) > 2.4 and abs(math.degrees(state["angle"])) <= 12, state


@case("/plugins/cartpole/terminal/episode-length")
def terminal_episode_length():
    for length, steps in (1, 1), (5, 5), (0, None), (-1, None), (2**31 - 1, None):
        states, terminal = push(2, 0, {"episode_length": length})
        unlimited, _ = push(2, 0)
        assert terminal and len(states) - 1 == (steps or len(unlimited) - 1)


@case("/plugins/cartpole/rewards")
def rewards():
    assert list(plugin.rewards_of(cartpole)) == ["balance", "open_ai_gym_default_objective"]
    assert cartpole.rewards[0].flags == plugin.REWARD_DEFAULT
    assert cartpole.rewards[1].flags == plugin.REWARD_ALIAS
    with plugin.Instance(cartpole) as instance:
        instance.begin(4)
        terminal = False
        while not terminal:
            _, terminal = instance.advance(command=1)
            assert instance.reward("balance") == 1.0
            assert instance.reward("open_ai_gym_default_objective") == 1.0


run()
