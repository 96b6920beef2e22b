# SPDX-License-Identifier: LGPL-2.1-or-later

"""Predictions as simulators see them.

Usage: test-predict.py SIMHOST
"""

import concurrent.futures
import json
import os
import socket
import subprocess

from common import equal, refused, tap, trained
from engine import EASY, Engine, program
from simulator import USER_AGENT, Client, Walker
from wire import ACKNOWLEDGE, PREDICTION, READY, STATE, values
from wsclient import DEADLINE, TEXT, frame


def ask(client, *states):
    """The action for the last of the states."""
    client.send(STATE, state_data=[client.entry(state) for state in states])
    message = client.receive()
    equal(message.message_type, PREDICTION)
    equal(len(message.prediction_data), 1)
    return values(client.schemas["action"], message.prediction_data[0].dynamic_prediction)


STATES = [{"x": i / 10, "v": (7 * i % 20 - 10) / 10} for i in range(-10, 11)]


@tap.case("/server/predict/dialogue")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        trained(engine, "lift")
        answers = {}
        for version in ("latest", 0, 1):
            client = Client(engine.predict("lift", version), Walker())
            client.register()
            client.absorb(client.receive())
            answers[version] = [ask(client, state) for state in STATES]
            # Always the same action for the same state, and for the last entry.
            equal([ask(client, {"x": 3.0}, state) for state in STATES], answers[version])
            assert client.websocket.close()
            equal(client.log, [ACKNOWLEDGE] + [PREDICTION] * 2 * len(STATES))
        assert answers["latest"] == answers[0] == answers[1]

        # The command line says the same.
        lines = "".join(json.dumps(state) + "\n" for state in STATES)
        result = subprocess.run(
            [Engine.simhost, "predict", "lift", "--stdin"],
            env=os.environ | {"SIMHOST_DATA_HOME": engine.data},
            input=lines,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=True,
        )
        equal([json.loads(line) for line in result.stdout.splitlines()], answers[1])


@tap.case("/server/predict/64-at-once")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        trained(engine, "lift")

        def play(number):
            client = Client(engine.predict("lift"), Walker())
            client.register()
            client.absorb(client.receive())
            result = [ask(client, state) for state in STATES]
            # Some go away without a word.
            if number % 2:
                client.send(STATE, state_data=[client.entry(STATES[0])])
                client.websocket.socket.close()
            else:
                assert client.websocket.close()
            return result

        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            results = list(pool.map(play, range(64)))
        assert all(result == results[0] for result in results)


@tap.case("/server/predict/unknown-version")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        trained(engine, "lift")
        for version in (2, 99, "None", "-1", "newest"):
            equal(refused(engine.predict, "lift", version).status, 404)


@tap.case("/server/predict/damaged-version")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        trained(engine, "lift")
        path = os.path.join(engine.data, "brains", "lift", "1", "policy.onnx")
        with open(path, "r+b") as file:
            file.write(b"nonsense")
        refusal = refused(engine.predict, "lift")
        equal(refusal.status, 500)
        assert "policy.onnx" in refusal.body
        # The rest goes on.
        equal(engine.get("/v1/alice/lift").status, 200)


@tap.case("/server/predict/bad-clients-are-told-why")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        trained(engine, "lift")
        good = Client(engine.predict("lift"), Walker())
        good.register()
        good.absorb(good.receive())
        cases = [
            (1008, lambda c: c.send(READY)),
            (1008, lambda c: c.register()),
            (1008, lambda c: c.send(STATE)),
            (1002, lambda c: c.websocket.send(b"\xff\xff")),
            (1002, lambda c: c.send(STATE, state_data=[{"state": b"\x09"}])),
            (4022, lambda c: c.send(STATE, state_data=[c.entry({"x": float("inf")})])),
            (1003, lambda c: c.websocket.send_raw(frame(TEXT, b"{}"))),
        ]
        for code, function in cases:
            client = Client(engine.predict("lift"), Walker())
            client.register()
            client.absorb(client.receive())
            function(client)
            equal(client.websocket.wait_closed().code, code)
            ask(good, STATES[0])
        client = Client(engine.predict("lift"), Walker())
        client.register("elevator")
        equal(client.websocket.wait_closed().code, 4043)


@tap.case("/server/predict/while-the-next-version-trains")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        trained(engine, "lift")
        with Engine({"lift": program()}, data=engine.data) as second:
            equal(second.wait_event("started")["version"], 2)
            trainee = Client(second.train("lift", headers=USER_AGENT), Walker())
            trainee.register()
            player = Client(second.predict("lift"), Walker())
            player.register()
            player.absorb(player.receive())
            for state in STATES:
                trainee.turn()
                ask(player, state)
            equal(refused(second.predict, "lift", 2).status, 404)
            status = second.get("/v1/alice/lift/status").json
            equal((status["state"], status["version"]), ("In Progress", 2))
            equal([v["version"] for v in second.get("/v1/alice/lift").json["versions"]], [1])


tap.run()
