# SPDX-License-Identifier: LGPL-2.1-or-later

"""Simulators that misbehave while they serve an engine: `simhost run` survives
and says which one did what where.

  test-bad-simulator.py SIMHOST PLUGIN-FOLDER BAD-PLUGIN-FOLDER"""

import os
import signal
import sys
import time
from pathlib import Path

from host import PATIENCE, Host, last_line, serve_start, serve_step
from wsserver import Closed, Engine
import tap
import wire

BAD = {
    "config": wire.schema("BadConfig", limit="int32"),
    "state": wire.schema("BadState", value="double", step="int32", label="string"),
    "action": wire.schema("BadAction", push="double"),
}


def bad(fault):
    return str(Path(sys.argv[3]) / f"{fault}.so")


def serve(engine, steps=1):
    """Takes a connection as far as it comes; None, or the client's code."""
    connection = engine.accept()
    try:
        serve_start(connection, BAD, limit=1000)
        for _ in range(steps):
            serve_step(connection, BAD, push=0.5)
        return connection
    except Closed as closed:
        connection.drop()
        return closed.code


def death_case(fault, *says):
    def run():
        with Engine() as engine, Host(engine, simulator=bad(fault)) as host:
            assert serve(engine) is None, "it closed in good order"
            status, text = host.wait()
            assert status == 1, (status, text)
            for words in ("'bad'", "before the first step", *says):
                assert words in last_line(text), (words, text)

    return run


for fault, says in (
    ("crash-advance", ["crashed in advance", "segmentation fault"]),
    ("abort-get-state", ["get_state", "abort"]),
    ("exit-reset", ["reset", "exit status 7"]),
    ("exit-start", ["start", "exit status 7"]),
    ("kill-advance", ["advance", "killed"]),
    ("overflow-stack-advance", ["advance", "segmentation fault"]),
    ("crash-reward", ["reward", "segmentation fault"]),
    ("crash-set-properties", ["set_properties", "segmentation fault"]),
):
    tap.case(f"/session/bad-simulator/{fault}")(death_case(fault, *says))


def hang_case(fault, call):
    def run():
        flags = ["--call-timeout", str(PATIENCE)]
        with Engine() as engine, Host(engine, *flags, simulator=bad(fault)) as host:
            assert serve(engine) is None
            status, text = host.wait()
            assert status == 1, (status, text)
            for words in ("'bad'", f"did not return from {call} within {PATIENCE} s"):
                assert words in last_line(text), (words, text)

    return run


for fault, call in (("hang-advance", "advance"), ("hang-deaf-advance", "advance")):
    tap.case(f"/session/bad-simulator/{fault}")(hang_case(fault, call))


def early_case(fault, call):
    def run():
        with Host("http://127.0.0.1:1", simulator=bad(fault)) as host:
            status, text = host.wait()
            assert status == 1, (status, text)
            assert call in last_line(text), text
            assert "bad" in last_line(text), text

    return run


for fault, call in (
    ("crash-load", "load"),
    ("crash-init", "init"),
    ("crash-create", "create"),
    ("exit-create", "create"),
    ("error-create", "create"),
    ("fatal-create", "create"),
):
    tap.case(f"/session/bad-simulator/{fault}")(early_case(fault, call))


def failure_case(fault, call):
    def run():
        with Engine() as engine, Host(engine, simulator=bad(fault)) as host:
            # Each failure costs the connection, closed in good order.
            for _ in range(10):
                assert serve(engine) == 1000
            status, text = host.wait()
            assert status == 1, (status, text)
            for words in ("10 failures", "'bad'", call, "told to fail"):
                assert words in last_line(text), (words, text)

    return run


for fault, call in (("error-advance", "advance"), ("error-reset", "reset")):
    tap.case(f"/session/bad-simulator/{fault}")(failure_case(fault, call))


