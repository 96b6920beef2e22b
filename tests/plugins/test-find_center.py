#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""find_center: test-find_center.py FILE"""

import math
import sys

import plugin
from compare import common_cases, compare
from tap import case, run

find_center = common_cases(sys.argv[1], "find_center")


class Oracle:
    def __init__(self, low=-10.0, high=10.0):
        self.low, self.high = low, high

    def reset(self, random):
        quarter = (self.high - self.low) / 4
        self.value = random.uniform(self.low + quarter, self.high - quarter)

    def step(self, action):
        self.value += action["delta"]
        return -abs(self.value - (self.low + self.high) / 2), not self.low <= self.value <= self.high

    def state(self):
        return {"value": self.value, "min": self.low, "max": self.high}


@case("/plugins/find_center/dynamics/narrow")
def dynamics_narrow():
    assert compare(find_center, Oracle(-2.0, 3.0), config={"min": -2.0, "max": 3.0}) > 30


@case("/plugins/find_center/dynamics/defaults")
def dynamics_defaults():
    compare(find_center, Oracle())


@case("/plugins/find_center/dynamics/configured")
def dynamics_configured():
    compare(find_center, Oracle(-30.5, 2.25), config={"min": -30.5, "max": 2.25})


@case("/plugins/find_center/start/spread")
def start_spread():
    with plugin.Instance(find_center) as instance:
        instance.set_properties(min=-1.0, max=3.0)
        values = [instance.begin(seed)["value"] for seed in range(4000)]
    assert 0 <= min(values) < 0.02 and 1.98 < max(values) <= 2
    assert abs(sum(values) / len(values) - 1) < 0.15


@case("/plugins/find_center/terminal")
def terminal():
    with plugin.Instance(find_center) as instance:
        instance.set_properties(min=-2.0, max=2.0)
        for target, expected in (2.0, False), (-2.0, False), (math.nextafter(2, 3), True), (-2.5, True):
            value = instance.begin(1)["value"]
            # In two steps: one of both may lose the last digit.
            instance.advance(delta=-value)
            state, terminal = instance.advance(delta=target)
            assert state["value"] == target and terminal == expected
            instance.stop()


@case("/plugins/find_center/nan-is-terminal")
def nan_is_terminal():
    with plugin.Instance(find_center) as instance:
        instance.begin(1)
        assert instance.advance(delta=math.nan)[1]


@case("/plugins/find_center/rewards")
def rewards():
    assert find_center.rewards[0].name == b"closeness_to_goal"
    assert find_center.rewards[0].flags == plugin.REWARD_DEFAULT
    with plugin.Instance(find_center) as instance:
        value = instance.begin(9)["value"]
        for _ in range(10):
            value, last = instance.advance(delta=0.5)[0]["value"], value
            assert instance.reward("distance_to_goal") == abs(value)
            assert instance.reward("closeness_to_goal") == -abs(value)


@case("/plugins/find_center/wrong-range-refused")
def wrong_range_refused():
    inf, nan = math.inf, math.nan
    for low, high in (1, 1), (2, 1), (nan, 1), (0, nan), (-inf, 0), (0, inf), (-inf, inf), (-1.7e308, 1.7e308):
        with plugin.Instance(find_center) as instance:
            try:
                instance.set_properties(min=low, max=high)
            except plugin.Refused as refused:
                assert refused.status == plugin.ERROR and "min" in refused.reason
            else:
                raise AssertionError(f"{low} to {high} was accepted")
            assert instance.begin(1)["max"] == 10, "what was refused has been kept"


run()
