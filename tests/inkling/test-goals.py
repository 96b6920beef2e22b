# SPDX-License-Identifier: LGPL-2.1-or-later

"""Holds goals against the formulas of docs/goals.md, written once more here.

Random goals are judged on random traces of states, by the compiled program and
by this file. Usage: test-goals.py EVALUATE
"""

import math
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "plugins"))

from peer import Peer  # noqa: E402
from tap import case, run  # noqa: E402

EVALUATE = sys.argv[1]
RANDOM = random.Random(11)
DISCOUNT = 0.99
WORTH = 10


class Region:
    """Where X is to be; `sides` for ranges and boxes, else a sphere."""

    def __init__(self, text, sides=None, centre=None, radius=None):
        self.text = text
        self.sides = sides
        self.centre = centre
        self.radius = radius
        self.at = lambda state: self

    @staticmethod
    def moving(text, size, at):
        """One that depends on the state: `at` gives the region that it is there."""
        region = Region(text, sides=[(0, 0)] * size)
        region.at = at
        return region

    def distance(self, x):
        if self.sides is None:
            away = math.dist(x, self.centre) - self.radius
            return max(away, 0) / (self.radius if self.radius > 0 else 1)
        total = 0
        for value, (low, high) in zip(x, self.sides):
            outside = max(low - value, value - high, 0)
            total += (outside / self.scale(low, high)) ** 2
        return math.sqrt(total)

    @staticmethod
    def scale(low, high):
        if math.isinf(low) or math.isinf(high):
            bound = high if math.isinf(low) else low
            return abs(bound) or 1
        if high < low:
            return 1
        return high - low or abs(low) or 1


class Objective:
    """One objective, written as a program has it and as the formulas do."""

    def __init__(self, kind, region, weight, within):
        self.kind = kind
        self.region = region
        self.weight = weight
        self.within = within

    def text(self, name):
        x = "[s.x, s.y]" if self.size() == 2 else "s.x"
        within = f" within {self.within}" if self.within else ""
        return f"{self.kind} {name} weight {self.weight}: {x} in {self.region.text}{within}"

    def size(self):
        return len(self.region.sides or self.region.centre)

    def begin(self, state):
        self.trace = [(state[: self.size()], self.region.at(state))]
        self.entered = self.reached = False

    def settled(self):
        """Nothing more to gain."""
        if self.kind == "avoid":
            return self.entered
        late = self.within is not None and len(self.trace) - 1 >= self.within
        return self.kind == "reach" and len(self.trace) > 1 and (self.reached or late)

    def closeness(self):
        if self.kind in ("minimize", "maximize") or self.settled():
            return 0
        x, region = self.trace[-1]
        d = region.distance(x)
        return d / (1 + d) if self.kind == "avoid" else 1 / (1 + d)

    def step(self, state):
        """What it earns."""
        x, region = state[: self.size()], self.region.at(state)
        was_settled = self.settled()
        self.trace.append((x, region))
        t = len(self.trace) - 1
        inside = region.distance(x) == 0
        if self.kind == "avoid":
            self.entered = self.entered or inside
            return -1 if inside and not was_settled else 0
        if self.kind == "reach":
            if was_settled or not inside or (self.within and t > self.within):
                return 0
            self.reached = True
            return 1
        if self.kind == "drive":
            return (1 - DISCOUNT) * inside
        low, high = region.sides[0]
        scale = region.scale(low, high)
        u = (high - x[0]) / scale if self.kind == "minimize" else (x[0] - low) / scale
        return (1 - DISCOUNT) * (1 + u / (1 + abs(u))) / 2

    def outcome(self, limit):
        """Success and satisfaction."""
        steps = self.trace[1:]
        distances = [region.distance(x) for x, region in steps]
        if self.kind == "avoid":
            return (not self.entered, 1 if not self.entered else min(len(steps) / limit, 1))
        if self.kind == "reach":
            return (self.reached, 1 if self.reached else max(1 / (1 + d) for d in distances))
        if self.kind == "drive":
            satisfaction = sum(d == 0 for d in distances) / len(steps)
            if self.within is None:
                return (distances[-1] == 0, satisfaction)
            return (self.longest(distances) <= self.within, satisfaction)
        mean = sum(x[0] for x, _ in steps) / len(steps)
        low, high = (sum(r.sides[0][i] for _, r in steps) / len(steps) for i in (0, 1))
        scale = sum(r.scale(*r.sides[0]) for _, r in steps) / len(steps)
        d = max(low - mean, mean - high, 0) / scale
        return (d == 0, 1 / (1 + d))

    @staticmethod
    def longest(distances):
        longest = current = 0
        for d in distances:
            current = current + 1 if d > 0 else 0
            longest = max(longest, current)
        return longest


