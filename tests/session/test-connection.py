# SPDX-License-Identifier: LGPL-2.1-or-later

"""How `simhost run` connects, reconnects, stays alive and goes away.

  test-connection.py SIMHOST PLUGIN-FOLDER"""

import os
import signal
import socket
import time
import uuid
from pathlib import Path

from host import KEY, Host, finish, last_line, serve_start, serve_step
from wsserver import BINARY, CLOSE, DEADLINE, PING, PONG, Closed, Engine
import tap
import wire


def is_registration(connection):
    return wire.read(connection.receive()).message_type == wire.REGISTER


def finish_next(engine, host):
    """Takes the next connection and ends the run in good order."""
    connection = engine.accept()
    assert is_registration(connection)
    return finish(connection, host)


# Handshake.


@tap.case("/session/connection/headers")
def headers():
    with Engine() as engine, Host(engine) as host:
        seen = [engine.refuse(503).headers for _ in range(3)]
        for header in seen:
            assert header["authorization"] == KEY, header
            assert header["user-agent"].startswith("simhost/"), header
            assert str(uuid.UUID(header["requestid"])) == header["requestid"]
            assert "sec-websocket-protocol" not in header, header
            assert "sec-websocket-extensions" not in header, header
        assert len({header["requestid"] for header in seen}) == 3
        finish_next(engine, host)


def path_case(flags, expected):
    def run():
        with Engine() as engine, Host(engine, *flags) as host:
            assert engine.refuse(404).path == expected
            assert host.wait()[0] == 1

    return run


for name, flags, expected in (
    ("train", [], "/v1/alice/counter/sims/ws"),
    ("predict", ["--predict"], "/v1/alice/counter/latest/predictions/ws"),
    ("predict-latest", ["--predict=latest"], "/v1/alice/counter/latest/predictions/ws"),
    ("predict-0", ["--predict=0"], "/v1/alice/counter/latest/predictions/ws"),
    ("predict-3", ["--predict=3"], "/v1/alice/counter/3/predictions/ws"),
    ("brain", ["--brain", "other"], "/v1/alice/other/sims/ws"),
):
    tap.case(f"/session/connection/path/{name}")(path_case(flags, expected))


def permanent_case(status):
    def run():
        with Engine() as engine, Host(engine) as host:
            engine.refuse(status)
            code, text = host.wait()
            assert code == 1 and str(status) in last_line(text), text
            assert not engine.is_called(0.2)

    return run


for status in (401, 403, 404):
    tap.case(f"/session/connection/status/{status}")(permanent_case(status))


def passing_case(status, headers):
    def run():
        with Engine() as engine, Host(engine) as host:
            engine.refuse(status, headers)
            assert str(status) in finish_next(engine, host)

        with Engine() as engine, Host(engine, "--retry-timeout", "0") as host:
            engine.refuse(status, headers)
            code, text = host.wait()
            assert code == 1 and str(status) in last_line(text), text

    return run


for status, more in (
    (200, []),
    (302, ["Location: http://127.0.0.1:1/"]),
    (400, []),
    (407, []),
    (429, ["Retry-After: 1"]),
    (500, []),
    (502, []),
    (503, []),
    (504, []),
):
    tap.case(f"/session/connection/status/{status}")(passing_case(status, more))


@tap.case("/session/connection/bad-handshake")
def bad_handshake():
    with Engine() as engine, Host(engine) as host:
        with engine.request() as connection:
            connection.headers["sec-websocket-key"] = "something else"
            connection.answer(101)
        with engine.request() as connection:
            connection.socket.sendall(b"\x00\xff no HTTP at all\r\n\r\n")
        with engine.request() as connection:
            connection.drop()
        finish_next(engine, host)


def answered_case(change):
    """A 101 that is tolerated."""

    def run():
        with Engine() as engine, Host(engine) as host:
            connection = engine.request()
            change(connection)
            assert is_registration(connection)
            host.interrupt(connection)

    return run


def answer_after_interim(connection):
    connection.socket.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
    connection.answer(101)


for name, change in (
    ("protocol-empty", lambda c: c.answer(101, ["Sec-WebSocket-Protocol: "])),
    ("protocol-bonsaiauth", lambda c: c.answer(101, ["Sec-WebSocket-Protocol: bonsaiauth"])),
    ("long-head", lambda c: c.answer(101, ["X-Padding: " + "x" * 60000])),
    ("interim", answer_after_interim),
):
    tap.case(f"/session/connection/answer/{name}")(answered_case(change))


