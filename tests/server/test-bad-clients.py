# SPDX-License-Identifier: LGPL-2.1-or-later

"""Simulators that do what they may not: each is told why, and harms nobody.

Usage: test-bad-clients.py SIMHOST
"""

from common import equal, tap
from engine import ENDLESS, Engine, program
from simulator import USER_AGENT, Client, Walker
from wire import (
    PREDICTION,
    READY,
    REGISTER,
    START,
    STATE,
    SimulatorToServer,
    message_class,
)
from wsclient import BINARY, CONTINUATION, TEXT, frame

# Episodes that do not end while a test looks.
LONG = ENDLESS.replace("10,", "1000,")


def bad(name, code, reason=""):
    """A client that has just connected does what the function below does. It is
    closed with the code and a reason that holds the text; another simulator of
    the same brain does not notice."""

    def register(function):
        @tap.case("/server/bad-client/" + name)
        def _():
            with Engine({"lift": program(training=LONG)}) as engine:
                good = Client(engine.train("lift", headers=USER_AGENT), Walker())
                good.register()
                good.until(PREDICTION)
                client = Client(engine.train("lift", headers=USER_AGENT), Walker())
                function(client)
                closed = client.websocket.wait_closed()
                equal(closed.code, code)
                assert reason in closed.reason, closed
                # It is no actor of the run any more, and the other one goes on.
                sims = engine.get("/v1/a/lift/sims").json
                equal(sims["walker"]["active"], [{"sim_id": good.sim_id}])
                good.send(STATE, state_data=[good.entry({"x": 1.0})])
                for _ in range(20):
                    equal(good.turn().message_type, PREDICTION)

    return register


@bad("unknown-name", 4043, "simulator elevator does not exist")
def _(client):
    client.register("elevator")


@bad("empty-name", 1008, "name")
def _(client):
    message = SimulatorToServer(message_type=REGISTER)
    client.websocket.send(message.SerializeToString())


@bad("long-name", 1008, "name")
def _(client):
    client.register("x" * 1000)


@bad("control-character", 1008, "control")
def _(client):
    client.register("walker\n")


@bad("not-registered", 1008, "READY came, expected was REGISTER")
def _(client):
    client.send(READY)


@bad("empty-message", 1008, "expected was REGISTER")
def _(client):
    client.websocket.send(b"")


@bad("type", 1008, "UNKNOWN came")
def _(client):
    client.send(8)


@bad("garbage", 1002)
def _(client):
    client.websocket.send(b"\xff" * 50)


@bad("truncated", 1002)
def _(client):
    client.websocket.send(SimulatorToServer(
        message_type=REGISTER, register_data={"simulator_name": "walker"}
    ).SerializeToString()[:-3])


@bad("nested", 1002)
def _(client):
    data = b""
    for _ in range(3000):
        size = len(data)
        data = b"\x1a" + bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14]) + data
    client.websocket.send(data)


@bad("group", 1002)
def _(client):
    client.websocket.send(b"\x08\x01" + b"\x33" * 10000)


@bad("not-utf8", 1002)
def _(client):
    client.websocket.send(b"\x08\x01\x12\x04\x0a\x02\xff\xfe")


@bad("text", 1003, "binary")
def _(client):
    client.websocket.send_raw(frame(TEXT, b"hello"))


@bad("oversized", 1009, "4194304")
def _(client):
    client.websocket.send_raw(frame(BINARY, b"\x00" * (4 * 1024 * 1024 + 1)))


@bad("oversized-in-fragments", 1009, "4194304")
def _(client):
    part = b"\x00" * (1024 * 1024)
    client.websocket.send_raw(frame(BINARY, part, final=False))
    for _ in range(3):
        client.websocket.send_raw(frame(CONTINUATION, part, final=False))
    client.websocket.send_raw(frame(CONTINUATION, b"\x00"))


@bad("unmasked", 1002, "masked")
def _(client):
    client.websocket.send_raw(b"\x82\x02\x08\x01")


@bad("many-entries", 1002)
def _(client):
    client.register()
    client.until(START)
    data = b"\x08\x03" + b"\x1a\x00" * 70000
    client.websocket.send(data)


@bad("register-twice", 1008, "REGISTER came, expected was READY")
def _(client):
    client.register()
    client.receive()
    client.register()


@bad("state-for-ready", 1008, "STATE came, expected was READY")
def _(client):
    client.register()
    client.absorb(client.receive())
    client.send(STATE, state_data=[client.entry({"x": 0.0})])


@bad("ready-for-state", 1008, "READY came, expected was STATE")
def _(client):
    client.register()
    client.until(START)
    client.send(READY)


@bad("unasked", 1008, "STATE came, expected was nothing")
def _(client):
    client.register()
    client.until(START)
    message = SimulatorToServer(message_type=STATE, state_data=[client.entry({"x": 0.0})])
    # Both at once: later, the second would be an answer.
    client.websocket.send_raw(frame(BINARY, message.SerializeToString()) * 2)


@bad("no-entry", 1008, "0 entries")
def _(client):
    client.register()
    client.until(START)
    client.send(STATE)


@bad("two-entries", 1008, "2 entries")
def _(client):
    client.register()
    client.until(PREDICTION)
    client.send(STATE, state_data=[client.entry({"x": 0.0})] * 2)


@bad("state-bytes", 1002)
def _(client):
    client.register()
    client.until(START)
    client.send(STATE, state_data=[{"state": b"\x09\x00"}])


@bad("state-nan", 4022, "x")
def _(client):
    client.register()
    client.until(START)
    client.send(STATE, state_data=[client.entry({"x": float("nan")})])


@bad("state-infinite", 4022, "v")
def _(client):
    client.register()
    client.until(PREDICTION)
    client.send(STATE, state_data=[client.entry({"v": float("-inf")})])


@bad("reward", 4022, "reward")
def _(client):
    client.register()
    client.until(PREDICTION)
    client.send(STATE, state_data=[client.entry({"x": 0.0}, reward=float("inf"))])


@bad("own-action-that-is-none", 4022, "action_taken")
def _(client):
    client.register()
    client.until(PREDICTION)
    other = message_class(client.schemas["action"])(push=7).SerializeToString()
    client.send(STATE, state_data=[client.entry({"x": 0.0}, action=other)])


@bad("own-action-that-is-no-message", 1002, "action_taken")
def _(client):
    client.register()
    client.until(PREDICTION)
    client.send(STATE, state_data=[client.entry({"x": 0.0}, action=b"\x08")])


tap.run()
