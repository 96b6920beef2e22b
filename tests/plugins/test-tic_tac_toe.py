#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""tic_tac_toe against the rules and a solver of its own:
test-tic_tac_toe.py FILE"""

import functools
import random
import sys

import plugin
from compare import common_cases, compare
from tap import case, run

tic_tac_toe = common_cases(sys.argv[1], "tic_tac_toe")

NAMES = "top_left top top_right left center right bottom_left bottom bottom_right".split()
RANDOM, PERFECT = 0, 1
BRAIN, OPPONENT, EITHER = 0, 1, 2


def winner(board):
    rows = [board[i : i + 3] for i in (0, 3, 6)]
    columns = [board[i::3] for i in (0, 1, 2)]
    for line in (*rows, *columns, board[::4], board[2:7:2]):
        if line in ("xxx", "ooo"):
            return line[0]
    return "-" if "." not in board else None


@functools.lru_cache(None)
def score(board, mover):
    """1, 0 or -1 for x when both play their best."""
    end = winner(board)
    if end:
        return {"x": 1, "o": -1, "-": 0}[end]
    scores = [score(put(board, i, mover), "o" if mover == "x" else "x") for i in range(9) if board[i] == "."]
    return max(scores) if mover == "x" else min(scores)


def put(board, place, stone):
    return board[:place] + stone + board[place + 1 :]


class Oracle:
    def __init__(self, opponent, first):
        self.opponent, self.first = opponent, first

    def reset(self, random):
        self.random, self.board = random, "." * 9
        first = self.random.below(2) if self.first == EITHER else self.first
        if first == OPPONENT:
            self.answer()

    def answer(self):
        free = [place for place in range(9) if self.board[place] == "."]
        if self.opponent == PERFECT:
            scores = {place: score(put(self.board, place, "o"), "x") for place in free}
            free = [place for place in free if scores[place] == min(scores.values())]
        self.board = put(self.board, free[self.random.below(len(free))], "o")

    def step(self, action):
        if self.board[action["place"]] != ".":
            return -1, True
        self.board = put(self.board, action["place"], "x")
        if not winner(self.board):
            self.answer()
        end = winner(self.board)
        return {"x": 1, "o": -1}.get(end, 0), end is not None

    def state(self):
        return {name: ".xo".index(stone) for name, stone in zip(NAMES, self.board)}


def as_board(state):
    return "".join(".xo"[state[name]] for name in NAMES)


def any_free(state, chance):
    return {"place": chance.choice([i for i, stone in enumerate(as_board(state)) if stone == "."])}


def best(state, chance):
    board = as_board(state)
    scores = {i: score(put(board, i, "x"), "o") for i in range(9) if board[i] == "."}
    return {"place": max(scores, key=scores.get)}


def play(config, choose, games=500):
    """Results of games, from -1 to 1, and their mean."""
    chance, results = random.Random(2), []
    with plugin.Instance(tic_tac_toe) as instance:
        instance.set_properties(**config)
        for seed in range(games):
            state, terminal = instance.begin(seed), False
            while not terminal:
                state, terminal = instance.advance(**choose(state, chance))
            results.append(instance.reward("win"))
            instance.stop()
    return set(results), sum(results) / games


for opponent, name in (RANDOM, "random"), (PERFECT, "perfect"):
    for first, who in (BRAIN, "brain"), (OPPONENT, "opponent"), (EITHER, "either"):

        @case(f"/plugins/tic_tac_toe/rules/{name}/{who}-first")
        def rules(opponent=opponent, first=first):
            config = {"opponent": opponent, "first": first}
            for choose in None, any_free, best:
                assert compare(tic_tac_toe, Oracle(opponent, first), config, episodes=150, choose=choose) == 150


@case("/plugins/tic_tac_toe/perfect-never-loses")
def perfect_never_loses():
    results, mean = play({"opponent": PERFECT}, any_free)
    assert results == {-1, 0} and mean < -0.7
    assert play({"opponent": PERFECT}, best) == ({0}, 0)


@case("/plugins/tic_tac_toe/random-loses-to-the-best")
def random_loses():
    results, mean = play({"opponent": RANDOM, "first": BRAIN}, best)
    assert results <= {0, 1} and mean > 0.9
    # Two players at random: who begins wins 58 %, the other 29 %.
    _, mean = play({"opponent": RANDOM, "first": BRAIN}, any_free, games=3000)
    assert abs(mean - (0.585 - 0.288)) < 0.06, mean


@case("/plugins/tic_tac_toe/taken-place-loses")
def taken_place_loses():
    with plugin.Instance(tic_tac_toe) as instance:
        instance.set_properties(first=BRAIN)
        before = instance.begin(1)
        before, _ = instance.advance(place=4)
        assert instance.advance(place=4) == (before, True)
        assert instance.reward("win") == -1


@case("/plugins/tic_tac_toe/wrong-config-refused")
def wrong_config_refused():
    for name, value in ("opponent", 2), ("opponent", -1), ("first", 3), ("first", -1):
        with plugin.Instance(tic_tac_toe) as instance:
            try:
                instance.set_properties(**{name: value})
            except plugin.Refused as refused:
                assert refused.status == plugin.ERROR and name in refused.reason
            else:
                raise AssertionError(f"{name} {value} was accepted")


run()
