# SPDX-License-Identifier: LGPL-2.1-or-later

"""Simulators that do what they want, and episodes that are not for learning.

Usage: test-own-actions.py SIMHOST
"""

import random

from common import equal, tap
from engine import EASY, Engine, program
from simulator import USER_AGENT, Client, Walker
from wire import FINISHED, START, STATE, STOP, message_class, values

SHORT = "EpisodeIterationLimit: 20, LessonRewardThreshold: 1000000, TotalIterationLimit: 12000"


def as_it_likes(chooser, proposed):
    return chooser.random.randint(0, 1)


def as_told(chooser, proposed):
    return proposed


def the_other(chooser, proposed):
    return 1 - proposed


class Chooser(Walker):
    """Pushes as `choose` says; reward 1 for `wanted`."""

    def __init__(self, wanted, seed, choose=as_it_likes, not_for_learning=False):
        super().__init__()
        self.wanted, self.choose, self.not_for_learning = wanted, choose, not_for_learning
        self.random = random.Random(seed)

    def state(self):
        return {"x": self.random.uniform(-1, 1), "v": self.random.uniform(-1, 1)}

    def start(self, config):
        return self.state()


class ChoosingClient(Client):
    """Says what it did."""

    def entry(self, *arguments, **keywords):
        entry = super().entry(*arguments, **keywords)
        if self.simulator.not_for_learning:
            entry["do_not_learn"] = True
        return entry

    def step(self, prediction):
        simulator = self.simulator
        action = message_class(self.schemas["action"])
        proposed = values(self.schemas["action"], prediction.dynamic_prediction)["push"]
        push = simulator.choose(simulator, proposed)
        taken = action(push=push).SerializeToString()
        return self.entry(simulator.state(), float(push == simulator.wanted), False, taken)


def train(engine, *simulators):
    """A whole training. They take turns: each has its share of the run's steps."""
    clients = [ChoosingClient(engine.train("lift", headers=USER_AGENT), s) for s in simulators]
    for client in clients:
        client.register()
    playing = clients
    while playing:
        playing = [client for client in playing if client.turn().message_type != FINISHED]
    for client in clients:
        assert client.websocket.close(1000, 1001)
    return engine.wait_event("finished")


def greedy(engine):
    """What the brain does in many states."""
    client = Client(engine.predict("lift"), Walker())
    client.register()
    client.absorb(client.receive())
    pushes = []
    chance = random.Random(1)
    for _ in range(50):
        state = {"x": chance.uniform(-1, 1), "v": chance.uniform(-1, 1)}
        client.send(STATE, state_data=[client.entry(state)])
        message = client.receive()
        action = values(client.schemas["action"], message.prediction_data[0].dynamic_prediction)
        pushes.append(action["push"])
    assert client.websocket.close()
    return pushes


def learn(algorithm):
    return program(training=SHORT, lessons=f'algorithm {{ Algorithm: "{algorithm}" }}')


def own_case(wanted):
    """What it proposed has nothing to do with what was rewarded."""

    def run():
        with Engine({"lift": learn("APEX")}, ["--seed", "5"]) as engine:
            event = train(engine, Chooser(wanted, seed=3))
            equal(event["reason"], "iteration-limit")
            equal(greedy(engine), [wanted] * 50)

    return run


for wanted in (0, 1):
    tap.case(f"/server/own-actions/are-learnt-from/{wanted}")(own_case(wanted))


@tap.case("/server/own-actions/are-left-out-by-ppo")
def _():
    """Two that never do as they are told are rewarded for the contrary."""
    with Engine({"lift": learn("PPO")}, ["--seed", "5"]) as engine:
        poison = [Chooser(0, seed, the_other) for seed in (4, 5)]
        train(engine, Chooser(1, seed=3, choose=as_told), *poison)
        equal(greedy(engine), [1] * 50)


def excluded_case(wanted):
    def run():
        with Engine({"lift": program(training=SHORT)}, ["--seed", "5"]) as engine:
            good = Chooser(wanted, seed=3, choose=as_told)
            poison = [
                Chooser(1 - wanted, seed, as_told, not_for_learning=True) for seed in (4, 5)
            ]
            train(engine, good, *poison)
            equal(greedy(engine), [wanted] * 50)

    return run


for wanted in (0, 1):
    tap.case(f"/server/not-for-learning/is-not-learnt-from/{wanted}")(excluded_case(wanted))


@tap.case("/server/not-for-learning/does-not-count-for-the-lesson")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        # Ten steps with reward 1 each: three such episodes would meet it.
        marked = Chooser(0, 1, not_for_learning=True)
        client = ChoosingClient(engine.train("lift", headers=USER_AGENT), marked)
        client.register()
        for _ in range(5):
            client.until(STOP)
            client.answer(type("Message", (), {"message_type": STOP}))
        client.until(START)
        client.websocket.close(1000)
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        assert client.run()
        event = engine.wait_event("finished")
        equal((event["reason"], event["episodes"], event["mean_return"]), ("curriculum-met", 3, 10))
        equal(event["iterations"], 80)


tap.run()