@tap.case("/session/connection/answer/in-pieces-with-messages")
def in_pieces():
    """Byte by byte; the last one comes with the first messages."""
    with Engine() as engine, Host(engine) as host:
        connection = engine.request()
        message = wire.acknowledge(wire.COUNTER, sim_id=7)
        early = connection.answer_text(101) + b"\x89\x02hi" + bytes([0x82, 126])
        early += len(message).to_bytes(2, "big") + message
        cut = early.index(b"\r\n\r\n") + 3
        for at in range(cut):
            connection.socket.sendall(early[at : at + 1])
        connection.socket.sendall(early[cut:])
        frames = [connection.read_frame() for _ in range(4)]
        assert sorted(opcode for opcode, _ in frames) == [BINARY, BINARY, PONG, PONG], frames
        assert (PONG, b"hi") in frames
        messages = [payload for opcode, payload in frames if opcode == BINARY]
        assert wire.read(messages[1]).sim_id == 7
        host.interrupt(connection)


def bad_answer_case(behave, says):
    """Something that is no websocket answers; that may pass."""

    def run():
        with Engine() as engine, Host(engine) as host:
            with engine.request() as connection:
                behave(connection)
                connection.wait_dropped()
            assert says in finish_next(engine, host)

    return run


def endless_head(connection):
    try:
        connection.socket.sendall(b"HTTP/1.1 101 Whatever\r\nX: " + b"x" * 65536)
    except ConnectionError:
        pass  # it has seen enough before that was all


for name, behave, says in (
    ("head-without-end", endless_head, "longer than 65536 bytes"),
    ("no-http", lambda c: c.socket.sendall(b"SSH-2.0-x\r\n\r\n"), "does not speak HTTP"),
    (
        "extension",
        lambda c: c.answer(101, ["Sec-WebSocket-Extensions: permessage-deflate"]),
        "extension",
    ),
    (
        "no-websocket",
        lambda c: c.socket.sendall(b"HTTP/1.1 101 X\r\nUpgrade: tls\r\n\r\n"),
        "no websocket",
    ),
):
    tap.case(f"/session/connection/bad-answer/{name}")(bad_answer_case(behave, says))


@tap.case("/session/connection/no-answer")
def no_answer():
    flags = ["--network-timeout", "1", "--retry-timeout", "0"]
    with Engine() as engine, Host(engine, *flags) as host:
        # Nobody takes its request: it may not have come to that in its second.
        code, text = host.wait()
        assert code == 1 and "no answer within 1 s" in last_line(text), text


@tap.case("/session/connection/answer-that-does-not-end")
def dripping_answer():
    """The deadline is for the whole attempt, whatever comes meanwhile."""
    with Engine() as engine, Host(engine, "--network-timeout", "1") as host:
        connection = None
        while connection is None:
            try:
                connection = engine.request()
            except (Closed, ConnectionError):
                pass  # its second was over before it had asked
        with connection:
            drip(connection.socket)
        host.wait_for_text("no answer within 1 s")
        status, text = host.interrupt()
        assert status == 0, text


def drip(peer):
    """The head of an answer, byte by byte, until nobody reads it any more."""
    deadline = time.monotonic() + DEADLINE
    peer.settimeout(0.05)
    head = b"HTTP/1.1 101 Whatever\r\nX: "
    while time.monotonic() < deadline:
        try:
            peer.sendall(head[:1] or b"x")
            head = head[1:]
            if peer.recv(1) == b"":
                return
        except socket.timeout:
            pass
        except ConnectionError:
            return
    raise AssertionError("it waits for ever")


@tap.case("/session/connection/no-server")
def no_server():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with Host(url, "--retry-timeout", "0") as host:
            code, text = host.wait()
            assert code == 1 and "refused" in last_line(text), text
        with Host(url, "--retry-timeout", "1") as host:
            code, text = host.wait()
            assert code == 1 and "gave up" in last_line(text), text
            assert "refused" in last_line(text), text