def random_region(kind):
    a, b = sorted(RANDOM.choice([-2, -1, -0.5, 0, 0, 1, 1.5, 3]) for _ in range(2))
    above = Region(f"Goal.RangeAbove({a})", sides=[(a, math.inf)])
    below = Region(f"Goal.RangeBelow({b})", sides=[(-math.inf, b)])
    both = Region(f"Goal.Range({a}, {b})", sides=[(a, b)])
    if kind == "minimize":
        return RANDOM.choice([below, both])
    if kind == "maximize":
        return RANDOM.choice([above, both])
    c, d = sorted(RANDOM.uniform(-2, 2) for _ in range(2))
    radius = RANDOM.choice([0, 0.5, 2])
    box = Region(f"Goal.Box([[{a}, {b}], [{c}, {d}]])", sides=[(a, b), (c, d)])
    pairs = Region(f"Goal.Box([{a}, {b}], [{c}, {d}])", sides=[(a, b), (c, d)])
    sphere = Region(f"Goal.Sphere([{a}, {c}], {radius})", centre=(a, c), radius=radius)
    return RANDOM.choice([above, below, both, box, pairs, sphere])


def moving_region(kind):
    """One of each form, with bounds that the state has in its third and fourth field;
    sometimes the end is below the start, and the radius below 0."""
    above = Region.moving("Goal.RangeAbove(s.m)", 1, lambda s: Region("", [(s[2], math.inf)]))
    below = Region.moving("Goal.RangeBelow(Add(s.m, -1))", 1,
                          lambda s: Region("", [(-math.inf, s[2] - 1)]))
    both = Region.moving("Goal.Range(s.m, s.m + s.w)", 1,
                         lambda s: Region("", [(s[2], s[2] + s[3])]))
    if kind == "minimize":
        return RANDOM.choice([below, both])
    if kind == "maximize":
        return RANDOM.choice([above, both])
    box = Region.moving("Goal.Box([[s.m, 2], [-1, Add(s.m, s.w)]])", 2,
                        lambda s: Region("", [(s[2], 2), (-1, s[2] + s[3])]))
    pairs = Region.moving("Goal.Box([-2, s.m], [s.w, s.w + 2])", 2,
                          lambda s: Region("", [(-2, s[2]), (s[3], s[3] + 2)]))
    ball = Region.moving("Goal.Sphere(s.m, s.w)", 1,
                         lambda s: Region("", centre=s[2:3], radius=s[3]))
    sphere = Region.moving("Goal.Sphere([s.m, 0], 1)", 2,
                           lambda s: Region("", centre=(s[2], 0), radius=1))
    return RANDOM.choice([above, below, both, box, pairs, ball, sphere])


def random_objective(random_region):
    kind = RANDOM.choice(["avoid", "reach", "drive", "drive", "minimize", "maximize"])
    within = None
    if kind in ("reach", "drive") and RANDOM.random() < 0.5:
        within = RANDOM.randrange(1, 12)
    return Objective(kind, random_region(kind), RANDOM.choice([1, 1, 0.5, 3]), within)


def close(a, b):
    return abs(a - b) <= 1e-9 * max(1, abs(a), abs(b))


