# SPDX-License-Identifier: LGPL-2.1-or-later

"""The engine as its clients see it: pages, training, predictions, and clients
that do what they may not. Usage: test-server.py SIMHOST"""

import concurrent.futures
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path += [HERE, os.path.join(HERE, "..", "session"), os.path.join(HERE, "..", "plugins")]

import tap
from engine import EASY, ENDLESS, KEY, Engine, program
from simulator import USER_AGENT, CartPole, Client, Walker
from wire import (
    ACKNOWLEDGE,
    FINISHED,
    PREDICTION,
    READY,
    REGISTER,
    RESET,
    SET_PROPERTIES,
    START,
    STATE,
    STOP,
    SimulatorToServer,
    message_class,
    values,
)
from wsclient import (
    BINARY,
    CONTINUATION,
    DEADLINE,
    PING,
    PONG,
    TEXT,
    Closed,
    Refused,
    frame,
    request,
)

Engine.simhost = sys.argv[1]


def equal(found, expected):
    assert found == expected, f"found {found!r}, expected {expected!r}"


def refused(function, *arguments, **keywords):
    """The Refused that it raises."""
    try:
        function(*arguments, **keywords)
    except Refused as error:
        assert json.loads(error.body)["error"]["message"]
        return error
    raise AssertionError("it was not refused")


def trained(engine, brain):
    """A brain that has been trained in no time."""
    assert Client(engine.train(brain, headers=USER_AGENT), Walker()).run()
    engine.wait_event("finished", brain=brain)


# Pages.


@tap.case("/server/pages/need-a-key")
def _():
    with Engine({"lift": program()}) as engine:
        for key in (None, "", "wrong", KEY[:-1], KEY + "x", KEY.upper(), "Bearer " + KEY):
            for path in ("/v1/alice", "/v1/alice/lift", "/v1/nothing/here", "/nowhere"):
                page = engine.get(path, key=key)
                equal((page.status, page.error), (401, "Unauthorized"))
                assert page.headers["spanid"]
            equal(refused(engine.train, "lift", key=key).status, 401)
            equal(refused(engine.predict, "lift", key=key).status, 401)
        equal(engine.get("/v1/alice").status, 200)


@tap.case("/server/pages/brain-in-training")
def _():
    with Engine({"lift": program()}) as engine:
        equal(engine.get("/v1/alice").json["brains"][0]["name"], "lift")
        info = engine.get("/v1/alice/lift")
        equal(info.headers["content-type"], "application/json")
        equal(info.json["versions"], [])
        equal((info.json["name"], info.json["user"]), ("lift", "alice"))
        status = engine.get("/v1/alice/lift/status").json
        equal((status["state"], status["version"]), ("In Progress", 1))
        equal((status["simulators"], status["simulator_loaded"]), ([], False))
        equal(engine.get("/v1/alice/lift/sims").json, {"walker": {"active": [], "inactive": []}})

        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        client.register()
        for _ in range(30):
            client.turn()
        sims = engine.get("/v1/alice/lift/sims").json
        equal(sims["walker"]["active"], [{"sim_id": client.sim_id}])
        status = engine.get("/v1/alice/lift/status").json
        equal(status["simulators"][0]["name"], "walker")
        assert status["simulators"][0]["sample_rate"] >= 0
        assert status["iteration"] > 0 and status["episode"] > 0
        equal(status["concepts"][0]["algorithm"], "PPO")


@tap.case("/server/pages/brain-that-is-stored")
def _():
    with Engine({"lift": program(training=EASY), "other": program()}) as engine:
        trained(engine, "lift")
        info = engine.get("/v1/bob/lift").json
        equal(info["versions"], [{"url": "/v1/bob/lift/1", "version": 1}])
        status = engine.get("/v1/bob/lift/status").json
        equal((status["state"], status["version"]), ("Completed", 1))
        equal(status["versions"][0]["reward"], 10.0)
        with Engine({}, data=engine.data) as second:
            equal(second.get("/v1/bob/lift/status").json["state"], "Completed")
            equal(second.get("/v1/bob/LIFT").json["name"], "lift")
            equal(second.get("/v1/bob/lift/sims").json, {"walker": {"active": [], "inactive": []}})
            names = [brain["name"] for brain in second.get("/v1/bob").json["brains"]]
            equal(names, ["lift"])
            equal(refused(second.train, "lift").status, 404)