@tap.case("/session/connection/server-comes-later")
def server_comes_later():
    with Engine(listens=False) as engine, Host(engine) as host:
        host.wait_for_text("refused")
        engine.listener.listen()
        finish_next(engine, host)


@tap.case("/session/connection/unknown-host")
def unknown_host():
    with Host("http://host.invalid", "--retry-timeout", "0") as host:
        code, text = host.wait()
        assert code == 1 and "host.invalid" in last_line(text), text


# The engine goes away.

DROPPED, EMPTY = "none", "empty"


def close_case(code, permanent):
    def run():
        with Engine() as engine, Host(engine) as host:
            connection = engine.accept()
            serve_start(connection, limit=9)
            if code == DROPPED:
                connection.drop()
            elif code == EMPTY:
                assert connection.close() == 1000
            else:
                answer = connection.close(code, "because")
                # Codes that may not be sent are answered as errors.
                assert answer == (1002 if code in (1006, 2999) else 1000), answer
            if not permanent:
                finish_next(engine, host)
                return
            status, text = host.wait()
            assert status == (0 if code == 1001 else 1), text
            assert str(code) in last_line(text) and "because" in last_line(text), text
            assert not engine.is_called(0.2)

    return run


for code, permanent in (
    (DROPPED, False),
    (EMPTY, False),
    (1000, False),
    (1001, True),
    (1006, False),
    (1008, False),
    (1011, False),
    (2999, False),
    (3000, True),
    (3050, True),
    (3099, True),
    (3100, False),
    (3999, False),
    (4000, True),
    (4043, True),
    (4099, True),
    (4100, False),
):
    tap.case(f"/session/connection/close/{code}")(close_case(code, permanent))


def never_again_case(code):
    def run():
        with Engine() as engine, Host(engine, "--retry-timeout", "0") as host:
            connection = engine.accept()
            assert is_registration(connection)
            if code == DROPPED:
                connection.drop()
            else:
                connection.close(code, "because")
            status, text = host.wait()
            assert status == (0 if code == 1001 else 1), text
            assert not engine.is_called(0.2)

    return run


for code in (DROPPED, 1000, 1001, 1011):
    tap.case(f"/session/connection/retry-0/{code}")(never_again_case(code))


@tap.case("/session/connection/lost-in-a-batch")
def lost_in_a_batch():
    with Engine() as engine, Host(engine) as host:
        connection = engine.accept()
        serve_start(connection, limit=2)
        connection.send(wire.predict(wire.COUNTER, {"delta": 2, "gain": 1}))
        connection.drop()
        connection = engine.accept()
        # From the beginning: nothing is known, no prediction is used up.
        first = serve_start(connection, limit=9, start=1)
        assert first["states"][0]["state"]["value"] == 1, first
        step = serve_step(connection, delta=2, gain=1)
        assert step["states"][0]["state"]["value"] == 3, step
        connection.send(wire.plain(wire.FINISHED))
        assert connection.receive_close() == 1000
        assert host.wait()[0] == 0


@tap.case("/session/connection/dropped-again-and-again")
def dropped_again_and_again():
    with Engine() as engine, Host(engine) as host:
        for _ in range(6):
            engine.accept().drop()
        finish_next(engine, host)


# Alive.


@tap.case("/session/connection/pong-at-once")
def pong_at_once():
    with Engine() as engine, Host(engine) as host:
        connection = engine.accept()
        frames = [connection.read_frame()[0] for _ in range(2)]
        assert sorted(frames) == [BINARY, PONG], frames
        host.interrupt(connection)


@tap.case("/session/connection/ping")
def ping():
    with Engine() as engine, Host(engine) as host:
        connection = engine.accept()
        serve_start(connection)
        connection.send_frame(PING, b"")
        frame = connection.read_frame()
        while frame == (PING, b""):  # a sign of life of its own
            frame = connection.read_frame()
        assert frame == (PONG, b""), frame
        connection.send_frame(PING, b"x" * 125)
        assert connection.read_answer() == (PONG, b"x" * 125)
        connection.send_frame(PONG, b"unasked")
        serve_step(connection, delta=1, gain=1)
        host.interrupt(connection)


