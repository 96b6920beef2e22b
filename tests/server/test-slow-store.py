# SPDX-License-Identifier: LGPL-2.1-or-later

"""A store whose disk is slow holds up nobody who does not need it.

Usage: test-slow-store.py SIMHOST SLOW-STORE.so
"""

import os
import shutil
import signal
import socket
import sqlite3
import sys
import tempfile
import threading
import time

from common import equal, tap, trained
from engine import EASY, ENDLESS, Engine, program
from restclient import Brains, answered, simulate
from simulator import USER_AGENT, Client, Walker
from wire import ACKNOWLEDGE
from wsclient import DEADLINE, PING, PONG, Closed, frame

# In the first lesson any episode passes.
LESSONS = """
lesson one { scenario { start: 0.5 } training { LessonRewardThreshold: 5, LessonAssessmentWindow: 3 } }
lesson two { scenario { start: 0.5 } }
"""


class Gate:
    """While it is shut, what is done with the files of brains takes its time."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="simhost-gate-")
        self.path = os.path.join(self.folder, "gate")

    def environment(self):
        return {
            "LD_PRELOAD": ":".join(filter(None, (os.environ.get("LD_PRELOAD"), os.path.abspath(sys.argv[2])))),
            "SLOW_STORE_GATE": self.path,
            # It has to come before a sanitizer's library.
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0",
        }

    def shut(self):
        with open(self.path, "w", encoding="utf-8"):
            pass

    def open(self):
        os.remove(self.path)

    def reached(self):
        return os.path.exists(self.path + ".reached")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)


class Other:
    """A simulator of another brain, which wants to notice nothing."""

    def __init__(self, engine):
        self.client = Client(engine.train("other", headers=USER_AGENT), Walker())
        self.client.register()

    def ping(self):
        message = self.client.receive()
        self.client.absorb(message)
        self.client.websocket.send_raw(frame(PING, b"still there?"))
        opcode, payload = self.client.websocket._receive_frame()
        while opcode == PING:  # the engine's own
            self.client.websocket.send_raw(frame(PONG, payload))
            opcode, payload = self.client.websocket._receive_frame()
        equal((opcode, payload), (PONG, b"still there?"))
        self.client.answer(message)

    def ping_until(self, happened):
        end = time.monotonic() + DEADLINE
        while not happened():
            assert time.monotonic() < end
            self.ping()
        for _ in range(50):
            self.ping()


def begin(gate, **programs):
    return Engine({"other": program()} | programs, environment=gate.environment())


def train(engine, **curriculum):
    brains, other = Brains(engine), Other(engine)
    answered(brains.create("lift", program(**curriculum)))
    answered(brains.train("lift"))
    return brains, other


@tap.case("/slow-store/the-last-save-holds-up-nobody")
def _():
    with Gate() as gate, begin(gate) as engine:
        brains, other = train(engine)
        client = simulate(engine, "lift")
        gate.shut()
        answered(brains.stop("lift"))
        client.websocket.socket.close()
        other.ping_until(gate.reached)
        # It is not there before it is saved.
        equal(os.listdir(os.path.join(engine.data, "brains", "lift")).count("1"), 0)
        equal(brains.state("lift"), "Finishing")
        gate.open()
        brains.wait_state("lift", "Stopped")
        answered(brains.resume("lift"))
        simulate(engine, "lift", 5)


@tap.case("/slow-store/training-goes-on-while-a-lesson-is-saved")
def _():
    with Gate() as gate, begin(gate) as engine:
        brains, other = train(engine, training=ENDLESS, lessons=LESSONS)
        gate.shut()
        client = simulate(engine, "lift", 60)
        other.ping_until(gate.reached)
        before = brains.status("lift")["iteration"]
        for _ in range(200):
            client.turn()
        equal(os.listdir(os.path.join(engine.data, "brains", "lift")).count("1"), 0)
        # What ends meanwhile is saved after that, and is what stays.
        answered(brains.stop("lift"))
        client.websocket.socket.close()
        other.ping_until(gate.reached)
        gate.open()
        brains.wait_state("lift", "Stopped")
        points = answered(brains.get("/lift/1/metrics/episode_value"))
        assert points[-1]["iteration"] >= before + 100, (points[-1], before)


@tap.case("/slow-store/loading-a-brain-holds-up-nobody")
def _():
    with Gate() as gate, begin(gate, easy=program(training=EASY)) as engine:
        trained(engine, "easy")
        other = Other(engine)
        gate.shut()
        found = []
        # Two that want the same, and one that does not wait for it.
        askers = [
            threading.Thread(target=lambda: found.append(engine.predict("easy"))) for _ in range(2)
        ]
        for asker in askers:
            asker.start()
        other.ping_until(gate.reached)
        equal(found, [])
        gate.open()
        for asker in askers:
            asker.join(DEADLINE)
        equal(len(found), 2)
        for websocket in found:
            client = Client(websocket, Walker())
            client.register()
            equal(client.receive().message_type, ACKNOWLEDGE)


@tap.case("/slow-store/who-leaves-while-a-brain-is-loaded")
def _():
    with Gate() as gate, begin(gate, easy=program(training=EASY)) as engine:
        trained(engine, "easy")
        other = Other(engine)
        gate.shut()
        connection = socket.create_connection(("127.0.0.1", engine.port), timeout=DEADLINE)
        connection.sendall(
            b"GET /v1/alice/easy/latest/predictions/ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n"
            b"Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
            b"Sec-WebSocket-Version: 13\r\nAuthorization: a-key-for-tests\r\n\r\n"
        )
        other.ping_until(gate.reached)
        connection.close()
        other.ping_until(gate.reached)
        gate.open()
        other.ping_until(lambda: True)
        # Others can have it.
        client = Client(engine.predict("easy"), Walker())
        client.register()
        equal(client.receive().message_type, ACKNOWLEDGE)


@tap.case("/slow-store/the-end-waits-for-what-is-being-saved")
def _():
    with Gate() as gate:
        with begin(gate) as engine:
            brains, other = train(engine)
            simulate(engine, "lift").websocket.socket.close()
            gate.shut()
            answered(brains.stop("lift"))
            other.ping_until(gate.reached)
            engine.process.send_signal(signal.SIGTERM)
            gate.open()
            equal(engine.stop(), 0)
            assert os.path.exists(os.path.join(engine.data, "brains", "lift", "1", "policy.onnx"))


def wait_end(client):
    """Of the connection, without an answer to its close."""
    try:
        while True:
            client.websocket._receive()
    except Closed:
        pass


@tap.case("/slow-store/an-end-that-waits-for-long-is-told")
def _():
    for stopped in (False, True):
        with Gate() as gate, begin(gate) as engine:
            brains, other = train(engine)
            # It answers neither its last message nor the end.
            silent = simulate(engine, "lift")
            gate.shut()
            if stopped:
                answered(brains.stop("lift"))
                other.ping_until(gate.reached)
            engine.process.send_signal(signal.SIGTERM)
            # By then no peer is waited for any more, but the disk is.
            wait_end(silent)
            gate.open()
            finished = engine.wait_event("finished", brain="lift")
            equal((finished["reason"], finished["version"]), ("interrupted", 1))
            equal(engine.process.wait(DEADLINE), 0)
            with sqlite3.connect(os.path.join(engine.data, "history.db")) as database:
                rows = database.execute("SELECT reason FROM run JOIN brain ON brain.id = brain WHERE name = 'lift'")
                equal(rows.fetchall(), [("interrupted" if stopped else "none",)])


tap.run()
