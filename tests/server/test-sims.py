# SPDX-License-Identifier: LGPL-2.1-or-later

"""Looking at the simulators of a training by websocket, and the projects that
come with the engine.

Usage: test-sims.py SIMHOST CURRICULA
"""

import glob
import json
import os
import sys
import time

from common import equal, refused, tap
from engine import Engine, program
from restclient import Brains, answered, simulate
from simulator import Walker
from wire import FINISHED, PREDICTION
from wsclient import DEADLINE, TEXT, Closed, frame

CURRICULA = sys.argv[2]


def watch(engine, kind, version="latest", number=1, brain="lift", **arguments):
    return engine.websocket(f"/v1/alice/{brain}/{version}/sims/{number}/{kind}/ws", **arguments)


class Counter(Walker):
    """Its x tells each of its steps from all others."""

    taken = 0

    def simulate(self, action):
        self.taken += 1
        state, reward, terminal = super().simulate(action)
        return state | {"x": float(self.taken)}, reward, terminal


def check_step(told, client):
    """The number of the step; 0 if it is the beginning of an episode."""
    equal(set(told), {"action", "reward", "state"})
    equal(set(told["state"]), {"x", "v"})
    if not told["action"]:
        equal((told["reward"], told["state"]["x"]["value"]), (0.0, 0.5))
        return 0
    number = int(told["state"]["x"]["value"])
    push = told["action"]["push"]["value"]
    equal(push, client.actions[number - 1]["push"])
    equal((told["reward"], told["state"]["v"]["value"]), (1.0, float(push)))
    return number


def wait_step(watcher, client):
    """Plays on until a step is told that was not played before."""
    before = client.simulator.taken
    end = time.monotonic() + DEADLINE
    while True:
        assert time.monotonic() < end
        client.turn()
        watcher.socket.setblocking(False)
        try:
            watcher._receive()  # what has come stays in its buffer
        except BlockingIOError:
            continue
        finally:
            watcher.socket.settimeout(DEADLINE)
        while watcher.buffer:
            opcode, payload = watcher._receive_frame()
            if opcode == TEXT and check_step(json.loads(payload), client) > before:
                return


@tap.case("/rest/state-of-a-simulator")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", program()))
        answered(brains.train("lift"))
        watcher = watch(engine, "state", version=1)
        client = simulate(engine, "lift", 3, Counter())
        wait_step(watcher, client)
        # What a watcher says is of no account, as long as it is no text.
        rude = watch(engine, "state", number=3)
        rude.send_raw(frame(TEXT, b"hello"))
        equal(rude.wait_closed().code, 1003)
        watcher.send(b"hello")
        wait_step(watcher, client)
        # A second simulator is another number; nothing is told of a third.
        second = simulate(engine, "lift", 3, Counter())
        other = watch(engine, "state", number=2)
        nobody = watch(engine, "state", number=3)
        wait_step(other, second)
        answered(brains.stop("lift"))
        for one in (client, second):
            one.until(FINISHED)
        for one in (watcher, other, nobody):
            equal(closed(one), 1001)
        equal(nobody.buffer, b"")
        equal(refused(watch, engine, "state").status, 404)


def closed(websocket):
    """The code with which it is closed, whatever comes before."""
    try:
        while True:
            websocket.receive_text()
    except Closed as end:
        return end.code


@tap.case("/rest/logs-of-a-simulator")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", program()))
        answered(brains.train("lift"))
        client = simulate(engine, "lift", 3)
        watcher = watch(engine, "logs")
        # What was said before is told, too; nothing of others.
        other = simulate(engine, "lift", 3)
        line = watcher.receive_text()
        assert line.endswith(f"simulator walker registered, with id {client.sim_id}"), line
        assert line[10] == "T" and line[19] == "Z", line
        client.until(PREDICTION)
        client.send(99)
        line = watcher.receive_text()
        assert "simulator walker closed by the engine with 1008: UNKNOWN came" in line, line
        # The next one takes its place.
        third = simulate(engine, "lift", 3)
        line = watcher.receive_text()
        assert line.endswith(f"with id {third.sim_id}"), line
        second = watch(engine, "logs", number=2)
        assert second.receive_text().endswith(f"with id {other.sim_id}")
        assert other.websocket.close()
        line = second.receive_text()
        assert "simulator walker closed by itself with 1000" in line, line
        answered(brains.delete("lift"))
        equal(closed(watcher), 1001)


@tap.case("/rest/simulators-that-cannot-be-looked-at")
def _():
    with Engine({"lift": program()}) as engine:
        for kind in ("logs", "state"):
            for number in ("0", "-1", "x", "1.5", "99999999999", "%00", ""):
                equal(refused(watch, engine, kind, number=number).status, 404)
            for version in ("2", "x", "-1"):
                equal(refused(watch, engine, kind, version=version).status, 404)
            equal(refused(watch, engine, kind, brain="ghost").status, 404)
            equal(refused(watch, engine, kind, key="wrong").status, 401)
            path = f"/v1/alice/lift/1/sims/1/{kind}/ws"
            equal(engine.get(path).error, "UpgradeRequired")
            equal(engine.get(path, method="PUT", body=b"").error, "MethodNotAllowed")
        equal(refused(watch, engine, "words").status, 404)
        # There is room for 64.
        crowd = [watch(engine, "state") for _ in range(64)]
        equal(refused(watch, engine, "logs").status, 503)
        assert crowd[0].close()
        assert watch(engine, "logs").close()
        engine.stop()
        equal(closed(crowd[1]), 1001)


@tap.case("/rest/projects-of-the-gallery")
def _():
    with Engine({}) as engine:
        files = sorted(glob.glob(os.path.join(CURRICULA, "*.ink")))
        assert len(files) > 10
        brains = Brains(engine)
        for path in files:
            name = os.path.basename(path)[: -len(".ink")]
            with open(path, encoding="utf-8") as file:
                ink = file.read()
            base = "/v1/projects/curricula/" + name
            page = answered(engine.get(base))
            equal(page["project_accompanying_files"], [name + ".ink"])
            equal(page["name"], name.replace("_", "-"))
            equal(engine.get(base.replace("_", "-")).json, page)
            page = engine.get(base + f"?file={name}.ink")
            equal((page.status, page.text), (200, ink))
            # As a brain's files are had; and pushed as it is, it can be trained.
            page = engine.get(base, headers={"Accept": "multipart/mixed"})
            kind = page.headers["content-type"]
            assert kind.startswith("multipart/mixed; boundary="), kind
            made = brains.request(
                "POST", "/brains", page.text.encode(), headers={"Content-Type": kind}
            )
            assert answered(made)["ink_compile"]["success"], made.text
        for path in ("curricula/ghost", "ghost/cartpole", "curricula/..%2Fx"):
            page = engine.get("/v1/projects/" + path)
            equal((page.status, page.error), (404, "ProjectNotFound"))
        assert "cartpole" in page.json["error"]["message"]
        page = engine.get("/v1/projects/curricula/cartpole?file=x.ink")
        equal((page.status, page.error), (404, "FileNotFound"))
        equal(engine.get("/v1/projects/curricula/cartpole", method="DELETE").status, 405)


tap.run()