@tap.case("/session/bad-simulator/fails-then-plays")
def fails_then_plays():
    """An episode that is played to its end makes failures forgotten: a reward
    that is not finite spoils each that has a step."""
    with Engine() as engine, Host(engine, simulator=bad("nan-reward")) as host:
        for _ in range(12):
            connection = engine.accept()
            serve_start(connection, BAD, limit=1000)
            connection.send(wire.plain(wire.STOP))
            assert wire.read(connection.receive()).message_type == wire.READY
            connection.send(wire.plain(wire.START))
            connection.receive()
            connection.send(wire.predict(BAD, {"push": 0}))
            assert connection.receive_close() == 1000
        status, text = host.interrupt()
        assert status == 0, text
        assert text.count("not a finite number") == 12, text


@tap.case("/session/bad-simulator/no-retry")
def no_retry():
    flags = ["--retry-timeout", "0"]
    with Engine() as engine, Host(engine, *flags, simulator=bad("error-advance")) as host:
        assert serve(engine) == 1000
        status, text = host.wait()
        assert status == 1 and "told to fail" in last_line(text), text


def fatal_case(fault, says):
    def run():
        with Engine() as engine, Host(engine, simulator=bad(fault)) as host:
            assert serve(engine) == 1000
            status, text = host.wait()
            assert status == 1, (status, text)
            assert "'bad'" in last_line(text) and says in last_line(text), text

    return run


for fault, says in (
    ("fatal-advance", "it was told to give up"),
    ("overrun-state", "beyond its state struct"),
    ("unterminated-string", "label"),
    ("invalid-utf8", "label"),
):
    tap.case(f"/session/bad-simulator/{fault}")(fatal_case(fault, says))


def harmless_case(fault):
    def run():
        with Engine() as engine, Host(engine, simulator=bad(fault)) as host:
            connection = serve(engine, steps=3)
            connection.send(wire.plain(wire.FINISHED))
            assert connection.receive_close() == 1000
            status, text = host.wait()
            assert status == 0, (status, text)
            assert len(text) < 1000000, "a flood gets through"

    return run


for fault in (
    "nothing",
    "warning-advance",
    "discard-advance",
    "print-advance",
    "flood-stderr-advance",
    "flood-log-advance",
    "locale-advance",
    "rounding-advance",
    "thread-advance",
):
    tap.case(f"/session/bad-simulator/{fault}")(harmless_case(fault))


@tap.case("/session/bad-simulator/ignores-signals")
def ignores_signals():
    with Engine() as engine, Host(engine, simulator=bad("signals-advance")) as host:
        connection = serve(engine)
        assert connection is not None
        status, text = host.interrupt()
        assert status == 0, text


@tap.case("/session/bad-simulator/hangs-when-stopped")
def hangs_when_stopped():
    with Engine() as engine, Host(engine, simulator=bad("hang-stop")) as host:
        connection = serve(engine)
        assert connection is not None
        status, text = host.interrupt()
        assert status == 0, text


@tap.case("/session/bad-simulator/killed-worker")
def killed_worker():
    """A worker that dies after it has worked is replaced, the fifth time within
    a minute not."""
    with Engine() as engine, Host(engine, simulator=bad("nothing")) as host:
        for death in range(5):
            connection = serve(engine, steps=2)
            (worker,) = host.children()
            os.kill(worker, signal.SIGKILL)
            try:
                connection.receive()
            except Closed:
                pass
        status, text = host.wait()
        assert status == 1, (status, text)
        for words in ("'bad'", "killed", "5 deaths"):
            assert words in last_line(text), (words, text)
        assert text.count("starting it again") == 4, text


@tap.case("/session/bad-simulator/stop-between-workers")
def stop_between_workers():
    with Engine() as engine, Host(engine, simulator=bad("nothing")) as host:
        for death in range(1, 4):
            connection = serve(engine, steps=1)
            (worker,) = host.children()
            os.kill(worker, signal.SIGKILL)
            while host.text().count("starting it again") < death:
                time.sleep(0.01)
            connection.drop()
        status, text = host.interrupt()
        assert status == 0, text


tap.run()
