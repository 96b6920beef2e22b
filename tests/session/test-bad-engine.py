# SPDX-License-Identifier: LGPL-2.1-or-later

"""Engines that send what they should not: `simhost run` ends with status 1, one
clear line, and a proper close; it does not crash, hang or grow.

  test-bad-engine.py SIMHOST PLUGIN-FOLDER"""

import array
import fcntl
import json
import os
import signal
import struct
import tempfile
import termios
import time
from pathlib import Path

from host import Host, last_line, serve_start, serve_step
from wsserver import BINARY, DEADLINE, TEXT, Engine
import tap
import wire


def assert_fails(host, *says):
    status, text = host.wait()
    assert status == 1, (status, text)
    for words in says:
        assert words in last_line(text), (words, text)


def registered(engine):
    connection = engine.accept()
    assert wire.read(connection.receive()).message_type == wire.REGISTER
    return connection


def nested(depth):
    """A descriptor with a type in a type in a type ..."""
    inner = b""
    for _ in range(depth):
        size = len(inner)
        varint = b""
        while size >= 0x80:
            varint += bytes([size & 0x7F | 0x80])
            size >>= 7
        inner = b"\x1a" + varint + bytes([size]) + inner
        if len(inner) > 100000:
            break
    return inner


def many_unknown(n):
    return b"\x08\x03" + b"\xf8\x06\x01" * n


def message_case(message, *says):
    def run():
        with Engine() as engine, Host(engine) as host:
            connection = registered(engine)
            connection.send(wire.acknowledge(wire.COUNTER))
            connection.receive()
            connection.send(message)
            assert connection.receive_close() == 1000
            assert_fails(host, *says)

    return run


for name, message, says in (
    ("empty", b"", "unknown message (0)"),
    ("zeros", bytes(100), "bad message"),
    ("text", b"GET / HTTP/1.1\r\n\r\n", "bad message"),
    ("cut-varint", b"\x08", "bad message"),
    ("long-varint", b"\x08" + b"\xff" * 11 + b"\x01", "bad message"),
    ("past-end", b"\x08\x03\x22\x7f", "bad message"),
    ("group", b"\x08\x03\x33\x34", "group"),
    ("many-unknown", many_unknown(10000), "unknown fields"),
    ("many-parts", b"\x08\x05" + b"\x22\x00" * 100000, "bad message"),
    ("type-8", wire.plain(8), "unknown message (8)"),
    ("type-255", wire.plain(255), "unknown message (255)"),
    ("prediction-first", wire.predict(wire.COUNTER, {}), "has not started an episode"),
):
    tap.case(f"/session/bad-engine/message/{name}")(message_case(message, says))


@tap.case("/session/bad-engine/deeply-nested")
def deeply_nested():
    message = wire.ServerToSimulator()
    message.ParseFromString(wire.acknowledge(wire.COUNTER))
    data = message.acknowledge_register_data
    schema = data.output_schema.SerializeToString() + nested(20000)
    field = b"\x12" + wire_varint(len(schema)) + schema
    inner = data.SerializeToString() + field
    deep = message.SerializeToString() + b"\x12" + wire_varint(len(inner)) + inner
    with Engine() as engine, Host(engine) as host:
        connection = registered(engine)
        # Types in types are no part of what is read: skipped, however deep.
        # The fields are there twice now, and that is refused.
        connection.send(deep)
        assert connection.receive_close() == 1000
        assert_fails(host, "schema")


def wire_varint(number):
    result = b""
    while number >= 0x80:
        result += bytes([number & 0x7F | 0x80])
        number >>= 7
    return result + bytes([number])


@tap.case("/session/bad-engine/text-frame")
def text_frame():
    for payload in (b"hello", b"\xff\xfe"):
        with Engine() as engine, Host(engine) as host:
            connection = registered(engine)
            connection.send_frame(TEXT, payload)
            connection.receive_close()
            assert_fails(host, "text message")


@tap.case("/session/bad-engine/frame-too-large")
def frame_too_large():
    with Engine() as engine, Host(engine) as host:
        connection = registered(engine)
        connection.socket.sendall(b"\x82\x7f" + struct.pack(">Q", 4 * 1024 * 1024 + 1))
        connection.receive_close()
        assert_fails(host, "more than 4194304 bytes")


