#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""counter as the recorded dialogues have it: test-counter.py FILE"""

import sys

import plugin
from tap import case, run

_, simulators = plugin.load(sys.argv[1])
counter = simulators["counter"]


@case("/plugins/counter/schemas")
def schemas():
    names = lambda schema: [(f.name.decode(), f.type) for f in plugin.fields_of(schema)]
    assert counter.config.name == b"CounterConfig"
    assert names(counter.config) == [("limit", 1), ("start", 2), ("seed", 10)]
    assert counter.action.name == b"CounterAction"
    assert names(counter.action) == [("delta", 5), ("gain", 2)]
    assert counter.state.name == b"CounterState"
    assert names(counter.state) == [("value", 1), ("step", 5), ("big", 6), ("over", 11), ("label", 12)]
    assert [(r.name, r.flags) for r in plugin.rewards_of(counter).values()] == [(b"score", plugin.REWARD_DEFAULT)]


@case("/plugins/counter/dialogue/train")
def dialogue_train():
    with plugin.Instance(counter) as instance:
        instance.set_properties(limit=100, start=0, seed=7)
        assert instance.begin(1) == {"value": 0, "step": 0, "big": 0, "over": 0, "label": "s0"}
        expected = {"value": 1, "step": 1, "big": 10**10, "over": 0, "label": "s1"}
        assert instance.advance(delta=1, gain=1) == (expected, False)
        assert instance.reward("score") == 0.5
        expected = {"value": 2, "step": 2, "big": 2 * 10**10, "over": 0, "label": "s2"}
        assert instance.advance(delta=2, gain=0.5) == (expected, False)
        assert instance.reward("score") == 1.0
        expected = {"value": -4, "step": 3, "big": 3 * 10**10, "over": 0, "label": "s3"}
        assert instance.advance(delta=-3, gain=2) == (expected, False)
        assert instance.reward("score") == -2.0


@case("/plugins/counter/dialogue/predict")
def dialogue_predict():
    with plugin.Instance(counter) as instance:
        for seed in 1, 2:
            assert instance.begin(seed) == {"value": 0, "step": 0, "big": 0, "over": 1, "label": "s0"}
            state, terminal = instance.advance(delta=1, gain=1)
            assert terminal and state["value"] == 1 and instance.reward("score") == 0.5
            instance.stop()


@case("/plugins/counter/dialogue/terminal")
def dialogue_terminal():
    with plugin.Instance(counter) as instance:
        instance.set_properties(limit=2, start=1, seed=8)
        assert instance.begin(99)["value"] == 1
        state, terminal = instance.advance(delta=1, gain=1)
        assert terminal and state["over"] == 1
        instance.stop()
        instance.begin(98)
        state, terminal = instance.advance(delta=-3, gain=1)
        assert terminal and state["value"] == -2 and state["over"] == 0


@case("/plugins/counter/dialogue/extreme-numbers")
def dialogue_extreme_numbers():
    with plugin.Instance(counter) as instance:
        instance.set_properties(limit=1e300, start=-3.5, seed=2**64 - 1)
        assert instance.begin(0)["value"] == -3.5
        assert instance.advance(delta=-(2**31), gain=0)[0]["value"] == -3.5
        assert instance.advance(delta=2**31 - 1, gain=-0.0)[0]["value"] == -3.5
        assert instance.advance(delta=1, gain=3e38)[0]["value"] == 3.0000000054977558e38


run()
