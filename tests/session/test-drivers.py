# SPDX-License-Identifier: LGPL-2.1-or-later

"""Slow simulators, and simulators with loops of their own, serving an engine
over a real websocket.

  test-drivers.py SIMHOST PLUGIN-FOLDER LOOPS-FOLDER"""

import json
import os
import signal
import sys
import tempfile
from pathlib import Path

from host import PATIENCE, Host, last_line, serve_start, serve_step
from wsserver import BINARY, PING, PONG, Closed, Engine
import tap
import wire

LOOP = {
    "config": wire.schema("LoopConfig", limit="int32"),
    "state": wire.schema("LoopState", value="double", step="int32"),
    "action": wire.schema("LoopAction", push="double"),
}
BAD = {
    "config": wire.schema("BadConfig", limit="int32"),
    "state": wire.schema("BadState", value="double", step="int32", label="string"),
    "action": wire.schema("BadAction", push="double"),
}
SLOW = str(Path(sys.argv[3]) / "slow-step.so")
SLOWER = str(Path(sys.argv[3]) / "slower-step.so")
TIMED = ["--call-timeout", str(PATIENCE)]


def slow(engine, gate, *flags):
    return Host(engine, *flags, simulator=SLOW, SLOW_STEP=gate.path)


def loop(engine, name, *flags, **environment):
    return Host(engine, *flags, simulator=name, SIMHOST_PLUGIN_PATH=sys.argv[3], **environment)


def start(connection, **config):
    return serve_start(connection, LOOP, **config)


def step(connection, push=1.0):
    (state,) = serve_step(connection, LOOP, push=push)["states"]
    return state


# ---- slow simulators: a step takes until the test lets it go on ----