@tap.case("/session/bad-engine/fragments-too-large")
def fragments_too_large():
    with Engine() as engine, Host(engine) as host:
        connection = registered(engine)
        megabyte = bytes(1024 * 1024)
        connection.send_frame(BINARY, megabyte, final=False)
        for _ in range(3):
            connection.send_frame(0, megabyte, final=False)
        connection.send_frame(0, b"x")
        connection.receive_close()
        assert_fails(host, "more than 4194304 bytes")


@tap.case("/session/bad-engine/largest-message")
def largest_message():
    """Just as large as allowed, and good."""
    with Engine() as engine, Host(engine) as host:
        connection = registered(engine)
        connection.send(wire.acknowledge(wire.COUNTER))
        connection.receive()
        start = wire.plain(wire.START)
        padding = 4 * 1024 * 1024 - len(start) - 6
        message = start + b"\xfa\x06" + wire_varint(padding) + bytes(padding)
        assert len(message) == 4 * 1024 * 1024
        connection.send(message)
        assert wire.read(connection.receive()).message_type == wire.STATE
        host.interrupt(connection)


def frames_case(frames):
    def run():
        with Engine() as engine, Host(engine, "--retry-timeout", "0") as host:
            connection = registered(engine)
            connection.socket.sendall(frames)
            connection.receive_close()
            assert_fails(host, "engine")

    return run


for name, frames in (
    ("masked", b"\x82\x81\x00\x00\x00\x00x"),
    ("reserved-bit", b"\xc2\x01x"),
    ("reserved-opcode", b"\x83\x01x"),
    ("continuation-first", b"\x80\x01x"),
    ("long-ping", b"\x89\x7e\x00\x80" + bytes(128)),
    ("fragmented-ping", b"\x09\x01x"),
    ("close-of-one-byte", b"\x88\x01\x03"),
    ("close-not-utf8", b"\x88\x04\x03\xe8\xff\xff"),
    ("random", bytes(range(256))),
):
    tap.case(f"/session/bad-engine/frame/{name}")(frames_case(frames))


@tap.case("/session/bad-engine/flood")
def flood():
    """Messages in a row, none of whose answers is waited for."""
    with Engine() as engine, Host(engine) as host:
        connection = registered(engine)
        connection.send(wire.acknowledge(wire.COUNTER))
        connection.receive()
        message = wire.plain(wire.RESET)
        frame = bytes([0x82, len(message)]) + message
        try:
            connection.socket.sendall(frame * 200000)
        except OSError:
            pass
        assert_fails(host, "without waiting")


@tap.case("/session/bad-engine/huge-batch-beside-another-session")
def huge_batch():
    """The record has the rows in the order in which the steps were taken."""
    n = 40000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "steps.json"
        flags = ["--instances", "2", "--record", str(path)]
        with Engine() as engine, Host(engine, *flags) as host:
            many, few = (engine.accept() for _ in range(2))
            serve_start(many, limit=1e9, sim_id=1)
            serve_start(few, limit=1e9, sim_id=2)
            (worker,) = host.children()
            # It may be done with the many before there is another step to take.
            for batches in range(1, 21):
                before = path.stat().st_size
                many.send(wire.predict(wire.COUNTER, *[{"delta": 1, "gain": 1}] * n))
                deadline = time.monotonic() + DEADLINE
                while path.stat().st_size == before:
                    assert time.monotonic() < deadline, "no step is taken"
                os.kill(worker, signal.SIGSTOP)
                few.send(wire.predict(wire.COUNTER, {"delta": 1, "gain": 1}))
                os.kill(worker, signal.SIGCONT)
                few.receive()
                was_first = unread(many) == 0
                assert len(wire.read(many.receive()).state_data) == n
                if was_first:
                    break
            assert was_first, "the few steps have to wait for the many"
            host.interrupt(many, few)
        rows = [json.loads(line)["sim_id"] for line in path.read_text().splitlines()]
        # Besides the steps there are the first states.
        assert rows.count(1) == batches * n + 1 and rows.count(2) == batches + 1
        assert rows[-1] == 1, "the few steps had to wait for the many"