def play(peer, objectives, limit):
    """One episode. Returns whether it ended as the formulas say."""
    total = sum(o.weight for o in objectives)
    x = tuple(RANDOM.uniform(-3, 3) for _ in range(4))
    assert peer.ask("begin", limit) == "ok"
    assert peer.numbers("state", 0, 0, *map(repr, x)) == [0, 0, 0, 0]
    for objective in objectives:
        objective.begin(x)
    for t in range(1, limit + 1):
        # Sometimes exactly on a bound.
        x = tuple(RANDOM.choice([v + RANDOM.gauss(0, 0.5), float(round(v))]) for v in x)
        simulator_ends = RANDOM.random() < 0.02
        before = [o.closeness() for o in objectives]
        earned = [o.step(x) for o in objectives]
        reaches = [o for o in objectives if o.kind == "reach"]
        over = (
            simulator_ends
            or any(o.entered for o in objectives)
            or (bool(reaches) and all(o.reached for o in reaches))
        )
        reward = worth = 0
        for o, e, c in zip(objectives, earned, before):
            after = 0 if over else o.closeness()
            reward += o.weight / total * (e + DISCOUNT * after - c)
            worth += o.weight / total * e
        found = peer.numbers("state", 123, int(simulator_ends), *map(repr, x))
        expected = [WORTH * reward, float(over), float(over), WORTH * worth]
        assert isinstance(found, list) and all(map(close, found, expected)), (t, found, expected)
        if over:
            break
    found = peer.numbers("finish")
    outcomes = [o.outcome(limit) for o in objectives]
    expected = [float(all(s for s, _ in outcomes))]
    for success, satisfaction in outcomes:
        expected += [float(success), satisfaction]
    assert len(found) == len(expected) and all(map(close, found, expected)), (found, expected)
    return expected[0]


def play_random(random_region):
    n_episodes = n_successes = 0
    for _ in range(150):
        objectives = [random_objective(random_region) for _ in range(RANDOM.randrange(1, 4))]
        lines = "\n".join(o.text(f"G{i}") for i, o in enumerate(objectives))
        peer = Peer(
            EVALUATE,
            clauses=f"goal (s: State) {{\n{lines}\n}}",
            state="x: number, y: number, m: number, w: number",
            functions="function Add(a: number, b: number) { return a + b }",
        )
        assert peer.greeting == "ready", peer.greeting
        for _ in range(6):
            try:
                n_successes += play(peer, objectives, RANDOM.choice([1, 5, 40]))
            except AssertionError as error:
                raise AssertionError(f"{lines}\n{error}") from None
            n_episodes += 1
        assert peer.close() == 0
    assert 50 < n_successes < n_episodes - 50, (n_successes, n_episodes)


@case("/inkling/goals/random-traces-agree-with-the-documented-formulas")
def random_traces():
    play_random(random_region)


@case("/inkling/goals/regions-that-depend-on-the-state-agree-with-the-formulas")
def moving_regions():
    play_random(moving_region)


def one(clauses, states, limit=10):
    """The rewards, the ends and the outcome of one episode of x."""
    peer = Peer(EVALUATE, clauses=clauses)
    assert peer.greeting == "ready", peer.greeting
    assert peer.ask("begin", limit) == "ok"
    answers = [peer.numbers("state", 5, end, x) for x, end in states]
    outcome = peer.numbers("finish")
    assert peer.close() == 0
    return answers, outcome


@case("/inkling/goals/reach-ends-an-episode-as-a-success")
def reach():
    goal = "goal (s: State) { reach A: s.x in Goal.RangeAbove(2) }"
    answers, outcome = one(goal, [(0, 0), (1, 0), (2, 0)])
    assert [a[1] for a in answers] == [0, 0, 1]
    assert outcome == [1, 1, 1]


@case("/inkling/goals/reach-in-the-first-state-does-not-count")
def reach_at_start():
    goal = "goal (s: State) { reach A: s.x in Goal.RangeAbove(2) }"
    answers, outcome = one(goal, [(2, 0), (1, 0)])
    assert [a[1] for a in answers] == [0, 0] and outcome[0] == 0