@tap.case("/server/pages/unknown")
def _():
    with Engine({"lift": program()}) as engine:
        for path in ("ghost", "ghost/status", "ghost/sims", "a%2Fb", "%C3%A9", "x" * 200):
            page = engine.get("/v1/alice/" + path)
            equal((page.status, page.error), (404, "BrainNotFound"))
        for path in ("/", "/v1", "/v2/alice", "/v1/alice/lift/ghost", "/v1/alice/lift/1/x/y/z"):
            page = engine.get(path)
            equal((page.status, page.error), (404, "NotFound"))
        equal(refused(engine.train, "ghost").status, 404)
        equal(refused(engine.predict, "ghost").status, 404)
        equal(refused(engine.predict, "lift").status, 404)
        equal(refused(engine.websocket, "/v1/alice/lift/ws").status, 404)


@tap.case("/server/pages/methods")
def _():
    with Engine({"lift": program()}) as engine:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            for path in ("/v1/alice", "/v1/alice/lift", "/v1/alice/lift/sims/ws"):
                page = engine.get(path, method=method, body=b"{}")
                equal((page.status, page.error), (405, "MethodNotAllowed"))
                equal(page.headers["allow"], "GET, HEAD")
        page = engine.get("/v1/alice/lift", method="HEAD")
        equal((page.status, page.text), (200, ""))


def exchange(plain, data):
    """What comes back; nothing when the server just closes."""
    try:
        plain.sendall(data)
        return plain.recv(100)
    except ConnectionError:
        return b""


@tap.case("/server/pages/requests-of-odd-clients")
def _():
    with Engine({"lift": program()}) as engine:
        # After a push the original library goes on sending this header.
        page = engine.get(
            "/v1/alice/lift", headers={"Content-Type": "multipart/mixed; boundary=abc"}
        )
        equal(page.status, 200)
        equal(engine.get("/v1/alice/lift", headers={"Range": "bytes=0-3,5-9"}).status, 200)
        equal(engine.get("/v1/alice/lift?file=x&y").status, 200)
        equal(engine.get("/v1/alice/lift/").status, 200)
        # A body that nobody asked for, in pieces.
        page = engine.get(
            "/v1/alice/lift",
            body=iter([b"x" * 1000] * 10),  # without a length: chunked
        )
        equal(page.status, 200)
        page = engine.get("/v1/alice/lift", body=b"x" * 100000)
        equal((page.status, page.error), (413, "RequestTooLarge"))
        with socket.create_connection(("127.0.0.1", engine.port), timeout=DEADLINE) as plain:
            assert not exchange(
                plain, b"GET /v1/alice HTTP/1.1\r\nX: " + b"y" * 100000 + b"\r\n\r\n"
            ).startswith(b"HTTP/1.1 2")
        with socket.create_connection(("127.0.0.1", engine.port), timeout=DEADLINE) as plain:
            assert not exchange(plain, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n").startswith(
                b"HTTP/1.1 2"
            )
        equal(engine.get("/v1/alice").status, 200)


@tap.case("/server/pages/crowd-of-idle-connections")
def _():
    with Engine({"lift": program()}) as engine:
        kept = engine.train("lift")
        crowd = [
            socket.create_connection(("127.0.0.1", engine.port), timeout=DEADLINE)
            for _ in range(520)
        ]
        # There is room for 512: the rest are sent away at once.
        for plain in crowd[512:]:
            equal(exchange(plain, b""), b"")
        # Websockets are not among them.
        client = Client(kept, Walker())
        client.register()
        client.until(PREDICTION)
        for plain in crowd:
            plain.close()
        client.turn()
        equal(engine.get("/v1/alice").status, 200)