class Gate:
    """What the steps of slow simulators wait at (plugins/gate.h)."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = str(Path(self.folder.name) / "gate")
        os.mkfifo(self.path)
        self.file = os.open(self.path, os.O_RDWR | os.O_CLOEXEC)
        return self

    def __exit__(self, *_):
        os.close(self.file)
        self.folder.cleanup()

    def let_through(self, steps=1):
        os.write(self.file, bytes(steps))


def pong_first_case(simulator, schemas):
    def run():
        with Gate() as gate, Engine() as engine, simulator(engine, gate) as host:
            connection = engine.accept()
            serve_start(connection, schemas, limit=1000)
            for text in (b"first", b"second"):
                connection.send(wire.predict(schemas, {"push": 1}))
                connection.send_frame(PING, text)
                found = connection.read_answer()
                assert found == (PONG, text), found
                gate.let_through()
                opcode, message = connection.read_answer()
                assert opcode == BINARY
                (state,) = wire.decode(schemas, message)["states"]
            assert state["state"]["step"] == 2
            status, text = host.interrupt(connection)
            assert status == 0, text

    return run


SLOW_ONES = {
    "slow": (slow, BAD),
    "event-driven": (lambda engine, gate: loop(engine, "loop_slow_step", SLOW_STEP=gate.path), LOOP),
}
for name, (simulator, schemas) in SLOW_ONES.items():
    tap.case(f"/session/slow/pong-comes-before-the-state/{name}")(pong_first_case(simulator, schemas))


def stopped_case(simulator, schemas):
    def run():
        with Gate() as gate, Engine() as engine, simulator(engine, gate) as host:
            connection = engine.accept()
            serve_start(connection, schemas, limit=1000)
            connection.send(wire.predict(schemas, {"push": 1}))
            connection.send_frame(PING, b"now")
            found = connection.read_answer()
            assert found == (PONG, b"now"), found
            # It closes in the middle of the step.
            host.process.send_signal(signal.SIGTERM)
            assert connection.receive_close() == 1000
            gate.let_through()
            status, text = host.wait()
            assert status == 0, text

    return run


for name, (simulator, schemas) in SLOW_ONES.items():
    tap.case(f"/session/slow/stopped-in-a-step/{name}")(stopped_case(simulator, schemas))


def reconnect_case(simulator, schemas):
    def run():
        with Gate() as gate, Engine() as engine, simulator(engine, gate) as host:
            connection = engine.accept()
            serve_start(connection, schemas, limit=1000)
            connection.send(wire.predict(schemas, {"push": 1}))
            connection.send_frame(PING, b"now")
            found = connection.read_answer()
            assert found == (PONG, b"now"), found
            # The new connection is there before the step is done: it is served
            # when it is, and from the beginning.
            connection.drop()
            connection = engine.accept()
            gate.let_through()
            first = serve_start(connection, schemas, limit=1000)
            assert first["states"][0]["state"]["step"] == 0
            status, text = host.interrupt(connection)
            assert status == 0, text

    return run


for name, (simulator, schemas) in SLOW_ONES.items():
    tap.case(f"/session/slow/lost-in-a-step/{name}")(reconnect_case(simulator, schemas))


@tap.case("/session/slow/sends-without-waiting")
def sends_without_waiting():
    with Gate() as gate, Engine() as engine, slow(engine, gate) as host:
        connection = engine.accept()
        serve_start(connection, BAD, limit=1000)
        # Two more are kept, and answered in turn.
        for _ in range(2):
            connection.send(wire.predict(BAD, {"push": 1}))
        gate.let_through(2)
        for number in (1, 2):
            (state,) = wire.decode(BAD, connection.receive())["states"]
            assert state["state"]["step"] == number
        try:
            for _ in range(40):
                connection.send(wire.predict(BAD, {"push": 1}))
        except ConnectionError:
            pass  # it has gone after fewer
        try:
            while True:
                connection.receive()
        except Closed:
            connection.drop()
        # Those that were kept may be served yet, until it is seen that the engine went.
        gate.let_through(40)
        status, text = host.wait()
        assert status == 1 and "without waiting for the answers" in last_line(text), text


@tap.case("/session/slow/hangs")
def slow_hangs():
    with Engine() as engine, Host(engine, *TIMED, simulator=SLOWER) as host:
        connection = engine.accept()
        serve_start(connection, BAD, limit=1000)
        connection.send(wire.predict(BAD, {"push": 1}))
        try:
            connection.receive()
        except Closed:
            pass
        status, text = host.wait()
        assert status == 1, text
        assert f"did not return from advance within {PATIENCE} s" in last_line(text), text


@tap.case("/session/slow/instances-side-by-side")
def slow_instances():
    with Gate() as gate, Engine() as engine, slow(engine, gate, "--instances", "3") as host:
        connections = [engine.accept() for _ in range(3)]
        for connection in connections:
            serve_start(connection, BAD, limit=1000)
        for connection in connections:
            connection.send(wire.predict(BAD, {"push": 1}))
        # While all three are in their step.
        for connection in connections:
            connection.send_frame(PING, b"there?")
        for connection in connections:
            assert connection.read_answer() == (PONG, b"there?")
        gate.let_through(3)
        for connection in connections:
            wire.decode(BAD, connection.receive())
        status, text = host.interrupt(*connections)
        assert status == 0, text


# ---- loops that ask for events ----


@tap.case("/session/events/over-a-websocket")
def events():
    with Engine() as engine, loop(engine, "loop_good", "--instances", "2", "--seed", "3") as host:
        connections = [engine.accept() for _ in range(2)]
        for connection in connections:
            start(connection, limit=2)
        for connection in connections:
            assert step(connection, 1.5)["reward"] == 1.5
            assert step(connection, 1.5)["terminal"]
        for connection in connections:
            connection.send(wire.plain(wire.FINISHED))
            assert connection.receive_close() == 1000
        status, text = host.wait()
        assert status == 0, text


def fault_case(name, *says, flags=()):
    def run():
        with Engine() as engine, loop(engine, name, *flags) as host:
            connection = engine.accept()
            try:
                start(connection, limit=1000)
                connection.send(wire.predict(LOOP, {"push": 1}))
                while True:
                    connection.receive()
            except Closed as closed:
                if closed.code is not None:
                    connection.send_close(closed.code)
                connection.drop()
            status, text = host.wait()
            assert status == 1, (status, text)
            for words in (f"'{name}'", *says):
                assert words in last_line(text), (words, text)

    return run


for name, says, flags in (
    ("loop_hangs_in_step", f"did not return from the simulate event within {PATIENCE} s", TIMED),
    ("loop_never_asks", f"did not return from the episode-start event within {PATIENCE} s", TIMED),
    ("loop_crashes_in_step", "crashed in the simulate event", ()),
    ("loop_exits_in_step", "ended the process in the simulate event (exit status 7)", ()),
    ("loop_returns_early", "run returned before it was given the finished event", ()),
    ("program_crashes", "crashed in run", ()),
):
    tap.case(f"/session/loops/{name}")(fault_case(name, says, flags=flags))


@tap.case("/session/loops/loop_crashes_when_idle")
def crashes_when_idle():
    name = "loop_crashes_when_idle"
    with Gate() as gate, Engine() as engine, loop(engine, name, SLOW_STEP=gate.path) as host:
        connection = engine.accept()
        start(connection, limit=1000)
        step(connection)
        # No event is under way, and none comes any more.
        gate.let_through()
        try:
            connection.receive()
            raise AssertionError("it goes on")
        except Closed as closed:
            assert closed.code is None, "it closed in good order"
        connection.drop()
        # It has worked: it gets another chance.
        host.wait_for_text("starting it again")
        text = host.text()
        host.process.kill()
        host.process.wait()
        for words in (f"'{name}'", "crashed in run"):
            assert words in text, (words, text)


@tap.case("/session/loops/loop_never_answers")
def never_answers():
    """Ten episodes are lost, then it is given up."""
    with Engine() as engine, loop(engine, "loop_never_answers") as host:
        for _ in range(10):
            connection = engine.accept()
            start(connection, limit=1000)
            connection.send(wire.predict(LOOP, {"push": 1}))
            assert connection.receive_close() == 1000
        status, text = host.wait()
        assert status == 1, text
        for words in ("10 failures", "without an answer to the simulate event"):
            assert words in last_line(text), text


def hangs_at_end_case(name):
    def run():
        # Told by the engine: found as a call that hangs.
        with Engine() as engine, loop(engine, name, *TIMED) as host:
            connection = engine.accept()
            start(connection, limit=1000)
            connection.send(wire.plain(wire.FINISHED))
            assert connection.receive_close() == 1000
            status, text = host.wait()
            assert status == 1, text
            assert f"did not return from run within {PATIENCE} s" in last_line(text), text
        # Told by a signal: it has to go.
        with Engine() as engine, loop(engine, name) as host:
            connection = engine.accept()
            start(connection, limit=1000)
            status, text = host.interrupt(connection)
            assert status == 0, text

    return run


for name in ("loop_hangs_when_finished", "program_hangs_when_finished"):
    tap.case(f"/session/loops/{name}")(hangs_at_end_case(name))


# ---- programs ----


@tap.case("/session/program/engine-stops-it")
def program():
    with Engine() as engine, loop(engine, "program_plays") as host:
        connection = engine.accept()
        start(connection, limit=0)
        for number in range(1, 4):
            state = step(connection)
            assert state["state"]["step"] == number and state["reward"] == number
        connection.send(wire.plain(wire.STOP))
        assert wire.read(connection.receive()).message_type == wire.READY
        connection.send(wire.plain(wire.START))
        assert wire.decode(LOOP, connection.receive())["states"][0]["state"]["step"] == 0
        connection.send(wire.plain(wire.FINISHED))
        assert connection.receive_close() == 1000
        status, text = host.wait()
        assert status == 0, text


@tap.case("/session/program/three-at-once")
def three_at_once():
    with Engine() as engine, loop(engine, "program_plays_three") as host:
        connections = []
        for _ in range(3):
            connections.append(engine.accept())
            message = connections[-1]
            assert wire.read(message.receive()).message_type == wire.REGISTER
            message.send(wire.acknowledge(LOOP))
            assert wire.read(message.receive()).message_type == wire.READY
            message.send(wire.set_properties(LOOP, limit=2))
            assert wire.read(message.receive()).message_type == wire.READY
            message.send(wire.plain(wire.START))
        for _ in range(3):  # rounds
            for connection in connections:
                wire.decode(LOOP, connection.receive())
                connection.send(wire.predict(LOOP, {"push": 1}))
            for connection in connections:
                (state,) = wire.decode(LOOP, connection.receive())["states"]
                assert not state["terminal"]
                connection.send(wire.predict(LOOP, {"push": 1}))
            for connection in connections:
                (state,) = wire.decode(LOOP, connection.receive())["states"]
                assert state["terminal"] and state["state"]["value"] == 2
                connection.send(wire.plain(wire.STOP))
                assert wire.read(connection.receive()).message_type == wire.READY
                connection.send(wire.plain(wire.START))
        # The engine has finished with one of them, then with the others.
        wire.decode(LOOP, connections[0].receive())
        connections[0].send(wire.plain(wire.FINISHED))
        assert connections[0].receive_close() == 1000
        for connection in connections[1:]:
            connection.close(1001)
        status, text = host.wait()
        assert status == 0, text


@tap.case("/session/program/ends-by-itself")
def ends_by_itself():
    with Engine() as engine, loop(engine, "program_plays_one") as host:
        connection = engine.accept()
        start(connection, limit=2)
        step(connection)
        assert step(connection)["terminal"]
        assert connection.receive_close() == 1000
        status, text = host.wait()
        assert status == 0, text


@tap.case("/session/program/gives-up")
def gives_up():
    with Engine() as engine, loop(engine, "program_gives_up") as host:
        connection = engine.accept()
        start(connection, limit=1)
        step(connection)
        assert connection.receive_close() == 1000
        status, text = host.wait()
        assert status == 1 and "the shop is closed" in last_line(text), text


@tap.case("/session/program/refused")
def refused():
    with Engine() as engine, loop(engine, "program_plays") as host:
        engine.refuse(404)
        status, text = host.wait()
        assert status == 1 and "404" in last_line(text), text


@tap.case("/session/program/no-engine")
def no_engine():
    with loop("http://127.0.0.1:1", "program_plays", "--retry-timeout", "0") as host:
        status, text = host.wait()
        assert status == 1 and "refused" in last_line(text).lower(), text


@tap.case("/session/program/connection-lost")
def connection_lost():
    with Engine() as engine, loop(engine, "program_plays") as host:
        connection = engine.accept()
        start(connection, limit=0)
        step(connection)
        connection.drop()
        connection = engine.accept()
        start(connection, limit=0)
        assert step(connection)["state"]["step"] == 1
        status, text = host.interrupt(connection)
        assert status == 0, text


@tap.case("/session/program/own-action-and-not-for-learning")
def own_action():
    with Engine() as engine, loop(engine, "program_logs") as host:
        connection = engine.accept()
        first = start(connection, limit=0)
        (entry,) = first["states"]
        assert entry["do_not_learn"] and entry["info"] == b"", first
        state = step(connection, push=1)
        assert state["state"]["value"] == 100 and state["reward"] == 100
        taken = wire.values(LOOP["action"], state["action"])
        assert taken["push"] == 100, taken
        assert state["do_not_learn"]
        assert json.loads(state["info"]) == {"why": "habit"}
        status, text = host.interrupt(connection)
        assert status == 0, text


@tap.case("/session/program/predict")
def predict():
    """The action is the one for the state that was given."""
    with Engine() as engine, loop(engine, "program_plays", "--predict=1") as host:
        connection = engine.accept()
        assert connection.path.endswith("/1/predictions/ws")
        assert wire.read(connection.receive()).message_type == wire.REGISTER
        connection.send(wire.acknowledge(LOOP))
        value = 0.0
        for number in range(6):
            (state,) = wire.decode(LOOP, connection.receive())["states"]
            assert state["state"]["value"] == value, (state, value)
            # An action that depends on the state is done in that state.
            connection.send(wire.predict(LOOP, {"push": value + 1}))
            value += value + 1
        connection.receive()
        connection.send(wire.plain(wire.FINISHED))
        assert connection.receive_close() == 1000
        status, text = host.wait()
        assert status == 0, text


def forbidden_case(kind):
    def run():
        with Engine() as engine, loop(engine, "program_plays", "--predict=1") as host:
            connection = engine.accept()
            connection.receive()
            connection.send(wire.acknowledge(LOOP))
            connection.receive()
            connection.send(wire.plain(getattr(wire, kind)))
            assert connection.receive_close() == 1000
            status, text = host.wait()
            assert status == 1, text
            assert f"during prediction: {kind}" in last_line(text), text

    return run


for kind in ("SET_PROPERTIES", "START", "STOP", "RESET"):
    tap.case(f"/session/program/predict-forbidden/{kind}")(forbidden_case(kind))


# ---- records ----


def record_case(name):
    def run():
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "record.json"
            with Engine() as engine, loop(engine, name, "--record", str(path)) as host:
                connection = engine.accept()
                start(connection, limit=3)
                for number in range(1, 4):
                    state = step(connection, push=number)
                assert state["terminal"]
                status, text = host.interrupt(connection)
                assert status == 0, text
            rows = [json.loads(line) for line in path.read_text().splitlines()]
            assert len(rows) == 4, rows
            assert [row["state.value"] for row in rows] == [0, 1, 3, 6]
            assert [row["reward"] for row in rows] == [None, 1, 3, 6]
            assert [row["action.push"] for row in rows] == [None, 1, 2, 3]
            assert [row["terminal"] for row in rows] == [None, False, False, True]
            assert [row["statistics.iteration_count"] for row in rows] == [0, 1, 2, 3]
            assert [row.get("double") for row in rows[1:]] == [2, 6, 12], rows

    return run


for name in ("loop_good", "program_plays"):
    tap.case(f"/session/loops/record/{name}")(record_case(name))


tap.run()
