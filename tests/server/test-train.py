# SPDX-License-Identifier: LGPL-2.1-or-later

"""Training as simulators see it.

Usage: test-train.py SIMHOST
"""

import concurrent.futures
import socket
import time

from common import STOP_DEADLINE, equal, tap
from engine import EASY, Engine, program
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
from wsclient import BINARY, CONTINUATION, PING, PONG, frame


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


class Stepper(Walker):
    """Knows when it has made its last step."""

    def simulate(self, action):
        self.stepped = time.monotonic()
        return super().simulate(action)


@tap.case("/server/train/reset-for-the-oldest-clients-only")
def _():
    for headers in ({}, {"User-Agent": "something"}):
        with Engine({"lift": program(training=EASY)}) as engine:
            client = Client(engine.train("lift", headers=headers), Stepper())
            client.register()
            client.until(FINISHED)
            in_time = time.monotonic() < client.simulator.stepped + STOP_DEADLINE
            episode = [START] + [PREDICTION] * 10 + [STOP, RESET]
            whole = [ACKNOWLEDGE, SET_PROPERTIES] + episode * 3 + [FINISHED]
            # The training was over with the last step: who is slow after that hears
            # of it before the last RESET.
            if in_time:
                equal(client.log, whole)
            else:
                assert client.log in (whole, whole[:-2] + [FINISHED]), client.log
            assert client.websocket.close(1000, 1001)


CARTPOLE = program(
    simulator="cartpole",
    state="position: Number.Float32, velocity: Number.Float32, angle: Number.Float32,"
    " rotation: Number.Float32",
    action="command: Number.Int8<left = 0, right = 1>",
    config="episode_length: Number.Int32, deque_size: Number.UInt32",
    lessons="lesson one { scenario { episode_length: -1, deque_size: 1 } }",
    training="EpisodeIterationLimit: 200, LessonRewardThreshold: 60, LessonAssessmentWindow: 20",
)


def run_together(clients):
    """As Client.run, all at the same time. None goes on before each has its part in
    the training: whoever comes when that is over is not registered any more."""

    def begin(client):
        client.register()
        return client.until(PREDICTION)

    def go_on(client, message):
        client.answer(message)
        client.until(FINISHED)
        return client.websocket.close(1000, 1001)

    with concurrent.futures.ThreadPoolExecutor(len(clients)) as pool:
        messages = list(pool.map(begin, clients))
        return all(pool.map(go_on, clients, messages))


@tap.case("/server/train/cartpole-learns")
def _():
    with Engine({"cart": CARTPOLE}, ["--seed", "1"]) as engine:
        clients = [
            Client(engine.train("cart", headers=USER_AGENT), CartPole(seed)) for seed in range(8)
        ]
        assert run_together(clients)
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
        assert run_together(clients)
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
        # The engine closes by itself if that takes too long.
        assert socket_.close(1000, 1001)


@tap.case("/server/train/does-not-wait-for-the-handshake")
def _():
    # What comes along with the request is read with it, not from the socket.
    data = SimulatorToServer(
        message_type=REGISTER, register_data={"simulator_name": "walker"}
    ).SerializeToString()
    whole = frame(PING, b"early") + frame(BINARY, data)
    with Engine({"lift": program(training=EASY)}) as engine:
        for early, late in ((whole, b""), (whole[:9], whole[9:])):
            client = Client(engine.train("lift", headers=USER_AGENT, early=early), Walker())
            client.websocket.send_raw(late)
            client.absorb(client.receive())
            equal(client.websocket.pongs, [b"early"])
            client.send(READY)
            equal(client.receive().message_type, SET_PROPERTIES)


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


tap.run()