@tap.case("/server/handshake")
def _():
    with Engine({"lift": program()}) as engine:
        page = engine.get("/v1/alice/lift/sims/ws")
        equal((page.status, page.error), (426, "UpgradeRequired"))
        equal(page.headers["upgrade"], "websocket")
        page = engine.get(
            "/v1/alice/lift/sims/ws",
            headers={
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Version": "12",
                "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            },
        )
        equal(page.status, 426)
        with engine.train("lift") as socket_:
            assert socket_.headers["spanid"]
            assert "sec-websocket-protocol" not in socket_.headers
        with engine.train("lift", headers={"Sec-WebSocket-Protocol": "bonsaiauth"}) as socket_:
            equal(socket_.headers["sec-websocket-protocol"], "bonsaiauth")
        with engine.train("lift", headers={"Sec-WebSocket-Protocol": ""}) as socket_:
            assert "sec-websocket-protocol" not in socket_.headers
        offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
        with engine.train("lift", headers=offer) as socket_:
            assert "sec-websocket-extensions" not in socket_.headers
        # Names are the same in whatever case.
        with engine.train("LIFT") as socket_:
            assert socket_.close()


# Training.


@tap.case("/server/train/dialogue")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        assert client.run()
        # Three episodes of ten steps, each ended by the limit.
        episode = [START] + [PREDICTION] * 10 + [STOP]
        equal(client.log, [ACKNOWLEDGE, SET_PROPERTIES] + episode * 3 + [FINISHED])

        fields = {
            part: [(f.name, f.number, f.type) for f in client.schemas[part].field]
            for part in client.schemas
        }
        equal(fields["state"], [("x", 1, 1), ("v", 2, 2)])
        equal(fields["action"], [("push", 1, 5)])
        equal(fields["config"], [("start", 1, 1), ("mass", 2, 2)])
        equal([client.schemas[p].name for p in ("config", "state", "action")],
              ["Config", "State", "Action"])
        assert client.sim_id not in (0, 0xFFFFFFFF)
        equal(client.reward_name, "")
        # The scenario says nothing of mass: it is not sent.
        config = message_class(client.schemas["config"]).FromString(client.properties)
        equal([(f.name, v) for f, v in config.ListFields()], [("start", 0.5)])
        assert {action["push"] for action in client.actions} <= {0, 1}

        event = engine.wait_event("finished")
        equal((event["reason"], event["version"]), ("curriculum-met", 1))
        equal((event["iterations"], event["episodes"], event["mean_return"]), (30, 3, 10))
        names = [e["event"] for e in engine.events if e["event"] != "progress"]
        equal(names, ["listening", "started", "lesson", "finished"])


@tap.case("/server/train/terminal-ends-episode")
def _():
    with Engine({"lift": program(training=EASY.replace("5", "3"))}) as engine:
        client = Client(engine.train("lift", headers=USER_AGENT), Walker(length=4))
        assert client.run()
        episode = [START] + [PREDICTION] * 4 + [STOP]
        equal(client.log, [ACKNOWLEDGE, SET_PROPERTIES] + episode * 3 + [FINISHED])
        equal(engine.wait_event("finished")["mean_return"], 4)


@tap.case("/server/train/new-properties-only-when-they-differ")
def _():
    lessons = "lesson one { scenario { start: number<1 .. 2> } }"
    with Engine({"lift": program(training=EASY, lessons=lessons)}) as engine:
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        assert client.run()
        episode = [SET_PROPERTIES, START] + [PREDICTION] * 10 + [STOP]
        equal(client.log, [ACKNOWLEDGE] + episode * 3 + [FINISHED])
        starts = [config["start"] for config in client.simulator.configs]
        assert all(1 <= start <= 2 for start in starts) and len(set(starts)) == 3


@tap.case("/server/train/no-scenario")
def _():
    # Properties are sent all the same: clients wait for the first ones.
    with Engine({"lift": program(training=EASY, lessons="")}) as engine:
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        assert client.run()
        equal(client.log[:3], [ACKNOWLEDGE, SET_PROPERTIES, START])
        equal(client.properties, b"")


@tap.case("/server/train/reset-for-the-oldest-clients-only")
def _():
    for headers in ({}, {"User-Agent": "something"}):
        with Engine({"lift": program(training=EASY)}) as engine:
            client = Client(engine.train("lift", headers=headers), Walker())
            assert client.run()
            episode = [START] + [PREDICTION] * 10 + [STOP, RESET]
            equal(client.log, [ACKNOWLEDGE, SET_PROPERTIES] + episode * 3 + [FINISHED])


CARTPOLE = program(
    simulator="cartpole",
    state="position: Number.Float32, velocity: Number.Float32, angle: Number.Float32,"
    " rotation: Number.Float32",
    action="command: Number.Int8<left = 0, right = 1>",
    config="episode_length: Number.Int32, deque_size: Number.UInt32",
    lessons="lesson one { scenario { episode_length: -1, deque_size: 1 } }",
    training="EpisodeIterationLimit: 200, LessonRewardThreshold: 60, LessonAssessmentWindow: 20",
)


@tap.case("/server/train/cartpole-learns")
def _():
    with Engine({"cart": CARTPOLE}, ["--seed", "1"]) as engine:
        clients = [
            Client(engine.train("cart", headers=USER_AGENT), CartPole(seed)) for seed in range(8)
        ]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert all(pool.map(Client.run, clients))
        event = engine.wait_event("finished")
        equal(event["reason"], "curriculum-met")
        assert event["mean_return"] >= 60
        equal(len({client.sim_id for client in clients}), 8)
        # The captured bytes of the original service: -1 in ten bytes, then 1.
        equal(clients[0].properties, bytes.fromhex("08ffffffffffffffffff011001"))


@tap.case("/server/train/64-at-once")
def _():
    training = (
        "EpisodeIterationLimit: 50, LessonRewardThreshold: 49, LessonAssessmentWindow: 100"
    )
    with Engine({"lift": program(training=training)}) as engine:
        clients = [
            Client(engine.train("lift", headers=USER_AGENT), Walker()) for _ in range(64)
        ]
        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            assert all(pool.map(Client.run, clients))
        event = engine.wait_event("finished")
        equal(event["reason"], "curriculum-met")
        equal(event["mean_return"], 50)
        equal(len({client.sim_id for client in clients}), 64)
        assert all(client.actions for client in clients)


@tap.case("/server/train/two-brains")
def _():
    with Engine({"one": program(training=EASY), "two": CARTPOLE}) as engine:
        lift = Client(engine.train("one", headers=USER_AGENT), Walker())
        cart = Client(engine.train("two", headers=USER_AGENT), CartPole(0))
        cart.register()
        for _ in range(50):
            cart.turn()
        assert lift.run()
        engine.wait_event("finished", brain="one")
        for _ in range(50):
            cart.turn()
        equal(engine.get("/v1/a/one/status").json["state"], "Completed")
        equal(engine.get("/v1/a/two/status").json["state"], "In Progress")


@tap.case("/server/train/any-simulator-when-the-program-names-none")
def _():
    text = program(training=EASY).replace("simulator walker (", "simulator Sim (", 1)
    text = text.replace("source walker", "source simulator (action: Action, config: Config): State { }")
    text = "\n".join(line for line in text.splitlines() if not line.startswith("simulator Sim"))
    with Engine({"lift": text}) as engine:
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        client.register("whatever it's called")
        client.turn()
        equal(list(engine.get("/v1/a/lift/sims").json), ["whatever it's called"])
        client.until(FINISHED)


@tap.case("/server/train/over/finished-then-1001")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        quick = Client(engine.train("lift", headers=USER_AGENT), Walker())
        # Registered, but never answers; and not even registered.
        slow = Client(engine.train("lift", headers=USER_AGENT), Walker())
        slow.register()
        slow.until(PREDICTION)
        mute = engine.train("lift", headers=USER_AGENT)
        assert quick.run()
        # It is told in the middle of its step; what crosses that is ignored.
        equal(slow.receive().message_type, FINISHED)
        slow.send(STATE, state_data=[slow.entry({"x": 1.0, "v": 1.0})])
        closed = slow.websocket.wait_closed()
        equal((closed.code, closed.reason), (1001, "brain no longer training"))
        equal(mute.wait_closed().code, 1001)
        engine.wait_event("finished")
        # Whoever comes now is told at once.
        late = engine.train("lift", headers=USER_AGENT)
        closed = late.wait_closed()
        equal((closed.code, closed.reason), (1001, "brain no longer training"))


@tap.case("/server/train/stalled-and-lost-simulators-harm-nobody")
def _():
    training = EASY.replace("Window: 3", "Window: 20")
    with Engine({"lift": program(training=training)}) as engine:
        stalled = []
        for n in range(12):
            client = Client(engine.train("lift", headers=USER_AGENT), Walker())
            client.register()
            for _ in range(n):
                client.turn()
            if n % 2:
                client.websocket.socket.close()
            else:
                stalled.append(client)
        good = Client(engine.train("lift", headers=USER_AGENT), Walker())
        assert good.run()
        equal(engine.wait_event("finished")["reason"], "curriculum-met")
        equal([c.websocket.wait_closed().code for c in stalled], [1001] * 6)


# Clients that do what they may not. Each gets a client that has registered and
# received what it says, and does its worst.


def bad_unknown_name(client):
    client.register("elevator")
    return 4043, "simulator elevator does not exist"


def bad_empty_name(client):
    message = SimulatorToServer(message_type=REGISTER)
    client.websocket.send(message.SerializeToString())
    return 1008, "name"


def bad_long_name(client):
    client.register("x" * 1000)
    return 1008, "name"


def bad_control_character(client):
    client.register("walker\n")
    return 1008, "control"


def bad_not_registered(client):
    client.send(READY)
    return 1008, "READY came, expected was REGISTER"


def bad_empty_message(client):
    client.websocket.send(b"")
    return 1008, "expected was REGISTER"


def bad_type(client):
    client.send(8)
    return 1008, "UNKNOWN came"


def bad_garbage(client):
    client.websocket.send(b"\xff" * 50)
    return 1002, ""


def bad_truncated(client):
    client.websocket.send(SimulatorToServer(
        message_type=REGISTER, register_data={"simulator_name": "walker"}
    ).SerializeToString()[:-3])
    return 1002, ""


def bad_nested(client):
    data = b""
    for _ in range(3000):
        size = len(data)
        data = b"\x1a" + bytes([size & 127 | 128, size >> 7 & 127 | 128, size >> 14]) + data
    client.websocket.send(data)
    return 1002, ""


def bad_group(client):
    client.websocket.send(b"\x08\x01" + b"\x33" * 10000)
    return 1002, ""


def bad_not_utf8(client):
    client.websocket.send(b"\x08\x01\x12\x04\x0a\x02\xff\xfe")
    return 1002, ""


def bad_text(client):
    client.websocket.send_raw(frame(TEXT, b"hello"))
    return 1003, "binary"


def bad_oversized(client):
    client.websocket.send_raw(frame(BINARY, b"\x00" * (4 * 1024 * 1024 + 1)))
    return 1009, "4194304"


def bad_oversized_in_fragments(client):
    part = b"\x00" * (1024 * 1024)
    client.websocket.send_raw(frame(BINARY, part, final=False))
    for _ in range(3):
        client.websocket.send_raw(frame(CONTINUATION, part, final=False))
    client.websocket.send_raw(frame(CONTINUATION, b"\x00"))
    return 1009, "4194304"


def bad_unmasked(client):
    client.websocket.send_raw(b"\x82\x02\x08\x01")
    return 1002, "masked"


def bad_many_entries(client):
    client.register()
    client.until(START)
    data = b"\x08\x03" + b"\x1a\x00" * 70000
    client.websocket.send(data)
    return 1002, ""


def bad_register_twice(client):
    client.register()
    client.receive()
    client.register()
    return 1008, "REGISTER came, expected was READY"


def bad_state_for_ready(client):
    client.register()
    client.absorb(client.receive())
    client.send(STATE, state_data=[client.entry({"x": 0.0})])
    return 1008, "STATE came, expected was READY"


def bad_ready_for_state(client):
    client.register()
    client.until(START)
    client.send(READY)
    return 1008, "READY came, expected was STATE"


def bad_unasked(client):
    client.register()
    client.until(START)
    message = SimulatorToServer(message_type=STATE, state_data=[client.entry({"x": 0.0})])
    # Both at once: later, the second would be an answer.
    client.websocket.send_raw(frame(BINARY, message.SerializeToString()) * 2)
    return 1008, "STATE came, expected was nothing"


def bad_no_entry(client):
    client.register()
    client.until(START)
    client.send(STATE)
    return 1008, "0 entries"


def bad_two_entries(client):
    client.register()
    client.until(PREDICTION)
    client.send(STATE, state_data=[client.entry({"x": 0.0})] * 2)
    return 1008, "2 entries"


def bad_state_bytes(client):
    client.register()
    client.until(START)
    client.send(STATE, state_data=[{"state": b"\x09\x00"}])
    return 1002, ""


def bad_state_nan(client):
    client.register()
    client.until(START)
    client.send(STATE, state_data=[client.entry({"x": float("nan")})])
    return 4022, "x"


def bad_state_infinite(client):
    client.register()
    client.until(PREDICTION)
    client.send(STATE, state_data=[client.entry({"v": float("-inf")})])
    return 4022, "v"


def bad_reward(client):
    client.register()
    client.until(PREDICTION)
    client.send(STATE, state_data=[client.entry({"x": 0.0}, reward=float("inf"))])
    return 4022, "reward"


def bad_other_action(client):
    client.register()
    message = client.until(PREDICTION)
    sent = message.prediction_data[0].dynamic_prediction
    push = values(client.schemas["action"], sent)["push"]
    other = message_class(client.schemas["action"])(push=1 - push).SerializeToString()
    client.send(STATE, state_data=[client.entry({"x": 0.0}, action=other)])
    return 1008, "action_taken"


def bad_not_for_learning(client):
    client.register()
    client.until(START)
    entry = client.entry({"x": 0.0})
    # Field 1000, true, at the end of the entry.
    inner = b"\x0a" + bytes([len(entry["state"])]) + entry["state"] + b"\xc0\x3e\x01"
    client.websocket.send(b"\x08\x03\x1a" + bytes([len(inner)]) + inner)
    return 1008, "not to be learnt from"


@tap.case("/server/train/bad-clients-are-told-why")
def _():
    bad = {name: f for name, f in globals().items() if name.startswith("bad_")}
    assert len(bad) > 25
    training = ENDLESS.replace("10,", "1000,")
    with Engine({"lift": program(training=training)}) as engine:
        good = Client(engine.train("lift", headers=USER_AGENT), Walker())
        good.register()
        for name, function in bad.items():
            client = Client(engine.train("lift", headers=USER_AGENT), Walker())
            code, reason = function(client)
            closed = client.websocket.wait_closed()
            assert closed.code == code and reason in closed.reason, f"{name}: {closed}"
            for _ in range(20):
                good.turn()
        # None of them is an actor of the run any more.
        sims = engine.get("/v1/a/lift/sims").json
        equal(sims["walker"]["active"], [{"sim_id": good.sim_id}])
        equal(set(good.log[2:]), {START, PREDICTION})


@tap.case("/server/train/odd-but-legal-clients")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        socket_ = client.websocket
        # Unasked pongs count as a sign of life, even before REGISTER.
        socket_.send_raw(frame(PONG, b"") + frame(PONG, b"x"))
        # A message in fragments, with a ping between them.
        data = SimulatorToServer(
            message_type=REGISTER, register_data={"simulator_name": "walker"}
        ).SerializeToString()
        socket_.send_raw(frame(BINARY, data[:3], final=False))
        socket_.send_raw(frame(PING, b"there?"))
        socket_.send_raw(frame(CONTINUATION, b"", final=False))
        socket_.send_raw(frame(CONTINUATION, data[3:]))
        client.absorb(client.receive())
        equal(socket_.pongs, [b"there?"])
        # Older clients send no sim id, or this one; unknown fields are skipped.
        ready = SimulatorToServer(message_type=READY).SerializeToString()
        socket_.send(ready + b"\xa2\x06\x03abc\xa8\x06\x2a")
        client.absorb(client.receive())
        socket_.send(SimulatorToServer(message_type=READY, sim_id=0xFFFFFFFF).SerializeToString())
        client.answer(client.receive())
        # The same action in other bytes; none at all; fields of a state left out.
        message = client.receive()
        sent = message.prediction_data[0].dynamic_prediction
        push = values(client.schemas["action"], sent)["push"]
        longer = bytes([0x08, push | 0x80, 0x80, 0x00])
        client.send(STATE, state_data=[client.entry({}, 1.0, False, longer)])
        client.receive()
        client.send(STATE, state_data=[client.entry({"x": 1.0}, 1.0)])
        client.until(FINISHED)
        assert socket_.close()


@tap.case("/server/train/state-that-stops-to-be-written")
def _():
    # The connection is lost in the middle of a message.
    with Engine({"lift": program(training=EASY)}) as engine:
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        client.register()
        client.until(START)
        client.websocket.send_raw(frame(BINARY, b"\x08\x03" + b"\x00" * 1000)[:100])
        client.websocket.socket.close()
        assert Client(engine.train("lift", headers=USER_AGENT), Walker()).run()


@tap.case("/server/train/simulator-comes-back")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        ids = set()
        for _ in range(5):
            client = Client(engine.train("lift", headers=USER_AGENT), Walker())
            client.register()
            client.until(PREDICTION)
            ids.add(client.sim_id)
            assert client.websocket.close()
        equal(len(ids), 5)
        assert Client(engine.train("lift", headers=USER_AGENT), Walker()).run()
        equal(engine.wait_event("finished")["episodes"], 3)


# Predictions.


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


# The command.


@tap.case("/serve/signals-save-what-was-learnt")
def _():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Engine({"lift": program(), "idle": program()}) as engine:
            trainee = Client(engine.train("lift", headers=USER_AGENT), Walker())
            trainee.register()
            for _ in range(100):
                trainee.turn()
            engine.process.send_signal(number)
            trainee.until(FINISHED)
            # The episode was ended before.
            equal(trainee.log[-2:], [STOP, FINISHED])
            assert trainee.websocket.close()
            event = engine.wait_event("finished", brain="lift")
            equal((event["reason"], event["version"]), ("interrupted", 1))
            equal(engine.stop(), 0)
            idle = next(e for e in engine.events + drain(engine) if
                        e["event"] == "finished" and e["brain"] == "idle")
            equal((idle["reason"], idle["version"]), ("interrupted", None))
            with Engine({}, data=engine.data) as second:
                brains = second.get("/v1/alice").json["brains"]
                equal([(b["name"], b["state"]) for b in brains], [("lift", "Stopped")])


def drain(engine):
    events = []
    while (event := engine._queue.get(timeout=DEADLINE)) is not None:
        events.append(event)
    return events


@tap.case("/serve/ends-although-a-simulator-hangs")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        stuck = Client(engine.train("lift", headers=USER_AGENT), Walker())
        stuck.register()
        stuck.until(PREDICTION)
        equal(engine.stop(), 0)
        equal(stuck.receive().message_type, FINISHED)


@tap.case("/serve/second-signal-does-not-wait")
def _():
    with Engine({"lift": program()}) as engine:
        stuck = Client(engine.train("lift", headers=USER_AGENT), Walker())
        stuck.register()
        stuck.until(PREDICTION)
        engine.process.send_signal(signal.SIGINT)
        equal(stuck.receive().message_type, FINISHED)
        engine.process.send_signal(signal.SIGINT)
        equal(engine.process.wait(DEADLINE), 0)


def run_serve(*arguments, **environment):
    with tempfile.TemporaryDirectory(prefix="simhost-serve-") as folder:
        result = subprocess.run(
            [Engine.simhost, "serve", *arguments],
            env=os.environ | {"SIMHOST_DATA_HOME": folder} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        return result.returncode, result.stdout, result.stderr


@tap.case("/serve/used-wrongly")
def _():
    with tempfile.TemporaryDirectory(prefix="simhost-serve-") as folder:
        good = os.path.join(folder, "good.ink")
        wrong = os.path.join(folder, "wrong.ink")
        with open(good, "w", encoding="utf-8") as file:
            file.write(program())
        with open(wrong, "w", encoding="utf-8") as file:
            file.write(program().replace("x: number", "x: numbr"))
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            cases = [
                (2, "HOST:PORT", ["--listen", "127.0.0.1:99999"]),
                (2, "HOST:PORT", ["--listen", ""]),
                (2, "blank", ["--accesskey", "two words"]),
                (2, "1 to", ["--accesskey", ""]),
                (2, "seed", ["--seed", "-1"]),
                (2, "--nonsense", ["--nonsense"]),
                (2, "--brain", ["--brain", "a", "--brain", "b", good]),
                (2, "name", ["--brain", "../x", good]),
                (2, "in training already", [good, good]),
                (1, "in use", ["--listen", f"127.0.0.1:{port}"]),
                (1, "ghost.ink", [os.path.join(folder, "ghost.ink")]),
                (1, "/dev/zero", ["/dev/zero"]),
                (1, folder, [folder]),
                (1, "1 error", [wrong]),
            ]
            for status, text, arguments in cases:
                code, out, err = run_serve("--json", *arguments)
                assert code == status and text in err and out == "", (arguments, code, out, err)
            assert "wrong.ink:2:" in run_serve(wrong)[2]


@tap.case("/serve/makes-a-key-and-shows-it-once")
def _():
    with tempfile.TemporaryDirectory(prefix="simhost-serve-") as folder:
        process = subprocess.Popen(
            [Engine.simhost, "serve", "--listen", "127.0.0.1:0"],
            env={k: v for k, v in os.environ.items() if k != "SIMHOST_ACCESS_KEY"}
            | {"SIMHOST_DATA_HOME": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        first = process.stderr.readline()
        command = process.stderr.readline().split()
        key = first.split("key is ")[1].split(".")[0]
        equal(len(key), 32)
        equal(command[0], "SIMHOST_ACCESS_KEY=" + key)
        url = command[command.index("--url") + 1]
        port = int(url.rsplit(":", 1)[1])
        equal(request(port, "/v1/a", key=key).json["brains"], [])
        equal(request(port, "/v1/a", key="").status, 401)
        equal(process.stdout.readline(), f"listening on {url}\n")
        process.terminate()
        out, err = process.communicate(timeout=DEADLINE)
        equal((process.returncode, out, err), (0, "", ""))


@tap.case("/serve/key-from-the-environment")
def _():
    os.environ["SIMHOST_ACCESS_KEY"] = "from-there"
    try:
        with Engine({}) as engine:
            # What is given on the command line counts more.
            equal(engine.get("/v1/a", key="from-there").status, 401)
            # Nobody sees it in the list of processes.
            with open(f"/proc/{engine.process.pid}/cmdline", encoding="utf-8") as file:
                assert KEY not in file.read()
    finally:
        del os.environ["SIMHOST_ACCESS_KEY"]


@tap.case("/serve/plain-lines-for-people")
def _():
    with Engine({}) as engine, tempfile.TemporaryDirectory(prefix="simhost-serve-") as folder:
        path = os.path.join(folder, "lift.ink")
        with open(path, "w", encoding="utf-8") as file:
            file.write(program(training=EASY))
        process = subprocess.Popen(
            [Engine.simhost, "serve", "--listen", "localhost:0", "--accesskey", KEY, path],
            env=os.environ | {"SIMHOST_DATA_HOME": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        engine.port = int(process.stdout.readline().rsplit(":", 1)[1])
        assert "training version 1 with PPO on simulator walker" in process.stdout.readline()
        assert Client(engine.train("lift", headers=USER_AGENT), Walker()).run()
        while "curriculum-met" not in (line := process.stdout.readline()):
            assert line
        assert "mean return 10.00; saved as version 1" in line
        process.terminate()
        out, err = process.communicate(timeout=DEADLINE)
        equal((process.returncode, out, err), (0, "", ""))


tap.run()
