# SPDX-License-Identifier: LGPL-2.1-or-later

"""Cases that hold for every simulator of the project, and the comparison of a
simulator with an oracle: an implementation of the published equations.

An oracle is a class with
  reset(random)     puts it into the initial state drawn from `random`
  step(action)      one step; gives (reward, terminal)
  state()           the state as the simulator should show it, by name
"""

import math
import random
import re

import plugin
from tap import case


class SplitMix:
    """SplitMix64 as published by Steele, Lea and Flood."""

    MASK = (1 << 64) - 1

    def __init__(self, seed):
        self.gamma_sum = seed

    def bits(self):
        self.gamma_sum = (self.gamma_sum + 0x9E3779B97F4A7C15) & self.MASK
        z = self.gamma_sum
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & self.MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & self.MASK
        return z ^ (z >> 31)

    def unit(self):
        return (self.bits() >> 11) / (1 << 53)

    def uniform(self, low, high):
        return low + (high - low) * self.unit()

    def below(self, n):
        return ((self.bits() >> 32) * n) >> 32


def close(found, expected, tolerance=2e-6):
    """Equal but for the precision of a float."""
    if isinstance(expected, (tuple, list)):
        return len(found) == len(expected) and all(map(close, found, expected))
    if isinstance(expected, str):
        return found == expected
    return abs(found - expected) <= tolerance * max(1.0, abs(expected))


def assert_close(found, expected, where=""):
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), f"{where}: {found} has not the fields of {expected}"
        for name, value in expected.items():
            assert close(found[name], value), f"{where}: {name} is {found[name]}, not {value}"
    else:
        assert close(found, expected), f"{where}: {found}, not {expected}"


def random_action(simulator, chance):
    """An action drawn uniformly from what the schema declares."""
    action = {}
    for field in plugin.fields_of(simulator.action):
        if field.n_values > 0:
            draw = lambda: int(field.values[chance.randrange(field.n_values)].value)
        elif field.flags & plugin.HAS_STEP:
            steps = math.floor((field.max - field.min) / field.step)
            draw = lambda: int(field.min + field.step * chance.randint(0, steps))
        else:
            draw = lambda: chance.uniform(field.min, field.max)
        action[field.name.decode()] = draw() if field.count == 1 else [draw() for _ in range(field.count)]
    return action


def as_received(simulator, action):
    """An action after its way through the struct: a float has lost digits."""
    return plugin.unpack(simulator.action, plugin.pack(simulator.action, action))


def compare(simulator, oracle, config=None, episodes=40, steps=300, reward=None, choose=None):
    """Plays the same episodes on both; gives the number of terminal ones.

    `choose(state, chance)` gives an action; without it actions are random.
    """
    default = [name for name, row in plugin.rewards_of(simulator).items() if row.flags & plugin.REWARD_DEFAULT]
    reward = reward or default[0]
    terminals = 0
    chance = random.Random(7)
    with plugin.Instance(simulator) as instance:
        instance.set_properties(**(config or {}))
        for seed in range(episodes):
            seed = seed * 0x123456789ABCDEF % 2**64
            state = instance.begin(seed)
            oracle.reset(SplitMix(seed))
            assert_close(state, oracle.state(), f"seed {seed}, start")
            for step in range(steps):
                action = choose(state, chance) if choose else random_action(simulator, chance)
                state, terminal = instance.advance(**action)
                expected_reward, expected_terminal = oracle.step(as_received(simulator, action))
                where = f"seed {seed}, step {step}, {action}"
                assert_close(state, oracle.state(), where)
                assert_close(instance.reward(reward), expected_reward, where + ", reward")
                assert terminal == expected_terminal, f"{where}: terminal is {terminal} at {state}"
                if terminal:
                    terminals += 1
                    break
            instance.stop()
    return terminals


def trace(instance, seed, steps=50):
    """States and rewards of the first steps under actions that follow from the
    seed."""
    chance = random.Random(seed)
    rows = [instance.begin(seed)]
    for _ in range(steps):
        state, terminal = instance.advance(**random_action(instance.simulator, chance))
        rows.append((state, terminal, [instance.reward(name) for name in instance.rewards]))
        if terminal:
            break
    instance.stop()
    return rows


