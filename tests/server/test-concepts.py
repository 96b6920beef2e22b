# SPDX-License-Identifier: LGPL-2.1-or-later

"""Several learned concepts by websocket: simulators come back for the next one.

Usage: test-concepts.py SIMHOST
"""

import json
import os
import signal
import subprocess

from common import equal, refused, tap
from engine import EASY, ENDLESS, Engine
from restclient import Brains, answered
from simulator import USER_AGENT, Client, Walker
from wire import FINISHED
from wsclient import Closed

PROGRAM = """inkling "2.0"
type State {{ x: number, v: Number.Float32 }}
type Action {{ push: Number.Int8<left = 0, right = 1> }}
type Config {{ start: number, mass: Number.Float32 }}
simulator walker (action: Action, config: Config): State {{ }}
simulator {second} (action: Action, config: Config): State {{ }}
graph (input: State): Action {{
  output concept Choose (input, Slow, Fast): Action {{
    select Slow
    select Fast
    curriculum {{ source {second} training {{ {choose} }} lesson two {{ scenario {{ start: 0.25 }} }} }}
  }}
  concept Slow (input): Action {{
    curriculum {{ source walker training {{ {slow} }} lesson one {{ scenario {{ start: 0.5 }} }} }}
  }}
  concept Fast (input): Action {{ programmed function (s: State): Action {{ return {{ push: Action.push.right }} }} }}
}}
"""
PROGRAM = PROGRAM.replace("Action.push.right", "1")


def program(slow=EASY, choose=EASY, second="runner"):
    return PROGRAM.format(**locals())


class Runner(Walker):
    name = "runner"


def play_until_closed(engine, brain, simulator, code=1012):
    """A simulator's part in the training of a concept after which another one follows."""
    client = Client(engine.train(brain, headers=USER_AGENT), simulator)
    client.register()
    try:
        while True:
            assert client.turn().message_type != FINISHED
    except Closed as closed:
        equal(closed.code, code)
    return client


def come_back(engine, brain, simulator):
    """Connects again until the engine is at the next concept, as a simulator does that is told to come back."""
    for _ in range(1000):
        client = Client(engine.train(brain, headers=USER_AGENT), simulator)
        try:
            client.register()
            client.turn()
            return client
        except Closed as closed:
            assert closed.code in (1012, 1008), closed
    raise AssertionError("the next concept does not begin")


@tap.case("/concepts/simulators-come-back-for-the-next-one")
def _():
    with Engine({"lift": program()}) as engine:
        started = engine.wait_event("started", brain="lift")
        equal((started["concepts"], started["simulator"]), (["Slow", "Choose"], "walker"))
        walker = Walker()
        play_until_closed(engine, "lift", walker)
        equal({config["start"] for config in walker.configs}, {0.5})
        begun = engine.wait_event("concept", brain="lift")
        equal((begun["concept"], begun["simulator"], begun["lessons"]), ("Choose", "runner", ["two"]))
        # The next one is on another simulator; the first is no good there.
        wrong = Client(engine.train("lift", headers=USER_AGENT), walker)
        wrong.register()
        try:
            wrong.turn()
            raise AssertionError("the wrong simulator is taken")
        except Closed as closed:
            equal(closed.code, 1008)
        runner = Runner()
        client = come_back(engine, "lift", runner)
        client.until(FINISHED)
        finished = engine.wait_event("finished", brain="lift")
        equal((finished["reason"], finished["version"], finished["untrained"]), ("curriculum-met", 1, []))
        equal({config["start"] for config in runner.configs}, {0.25})
        folder = os.path.join(engine.data, "brains", "lift", "1")
        equal(sorted(name for name in os.listdir(folder) if name.endswith(".onnx")), ["policy-1.onnx", "policy-2.onnx"])
        # It acts, by websocket as well.
        player = Client(engine.predict("lift", headers=USER_AGENT), Runner(length=4))
        player.register()
        for _ in range(12):
            player.turn()
        assert player.actions and all(action["push"] in (0, 1) for action in player.actions), player.actions


