# SPDX-License-Identifier: LGPL-2.1-or-later

"""Several learned concepts by websocket: simulators come back for the next one.

Usage: test-concepts.py SIMHOST
"""

import json
import os
import signal
import subprocess
import time

from common import equal, refused, tap
from engine import EASY, ENDLESS, Engine
from restclient import Brains, answered
from simulator import USER_AGENT, Client, Walker
from wire import FINISHED, STATE, values
from wsclient import DEADLINE, Closed

PROGRAM = """inkling "2.0"
type State {{ x: number, v: Number.Float32 }}
type Action {{ push: Number.Int8<left = 0, right = 1> }}
type Config {{ start: number, mass: Number.Float32 }}
simulator walker (action: Action, config: Config): State {{ }}
{declared}
graph (input: State): Action {{
  output concept Choose (input, Slow, Fast): Action {{
    select Slow
    select Fast
    curriculum {{ source {second} training {{ {choose} }} lesson two {{ scenario {{ start: 0.25 }} }} }}
  }}
  concept Slow (input): Action {{
    curriculum {{ source walker training {{ {slow} }} lesson one {{ scenario {{ start: 0.5 }} }} }}
  }}
  concept Fast (input): Action {{ programmed function (s: State): Action {{ return {{ push: 1 }} }} }}
}}
"""

def program(slow=EASY, choose=EASY, second="walker"):
    declared = "" if second == "walker" else f"simulator {second} (action: Action, config: Config): State {{ }}"
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
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        client = Client(engine.train(brain, headers=USER_AGENT), simulator)
        try:
            client.register()
            client.turn()
            return client
        except Closed as closed:
            equal(closed.code, 1012)
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
        equal((begun["concept"], begun["simulator"], begun["lessons"]), ("Choose", "walker", ["two"]))
        walker.configs.clear()
        client = come_back(engine, "lift", walker)
        client.until(FINISHED)
        finished = engine.wait_event("finished", brain="lift")
        equal((finished["reason"], finished["version"], finished["untrained"]), ("curriculum-met", 1, []))
        equal({config["start"] for config in walker.configs}, {0.25})
        folder = os.path.join(engine.data, "brains", "lift", "1")
        equal(sorted(name for name in os.listdir(folder) if name.endswith(".onnx")), ["policy-1.onnx", "policy-2.onnx"])
        # It acts by websocket as it does on the command line.
        player = Client(engine.predict("lift", headers=USER_AGENT), Walker())
        player.register()
        player.absorb(player.receive())
        states = [{"x": i / 4 - 10, "v": (7 * i % 20 - 10) / 10} for i in range(80)]
        answers = []
        for state in states:
            player.send(STATE, state_data=[player.entry(state)])
            (prediction,) = player.receive().prediction_data
            answers.append(values(player.schemas["action"], prediction.dynamic_prediction))
        told = subprocess.run(
            [Engine.simhost, "predict", "lift", "--stdin"],
            env=os.environ | {"SIMHOST_DATA_HOME": engine.data},
            input="".join(json.dumps(state) + "\n" for state in states),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        equal(answers, [json.loads(line) for line in told.stdout.splitlines()])


@tap.case("/concepts/each-on-a-simulator-of-its-own")
def _():
    with Engine({"lift": program(second="runner")}) as engine:
        # One that comes too early is no good yet.
        early = Client(engine.train("lift", headers=USER_AGENT), Runner())
        early.register()
        try:
            early.turn()
            raise AssertionError("the wrong simulator is taken")
        except Closed as closed:
            equal(closed.code, 4043)
        # The first one's is done when its concept is learned.
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        client.register()
        client.until(FINISHED)
        equal(engine.wait_event("concept", brain="lift")["simulator"], "runner")
        runner = Runner()
        come_back(engine, "lift", runner).until(FINISHED)
        equal(engine.wait_event("finished", brain="lift")["reason"], "curriculum-met")
        equal({config["start"] for config in runner.configs}, {0.25})


@tap.case("/concepts/clients-train-them-and-take-their-policies")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", program()))
        answered(brains.train("lift"))
        engine.wait_event("started", brain="lift")
        equal(brains.state("lift"), "In Progress")
        play_until_closed(engine, "lift", Walker())
        engine.wait_event("concept", brain="lift")
        # Between the two it is in training all the time.
        equal(brains.state("lift"), "In Progress")
        come_back(engine, "lift", Walker()).until(FINISHED)
        brains.wait_state("lift", "Completed")
        models = [
            engine.get(f"/v1/alice/lift/1/{name}.onnx").body for name in ("policy-1", "policy-2", "policy")
        ]
        assert models[1] == models[2] != models[0]
        equal(engine.get("/v1/alice/lift/1/policy-3.onnx").status, 404)
        equal(engine.get("/v1/alice/lift/1/policy-0.onnx").status, 404)
        points = answered(brains.get("/lift/1/metrics/episode_value"))
        equal([point["episode"] for point in points], list(range(1, len(points) + 1)))


@tap.case("/concepts/from-a-file-they-are-as-those-of-clients")
def _():
    with Engine({"lift": program(choose=ENDLESS)}) as engine:
        brains = Brains(engine)
        play_until_closed(engine, "lift", Walker())
        engine.wait_event("concept", brain="lift")
        # All of the training counts.
        before = brains.status("lift")["iteration"]
        assert before > 0
        equal(brains.state("lift"), "In Progress")
        client = come_back(engine, "lift", Walker())
        for _ in range(60):
            client.turn()
        assert brains.status("lift")["iteration"] > before
        points = answered(brains.get("/lift/1/metrics/episode_value"))
        equal([point["episode"] for point in points], list(range(1, len(points) + 1)))
        answered(brains.stop("lift"))
        client.until(FINISHED)
        brains.wait_state("lift", "Stopped")
        finished = engine.wait_event("finished", brain="lift")
        equal((finished["reason"], finished["concept"], finished["untrained"]), ("interrupted", "Choose", []))
        answered(brains.delete("lift"))
        equal(brains.get("/lift/status").status, 404)


@tap.case("/concepts/the-end-between-two-is-the-end")
def _():
    for begin in ("file", "client"):
        with Engine({"lift": program()} if begin == "file" else {}) as engine:
            brains = Brains(engine)
            if begin == "client":
                answered(brains.create("lift", program()))
                answered(brains.train("lift"))
            play_until_closed(engine, "lift", Walker())
            # Whether the next one has begun or not.
            answered(brains.stop("lift"))
            brains.wait_state("lift", "Stopped")
            finished = engine.wait_event("finished", brain="lift")
            equal((finished["reason"], finished["concept"]), ("interrupted", "Choose"))


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
        first.process.wait(DEADLINE)
        first.stop = lambda: 0
        with Engine({}, data=first.data) as second:
            brains = Brains(second)
            started = second.wait_event("started", brain="lift", version=1)
            equal(started["concept"], "Choose")
            equal((brains.state("lift"), brains.status("lift")["iteration"]), ("In Progress", before))
            client = come_back(second, "lift", Walker())
            for _ in range(60):
                client.turn()
            assert brains.status("lift")["iteration"] > before
            # In good order, too; then it is where it was.
            second.process.send_signal(signal.SIGTERM)
            equal(client.websocket.wait_closed().code, 1012)
            equal(second.process.wait(DEADLINE), 0)
            at = second.wait_event("finished", brain="lift")["iterations"]
            with Engine({}, data=first.data) as third:
                brains = Brains(third)
                equal(third.wait_event("started", brain="lift")["concept"], "Choose")
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