def check_in_schema(schema, values):
    for field in plugin.fields_of(schema):
        value = values[field.name.decode()]
        for item in value if isinstance(value, tuple) else [value]:
            where = f"{field.name.decode()} is {item}"
            assert not isinstance(item, float) or math.isfinite(item), where
            assert not field.flags & plugin.HAS_MIN or item >= field.min, f"{where}, less than {field.min}"
            assert not field.flags & plugin.HAS_MAX or item <= field.max, f"{where}, more than {field.max}"
            assert field.n_values == 0 or item in plugin.values_of(field).values(), where


def common_cases(path, name, random_start=True):
    """Registers the cases that hold for every simulator; gives the one called
    `name` of the plugin at `path`."""
    table, simulators = plugin.load(path)
    simulator = simulators[name]
    test = f"/plugins/{name}/"

    @case(test + "described")
    def described():
        assert re.fullmatch(r"org\.simhost\.[a-z_]+", table.id.decode())
        assert table.name and table.license == b"LGPL-2.1-or-later"
        assert re.fullmatch(r"\d+\.\d+\.\d+", table.version.decode())
        assert simulator.description.endswith(b".")
        for schema in simulator.config, simulator.action, simulator.state:
            names = [field.name.decode() for field in plugin.fields_of(schema)]
            assert len(set(names)) == len(names)
            for field in plugin.fields_of(schema):
                assert re.fullmatch("[a-z][a-z0-9_]*", field.name.decode())
                assert field.description, f"{field.name} has no description"
                assert field.offset + field.size <= schema.size
        if simulator.config.defaults:
            data = plugin.pack(simulator.config, {})
            check_in_schema(simulator.config, plugin.unpack(simulator.config, data))

    @case(test + "one-default-reward")
    def one_default_reward():
        rows = list(plugin.rewards_of(simulator).values())
        assert sum(bool(row.flags & plugin.REWARD_DEFAULT) for row in rows) == 1
        assert all(row.description for row in rows if not row.flags & plugin.REWARD_ALIAS)

    @case(test + "same-seed-same-episode")
    def same_seed_same_episode():
        with plugin.Instance(simulator) as one, plugin.Instance(simulator) as other:
            for seed in 0, 1, 2**63, 2**64 - 1:
                first = trace(one, seed)
                assert trace(other, seed) == first
                assert trace(one, seed) == first, "an episode depends on the one before"

    @case(test + "seeds-differ")
    def seeds_differ():
        with plugin.Instance(simulator) as instance:
            starts = {tuple(instance.begin(seed).items()) for seed in range(20)}
        assert len(starts) > 3 if random_start else len(starts) == 1

    @case(test + "instances-do-not-share")
    def instances_do_not_share():
        with plugin.Instance(simulator) as one, plugin.Instance(simulator) as other:
            alone = trace(one, 5)
            chance = random.Random(5)
            rows = [one.begin(5)]
            other.begin(6)
            for expected in alone[1:]:
                action = random_action(simulator, chance)
                state, terminal = one.advance(**action)
                rows.append((state, terminal, [one.reward(name) for name in one.rewards]))
                if other.advance(**action)[1]:
                    other.stop()
                    other.begin(6)
            assert rows == alone

    @case(test + "states-as-declared")
    def states_as_declared():
        chance = random.Random(3)
        with plugin.Instance(simulator) as instance:
            for seed in range(60):
                check_in_schema(simulator.state, instance.begin(seed))
                for _ in range(200):
                    state, terminal = instance.advance(**random_action(simulator, chance))
                    check_in_schema(simulator.state, state)
                    assert all(math.isfinite(instance.reward(name)) for name in instance.rewards)
                    if terminal:
                        break
                instance.stop()

    for field in plugin.fields_of(simulator.action):
        if field.n_values > 0:

            @case(test + f"wrong-{field.name.decode()}-refused")
            def wrong_value_refused(field=field):
                allowed = plugin.values_of(field)
                for wrong in -1, int(max(allowed.values())) + 1, 2**31 - 1, -(2**31):
                    with plugin.Instance(simulator) as instance:
                        instance.begin(1)
                        try:
                            instance.advance(**{**random_action(simulator, random.Random(1)), field.name.decode(): wrong})
                        except plugin.Refused as refused:
                            assert refused.status == plugin.ERROR
                            assert field.name.decode() in refused.reason, refused.reason
                            assert all(value in refused.reason for value in allowed), refused.reason
                        else:
                            raise AssertionError(f"{field.name.decode()} {wrong} was accepted")
                        instance.stop()
                        instance.begin(1)

    return simulator