@tap.case("/concepts/clients-train-them-and-take-their-policies")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", program(second="walker2")))
        answered(brains.train("lift"))
        engine.wait_event("started", brain="lift")
        equal(brains.state("lift"), "In Progress")
        play_until_closed(engine, "lift", Walker())
        engine.wait_event("concept", brain="lift")
        # Between the two it is in training all the time.
        equal(brains.state("lift"), "In Progress")

        class Second(Walker):
            name = "walker2"

        client = come_back(engine, "lift", Second())
        client.until(FINISHED)
        brains.wait_state("lift", "Completed")
        models = [answered(engine_page).body for engine_page in (
            engine.get("/v1/alice/lift/1/policy-1.onnx"), engine.get("/v1/alice/lift/1/policy-2.onnx"),
            engine.get("/v1/alice/lift/1/policy.onnx"))]  # fmt: skip
        assert models[1] == models[2] != models[0]
        equal(engine.get("/v1/alice/lift/1/policy-3.onnx").status, 404)
        equal(engine.get("/v1/alice/lift/1/policy-0.onnx").status, 404)
        points = answered(brains.get("/lift/1/metrics/episode_value"))
        equal([point["episode"] for point in points], list(range(1, len(points) + 1)))
        equal({point["lesson"] for point in points}, {"Slow: one", "Choose: two"}) if "lesson" in points[0] else None


@tap.case("/concepts/killed-and-gone-on-with-in-each")
def _():
    with Engine({}) as first:
        brains = Brains(first)
        answered(brains.create("lift", program(choose=ENDLESS)))
        answered(brains.train("lift"))
        play_until_closed(first, "lift", Walker())
        first.wait_event("concept", brain="lift")
        before = brains.status("lift")["iteration"]
        assert before > 0
        first.process.send_signal(signal.SIGKILL)
        first.process.wait(30)
        first.stop = lambda: 0
        with Engine({}, data=first.data) as second:
            brains = Brains(second)
            started = second.wait_event("concept", brain="lift", version=1)
            equal(started["concept"], "Choose")
            equal((brains.state("lift"), brains.status("lift")["iteration"]), ("In Progress", before))
            client = come_back(second, "lift", Runner())
            for _ in range(60):
                client.turn()
            assert brains.status("lift")["iteration"] > before
            # In good order, too; then it is where it was.
            second.process.send_signal(signal.SIGTERM)
            equal(client.websocket.wait_closed().code, 1012)
            equal(second.process.wait(30), 0)
            at = second.wait_event("finished", brain="lift")["iterations"]
            with Engine({}, data=first.data) as third:
                brains = Brains(third)
                equal(third.wait_event("concept", brain="lift")["concept"], "Choose")
                equal(brains.status("lift")["iteration"], at)
                answered(brains.stop("lift"))
                brains.wait_state("lift", "Stopped")


@tap.case("/concepts/stopped-in-the-first-cannot-act")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", program(slow=ENDLESS)))
        answered(brains.train("lift"))
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        client.register()
        for _ in range(60):
            client.turn()
        answered(brains.stop("lift"))
        try:
            while True:
                client.turn()
        except Closed as closed:
            equal(closed.code, 1001)
        brains.wait_state("lift", "Stopped")
        finished = engine.wait_event("finished", brain="lift")
        equal((finished["reason"], finished["untrained"]), ("interrupted", ["Choose"]))
        error = refused(engine.predict, "lift", headers=USER_AGENT)
        equal(error.status, 404)
        assert "its concept 'Choose' has not been trained yet" in json.loads(error.body)["error"]["message"], error.body
        answered(brains.resume("lift"))
        equal(engine.wait_event("started", brain="lift")["concept"], "Slow")


tap.run()