def unread(connection):
    """Bytes that the client has sent and nobody has read."""
    buffer = array.array("i", [0])
    fcntl.ioctl(connection.socket, termios.FIONREAD, buffer)
    return buffer[0]


def has_taken_all(connection, ends, pid):
    """Whether the client, that process, has read all that was sent to it, and waits;
    `ends` are the ports of the connection, its own first."""
    buffer = array.array("i", [0])
    fcntl.ioctl(connection.socket, termios.TIOCOUTQ, buffer)
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues = line.split()[:5]
        if [int(end.partition(":")[2], 16) for end in (local, remote)] == ends:
            unread_there = int(queues.partition(":")[2], 16)
            break
    else:
        return True  # it has closed
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0]
    except OSError:
        return True
    return buffer[0] == 0 and unread_there == 0 and state == "S"


@tap.case("/session/bad-engine/does-not-read")
def does_not_read():
    """One message at a time, but the answers pile up."""
    with Engine() as engine, Host(engine) as host:
        connection = engine.accept()
        serve_start(connection, limit=1e9)
        (worker,) = host.children()
        ends = [connection.socket.getpeername()[1], connection.socket.getsockname()[1]]
        message = wire.predict(wire.COUNTER, *[{"delta": 1, "gain": 1}] * 3000)
        deadline = time.monotonic() + DEADLINE
        while host.process.poll() is None:
            assert time.monotonic() < deadline, "it goes on for ever"
            before = unread(connection)
            try:
                connection.send(message)
            except OSError:
                break
            # Once the kernel takes no more of the answers, none is seen to come.
            while unread(connection) == before and not has_taken_all(connection, ends, worker):
                assert time.monotonic() < deadline, "it goes on for ever"
        assert_fails(host, "without reading")


def schemas_with(**changed):
    return wire.COUNTER | changed


@tap.case("/session/bad-engine/state-lacks-field")
def state_lacks_field():
    with Engine() as engine, Host(engine) as host:
        connection = registered(engine)
        state = wire.schema("State", value="double", height="float")
        connection.send(wire.acknowledge(schemas_with(state=state)))
        assert connection.receive_close() == 1000
        assert_fails(host, "counter", "height", "value, step, big, over, label")


@tap.case("/session/bad-engine/reward-missing")
def reward_missing():
    with Engine() as engine, Host(engine) as host:
        connection = registered(engine)
        connection.send(wire.acknowledge(wire.COUNTER))
        connection.receive()
        connection.send(wire.set_properties(wire.COUNTER, reward="speed"))
        assert connection.receive_close() == 1000
        assert_fails(host, "counter", "speed", "score")


@tap.case("/session/bad-engine/more-config-and-action")
def more_fields():
    """Fields that the simulator lacks are ignored, with one warning each for
    all instances and episodes."""
    schemas = schemas_with(
        config=wire.schema("C", colour="int32", limit="double"),
        action=wire.schema("A", delta="int32", speed="float", gain="float"),
    )
    with Engine() as engine, Host(engine, "--instances", "2") as host:
        connections = [engine.accept() for _ in range(2)]
        for connection in connections:
            serve_start(connection, schemas, colour=3, limit=9)
            for _ in range(2):
                connection.send(wire.set_properties(schemas, colour=4, limit=9))
                connection.receive()
                step = serve_step(connection, schemas, delta=1, speed=5, gain=1)
                assert len(step["states"]) == 1
        status, text = host.interrupt(*connections)
        assert status == 0
        assert text.count("colour") == 1 and text.count("speed") == 1, text
        assert "config field" in text and "action field" in text, text


def predict_case(kind, name):
    def run():
        with Engine() as engine, Host(engine, "--predict") as host:
            connection = registered(engine)
            connection.send(wire.acknowledge(wire.COUNTER))
            assert wire.read(connection.receive()).message_type == wire.STATE
            connection.send(wire.plain(kind))
            assert connection.receive_close() == 1000
            assert_fails(host, f"unexpected message during prediction: {name}")

    return run


for kind, name in (
    (wire.SET_PROPERTIES, "SET_PROPERTIES"),
    (wire.START, "START"),
    (wire.STOP, "STOP"),
    (wire.RESET, "RESET"),
):
    tap.case(f"/session/bad-engine/predict/{name}")(predict_case(kind, name))


tap.run()
