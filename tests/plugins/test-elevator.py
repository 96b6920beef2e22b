#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""elevator against a model in which each person is an object:
test-elevator.py FILE"""

import math
import sys

import plugin
from compare import common_cases, compare
from tap import case, run

elevator = common_cases(sys.argv[1], "elevator")

MIXED, MORNING, EVENING = range(3)
DOWN, OPEN, UP = range(3)


class Person:
    def __init__(self, here, goal):
        self.here, self.goal, self.riding = here, goal, False


class Oracle:
    def __init__(self, arrival_rate=0.1, capacity=4, traffic=MIXED):
        self.arrival_rate, self.capacity, self.traffic = arrival_rate, capacity, traffic

    def reset(self, random):
        self.random, self.people = random, []
        self.floor, self.direction = random.below(5), 0

    def riding(self):
        return [person for person in self.people if person.riding]

    def waiting(self, floor):
        return [person for person in self.people if not person.riding and person.here == floor]

    def step(self, action):
        before = self.floor
        if action["command"] == OPEN:
            self.people = [p for p in self.people if not (p.riding and p.goal == self.floor)]
            for person in self.waiting(self.floor)[: self.capacity - len(self.riding())]:
                person.riding = True
        else:
            self.floor = min(4, max(0, self.floor + action["command"] - 1))
        self.direction = self.floor - before
        if self.random.unit() < self.arrival_rate:
            here = self.random.below(5)
            goal = [floor for floor in range(5) if floor != here][self.random.below(4)]
            upper = here or goal
            here, goal = {MIXED: (here, goal), MORNING: (0, upper), EVENING: (upper, 0)}[self.traffic]
            if len(self.waiting(here)) < 9:
                self.people.append(Person(here, goal))
        return -0.1 * len(self.people), False

    def state(self):
        riding = self.riding()
        return {
            "floor": self.floor,
            "direction": self.direction,
            "passengers": len(riding),
            **{f"waiting{floor}": len(self.waiting(floor)) for floor in range(5)},
            **{f"wanted{floor}": sum(person.goal == floor for person in riding) for floor in range(5)},
        }


def look(state, chance=None):
    """The rule of real lifts: on in one direction as long as there is somebody
    to fetch or to bring."""
    floor, upwards = state["floor"], getattr(look, "upwards", True)
    room = state["passengers"] < 4
    if state[f"wanted{floor}"] or (room and state[f"waiting{floor}"]):
        return {"command": OPEN}
    wish = [state[f"wanted{f}"] or (room and state[f"waiting{f}"]) for f in range(5)]
    above, below = any(wish[floor + 1 :]), any(wish[:floor])
    look.upwards = above if not (above and below) else upwards
    return {"command": UP if above and look.upwards else DOWN if below else OPEN}


for name, config in {
    "defaults": {},
    "morning": {"traffic": MORNING},
    "evening": {"traffic": EVENING},
    "crowded": {"arrival_rate": 1.0},
    "small": {"capacity": 1, "arrival_rate": 0.3},
    "large": {"capacity": 8, "arrival_rate": 0.5},
    "empty": {"arrival_rate": 0.0},
}.items():

    @case(f"/plugins/elevator/model/{name}")
    def model(config=config):
        for choose in None, look:
            assert compare(elevator, Oracle(**config), config, episodes=20, steps=200, choose=choose) == 0


@case("/plugins/elevator/rewards/delivered")
def rewards_delivered():
    with plugin.Instance(elevator) as instance:
        state, total, came = instance.begin(5), 0, 0
        people = lambda: sum(n for name, n in state.items() if name.startswith("w"))
        for _ in range(500):
            before, left = state, people()
            state, _ = instance.advance(**look(state))
            got_out = instance.reward("delivered")
            assert got_out in (0, before[f"wanted{before['floor']}"])
            came += people() - left + got_out
            total += got_out
            assert math.isclose(instance.reward("quick_service"), -0.1 * people())
        assert total > 20 and came == total + people()


@case("/plugins/elevator/arrivals")
def arrivals():
    """As many come as the rate says, from every floor alike."""
    oracle = {f"waiting{floor}": 0 for floor in range(5)}
    with plugin.Instance(elevator) as instance:
        instance.set_properties(arrival_rate=0.5)
        for seed in range(4000):
            instance.begin(seed)
            state, _ = instance.advance(command=OPEN)
            for name in oracle:
                oracle[name] += state[name]
    assert abs(sum(oracle.values()) - 2000) < 200, oracle
    assert all(abs(count - 400) < 100 for count in oracle.values()), oracle


@case("/plugins/elevator/wrong-config-refused")
def wrong_config_refused():
    wrong = {"arrival_rate": (-0.1, 1.1, math.nan), "capacity": (0, 9, -1), "traffic": (-1, 3)}
    for name, values in wrong.items():
        for value in values:
            with plugin.Instance(elevator) as instance:
                try:
                    instance.set_properties(**{name: value})
                except plugin.Refused as refused:
                    assert refused.status == plugin.ERROR and name in refused.reason
                else:
                    raise AssertionError(f"{name} {value} was accepted")


run()