@case("/inkling/goals/avoid-ends-an-episode-as-a-failure")
def avoid():
    goal = "goal (s: State) { avoid A: s.x in Goal.RangeAbove(2) }"
    answers, outcome = one(goal, [(0, 0), (1, 0), (3, 0)])
    assert [a[2] for a in answers] == [0, 0, 1]
    assert outcome == [0, 0, 0.2]


@case("/inkling/goals/drive-within-is-about-iterations-outside-in-a-row")
def drive():
    goal = "goal (s: State) { drive A: s.x in Goal.Range(0, 1) within 2 }"
    assert one(goal, [(0, 0), (2, 0), (2, 0), (1, 0), (2, 0)])[1] == [1, 1, 0.25]
    assert one(goal, [(0, 0), (2, 0), (2, 0), (2, 0), (1, 0)])[1] == [0, 0, 0.25]


@case("/inkling/goals/a-terminal-function-overrules-the-simulator")
def terminal_function():
    clauses = "terminal function (s: State) { return s.x > 2 }"
    answers, outcome = one(clauses, [(9, 1), (1, 0), (1, 1), (3, 0)])
    # The reward is the simulator's own; the last but one is over, not terminal.
    assert answers == [[0, 0, 0, 0], [5, 0, 0, 5], [5, 0, 1, 5], [5, 1, 1, 5]], answers
    assert outcome == [0]


@case("/inkling/goals/a-reward-function-overrules-the-simulator")
def reward_function():
    clauses = "reward function (s: State) { return s.x * 2 }"
    answers, _ = one(clauses, [(9, 0), (1, 0), (4, 1)])
    assert answers == [[0, 0, 0, 0], [2, 0, 0, 2], [8, 1, 1, 8]], answers


@case("/inkling/goals/an-objective-may-look-at-the-action")
def action_objective():
    goal = "goal (s: State, a: Action) { avoid A: a.push in Goal.RangeAbove(s.x) }"
    peer = Peer(EVALUATE, clauses=goal, action="push: number<-5 .. 5>")
    assert peer.greeting == "ready", peer.greeting
    assert peer.ask("begin", 10) == "ok"
    # No action was taken before the first state: nothing to look at.
    assert peer.numbers("state", 0, 0, -5) == [0, 0, 0, 0]
    assert peer.numbers("act", 1) == [1]
    # Below 2 by 1, which is half of what counts as a distance of 1.
    assert close(peer.numbers("state", 0, 0, 2)[0], WORTH * DISCOUNT * 0.5 / 1.5)
    assert peer.numbers("act", 3) == [3]
    assert peer.numbers("state", 0, 0, 2)[1:3] == [1, 1]
    assert peer.numbers("finish") == [0, 0, 0.2]
    assert peer.close() == 0


@case("/inkling/goals/a-bound-that-cannot-be-worked-out-says-where")
def failing_bound():
    goal = "goal (s: State) {\ndrive A: 1 in Goal.RangeAbove(1 / s.x) }"
    answers, _ = one(goal, [(1, 0), (0, 0)])
    assert answers[1] == "! test.ink:12: in objective 'A': division by zero", answers


@case("/inkling/goals/a-function-that-fails-says-where")
def failing_function():
    clauses = "reward function (s: State) {\nreturn 1 / s.x }"
    answers, _ = one(clauses, [(0, 0), (0, 0), (2, 0)])
    assert answers[1] == "! test.ink:12: in the reward function: division by zero", answers
    assert answers[2] == [0.5, 0, 0, 0.5]


@case("/inkling/goals/a-state-that-is-not-finite-is-refused-by-name")
def not_finite():
    answers, _ = one("goal (s: State) { drive A: s.x in Goal.Range(0, 1) }", [("nan", 0)])
    assert answers[0] == "! simulator 'Sim': field 'x' is nan, which is not a finite number"


run()