@tap.case("/session/connection/fragments")
def fragments():
    with Engine() as engine, Host(engine) as host:
        connection = engine.accept()
        assert is_registration(connection)
        message = wire.acknowledge(wire.COUNTER, sim_id=0xFFFFFFFF)
        connection.send_frame(BINARY, message[:1], final=False)
        connection.send_frame(PING, b"between")
        connection.send_frame(0, message[1:20], final=False)
        connection.send_frame(0, b"", final=False)
        connection.send_frame(0, message[20:])
        assert connection.read_answer() == (PONG, b"between")
        assert wire.read(connection.receive()).sim_id == 0xFFFFFFFF
        host.interrupt(connection)


# Stopping.


def stop_case(number):
    def run():
        with Engine() as engine, Host(engine, "--instances", "3") as host:
            connections = [engine.accept() for _ in range(3)]
            for connection in connections:
                serve_start(connection)
            status, text = host.interrupt(*connections, number=number)
            assert status == 0, text

    return run


for number in (signal.SIGINT, signal.SIGTERM):
    tap.case(f"/session/stop/{number.name.lower()}")(stop_case(number))


@tap.case("/session/stop/while-waiting-to-retry")
def stop_waiting():
    with Engine() as engine, Host(engine) as host:
        engine.refuse(503)
        status, text = host.interrupt()
        assert status == 0, text


@tap.case("/session/stop/while-connecting")
def stop_connecting():
    with Engine() as engine, Host(engine) as host:
        with engine.request():
            status, text = host.interrupt()
            assert status == 0, text


@tap.case("/session/stop/engine-does-not-answer")
def stop_deaf_engine():
    with Engine() as engine, Host(engine) as host:
        connection = engine.accept()
        serve_start(connection)
        host.process.send_signal(signal.SIGTERM)
        # The close comes; no answer, and the socket stays open.
        while connection.read_frame()[0] != CLOSE:
            pass
        status, text = host.wait()
        assert status == 0, text


@tap.case("/session/stop/twice")
def stop_twice():
    with Engine() as engine, Host(engine) as host:
        connection = engine.accept()
        serve_start(connection)
        host.process.send_signal(signal.SIGINT)
        host.process.send_signal(signal.SIGTERM)
        assert connection.receive_close() == 1000
        assert host.wait()[0] == 0


@tap.case("/session/stop/parent-killed")
def parent_killed():
    with Engine() as engine, Host(engine) as host:
        connection = engine.accept()
        serve_start(connection)
        host.process.kill()
        try:
            while True:
                connection.receive()
        except Closed:
            pass  # the worker does not outlive it


# Several sessions in a worker.


@tap.case("/session/instances/one-finished")
def one_finished():
    with Engine() as engine, Host(engine, "--instances", "2") as host:
        connections = [engine.accept() for _ in range(2)]
        for connection in connections:
            serve_start(connection)
        connections[0].send(wire.plain(wire.FINISHED))
        assert connections[0].receive_close() == 1000
        serve_step(connections[1], delta=1, gain=1)
        connections[1].send(wire.plain(wire.FINISHED))
        assert connections[1].receive_close() == 1000
        assert host.wait()[0] == 0


@tap.case("/session/instances/one-refused")
def one_refused():
    with Engine() as engine, Host(engine, "--instances", "3") as host:
        connections = [engine.accept() for _ in range(3)]
        for connection in connections:
            serve_start(connection)
        assert connections.pop().close(4043, "no such simulator") == 1000
        for connection in connections:
            assert connection.receive_close() == 1000
        status, text = host.wait()
        assert status == 1 and "no such simulator" in last_line(text), text


def first_states(*flags):
    """The first states of three episodes of each instance; cartpole draws them
    from the seed."""
    n = int(flags[1])
    with Engine() as engine, Host(engine, *flags, simulator="cartpole") as host:
        episodes = []
        connections = [engine.accept() for _ in range(n)]
        for connection in connections:
            first = serve_start(connection, wire.CARTPOLE, episode_length=-1)
            states = [first["states"][0]["state"]]
            for _ in range(2):
                connection.send(wire.plain(wire.START))
                message = wire.decode(wire.CARTPOLE, connection.receive())
                states.append(message["states"][0]["state"])
            episodes.append(states)
        host.interrupt(*connections)
        return episodes


@tap.case("/session/instances/seeds")
def seeds():
    alone = [first_states("--instances", "1", "--seed", str(seed))[0] for seed in (5, 6, 7)]
    assert alone[0][1:] == alone[1][:2], "episode k has seed + k"
    assert alone == [first_states("--instances", "1", "--seed", str(s))[0] for s in (5, 6, 7)]
    together = first_states("--instances", "2", "--seed", "5")
    # Episode k of instance i has the seed 5 + 2 k + i, whatever order they
    # connect in.
    expected = [
        [alone[0][0], alone[0][2]],
        [alone[0][1], alone[1][2]],
    ]
    found = sorted((states[:2] for states in together), key=str)
    assert found == sorted(expected, key=str), (found, expected)


# The key.


@tap.case("/session/connection/key-is-hidden")
def key_is_hidden():
    for flags, environment in (
        ([], {}),
        (["--accesskey=" + KEY], {}),
        (["--access-key", KEY], {}),
    ):
        with Engine() as engine, Host(engine, *flags, **environment) as host:
            connection = engine.accept()
            assert connection.headers["authorization"] == KEY
            serve_start(connection)
            (worker,) = host.children()
            assert KEY.encode() not in Path(f"/proc/{host.process.pid}/cmdline").read_bytes()
            for page in ("cmdline", "environ"):
                assert KEY.encode() not in Path(f"/proc/{worker}/{page}").read_bytes(), page
            host.interrupt(connection)


@tap.case("/session/connection/key-from-environment")
def key_from_environment():
    with Engine() as engine:
        host = Host(engine, SIMHOST_ACCESS_KEY="from the environment")
        del host.command[host.command.index("--accesskey") :]
        with host:
            connection = engine.accept()
            assert connection.headers["authorization"] == "from the environment"
            assert is_registration(connection)
            host.interrupt(connection)


# Flags.


def usage_case(arguments, says, drop):
    def run():
        host = Host("http://127.0.0.1:1")
        for flag in drop:
            at = host.command.index(flag)
            del host.command[at : at + (2 if flag.startswith("--") else 1)]
        host.command += arguments
        host.environment.pop("SIMHOST_ACCESS_KEY", None)
        with host:
            status, text = host.wait()
            assert status == 2, (status, text)
            assert says in last_line(text), text
            assert "simhost run --help" in last_line(text), text

    return run


for name, arguments, says, drop in (
    ("no-simulator", [], "which simulator", ["counter"]),
    ("no-brain", [], "--brain", ["--brain"]),
    ("no-key", [], "--accesskey", ["--accesskey"]),
    ("no-username", ["--username", ""], "--username", []),
    ("no-url", ["--url", ""], "--url", []),
    ("bad-url", ["--url", "127.0.0.1:8010"], "127.0.0.1:8010", []),
    ("retry-timeout", ["--retry-timeout", "-2"], "--retry-timeout", []),
    ("retry-timeout-text", ["--retry-timeout", "soon"], "soon", []),
    ("network-timeout", ["--network-timeout", "0"], "--network-timeout", []),
    ("call-timeout", ["--call-timeout", "0"], "--call-timeout", []),
    ("instances", ["--instances", "0"], "--instances", []),
    ("instances-many", ["--instances", "1025"], "--instances", []),
    ("seed", ["--seed", "-1"], "--seed", []),
    ("seed-text", ["--seed", "x"], "--seed", []),
    ("predict-negative", ["--predict=-1"], "--predict=-1", []),
    ("predict-text", ["--predict=x"], "--predict=x", []),
    ("value-missing", ["--brain"], "--brain", []),
):
    tap.case(f"/session/flags/{name}")(usage_case(arguments, says, drop))


@tap.case("/session/flags/unknown")
def unknown_flags():
    with Engine() as engine, Host(engine, "--unheard-of", "--brai=x") as host:
        text = finish_next(engine, host)
        assert "--unheard-of" in text and "--brai=x" in text, text


@tap.case("/session/flags/name")
def other_name():
    with Engine() as engine, Host(engine, "--name", "adder") as host:
        connection = engine.accept()
        message = wire.read(connection.receive())
        assert message.register_data.simulator_name == "adder", message
        host.interrupt(connection)


@tap.case("/session/flags/unknown-simulator")
def unknown_simulator():
    with Host("http://127.0.0.1:1", simulator="countre") as host:
        status, text = host.wait()
        assert status == 1 and "countre" in text and "counter" in text, text


tap.run()
