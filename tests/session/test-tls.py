# SPDX-License-Identifier: LGPL-2.1-or-later

"""`simhost run` and engines with TLS.

  test-tls.py SIMHOST PLUGIN-FOLDER"""

import os
import ssl
import struct
import sys
import tempfile
from pathlib import Path

from certificates import DAY, Authority
from host import Host, finish, last_line, serve_start, serve_step
from wsserver import BINARY, Closed, Engine
import tap
import wire

sys.path.insert(0, str(Path(__file__).parent.parent / "host-config"))

from proxy import Proxy

HERE = "DNS:localhost, IP:127.0.0.1"

authority = Authority()
good = authority.sign(HERE)


def trusting(engine, *flags, **environment):
    return Host(engine, *flags, SSL_CERT_FILE=authority.file, **environment)


def refuse(engine):
    """The client does not accept the certificate."""
    try:
        engine.request()
    except (ssl.SSLError, ConnectionError, Closed):
        return
    raise AssertionError("the client sent a request")


def accepted_case(name, file):
    def run():
        with Engine(good, name) as engine, Host(engine, SSL_CERT_FILE=file()) as host:
            connection = engine.accept()
            assert connection.headers["host"] == f"{name}:{engine.port}"
            serve_start(connection, limit=1e9)
            for _ in range(20):
                serve_step(connection, delta=1, gain=1)
            finish(connection, host)

    return run


for case, name, file in (
    ("name", "localhost", lambda: authority.file),
    ("address", "127.0.0.1", lambda: authority.file),
    ("file-by-relative-path", "localhost", lambda: os.path.relpath(authority.file)),
):
    tap.case(f"/session/tls/accepted/{case}")(accepted_case(name, file))


def refused_case(context, says, environment):
    """The run ends at once: waiting does not make a certificate good."""

    def run():
        with Engine(context(), "localhost") as engine:
            with Host(engine, "--retry-timeout", "-1", **environment()) as host:
                refuse(engine)
                status, text = host.wait()
                assert status == 1 and says in last_line(text), text
                assert "its certificate is not accepted" in last_line(text), text
                assert not engine.is_called(0.2)

    return run


def trust():
    return {"SSL_CERT_FILE": authority.file}


for case, context, says, environment in (
    ("unknown-authority", lambda: good, "SSL_CERT_FILE", dict),
    ("other-authority", lambda: Authority().sign(HERE), "SSL_CERT_FILE", trust),
    ("other-name", lambda: authority.sign("DNS:elsewhere.example"), "for another host", trust),
    ("expired", lambda: authority.sign(HERE, -3 * DAY, -DAY), "has expired", trust),
    ("not-yet-valid", lambda: authority.sign(HERE, DAY, 2 * DAY), "not valid yet", trust),
    (
        "file-missing",
        lambda: good,
        "SSL_CERT_FILE, '/nonexistent/ca.pem'",
        lambda: {"SSL_CERT_FILE": "/nonexistent/ca.pem"},
    ),
):
    tap.case(f"/session/tls/refused/{case}")(refused_case(context, says, environment))


@tap.case("/session/tls/refused/file-without-certificates")
def file_without_certificates():
    with tempfile.NamedTemporaryFile() as file, Engine(good, "localhost") as engine:
        file.write(b"nothing of the kind\n")
        file.flush()
        with Host(engine, SSL_CERT_FILE=file.name) as host:
            refuse(engine)
            status, text = host.wait()
            assert status == 1 and "not accepted" in last_line(text), text


@tap.case("/session/tls/certificate-goes-bad-and-good-again")
def goes_bad():
    """An engine that was reached before is waited for."""
    expired = authority.sign(HERE, -3 * DAY, -DAY)
    with Engine(good, "localhost") as engine, trusting(engine) as host:
        serve_start(engine.accept())
        engine.tls = expired
        refuse(engine)
        engine.tls = good
        connection = engine.accept()
        serve_start(connection)
        assert "has expired" in finish(connection, host)


@tap.case("/session/tls/no-tls-there")
def no_tls_there():
    """Something else answers: that may pass."""
    with Engine() as engine, trusting(f"https://localhost:{engine.port}") as host:
        connection = engine.listener.accept()[0]
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        connection.close()
        host.wait_for_text("trying again")
        engine.tls = good
        connection = engine.accept()
        serve_start(connection)
        finish(connection, host)


@tap.case("/session/tls/no-answer")
def no_answer():
    flags = ["--network-timeout", "1", "--retry-timeout", "0"]
    with Engine() as engine, trusting(f"https://localhost:{engine.port}", *flags) as host:
        # Nobody takes the connection from the kernel: it may not have one in its second.
        status, text = host.wait()
        assert status == 1 and "no answer within 1 s" in last_line(text), text


@tap.case("/session/tls/not-installed")
def not_installed():
    with Host("https://localhost:1", GIO_USE_TLS="dummy") as host:
        status, text = host.wait()
        assert status == 1 and "install glib-networking" in last_line(text), text


def proxied_case(user):
    def run():
        with Engine(good) as engine, Proxy(engine.port) as proxy:
            address = f"http://{user}{proxy.address}"
            # Its name is known to the proxy alone.
            engine.tls = authority.sign("DNS:engine.invalid")
            with trusting("https://engine.invalid", "--proxy", address) as host:
                connection = engine.accept()
                serve_start(connection)
                finish(connection, host)
            (head,) = proxy.heads
            assert head.startswith("CONNECT engine.invalid:443 "), head
            assert ("Proxy-Authorization: Basic bWU6czNjcmV0" in head) == bool(user), head

    return run


for case, user in (("plain", ""), ("password", "me:s3cret@")):
    tap.case(f"/session/tls/proxy/{case}")(proxied_case(user))


@tap.case("/session/tls/large-messages")
def large_messages():
    """More than a TLS record, both ways."""
    n = 20000
    with Engine(good) as engine, trusting(engine) as host:
        connection = engine.accept()
        serve_start(connection, limit=1e9)
        connection.send(wire.predict(wire.COUNTER, *[{"delta": 1, "gain": 1}] * n))
        message = wire.read(connection.receive())
        assert len(message.state_data) == n
        finish(connection, host)


@tap.case("/session/tls/many-messages-in-a-record")
def many_in_a_record():
    """Of those that were decrypted together, the socket tells only once."""
    with Engine(good) as engine, trusting(engine) as host:
        connection = engine.accept()
        serve_start(connection, limit=1e9)
        message = wire.predict(wire.COUNTER, {"delta": 1, "gain": 1})
        frame = bytes([0x80 | BINARY, len(message)]) + message
        connection.socket.sendall(frame * 8)
        for _ in range(8):
            assert wire.read(connection.receive()).message_type == wire.STATE
        finish(connection, host)


def flood(connection):
    frame = bytes([0x80 | BINARY, 2]) + wire.plain(wire.RESET)
    try:
        connection.socket.sendall(frame * 200000)
    except OSError:
        pass


def too_large(connection):
    connection.socket.sendall(b"\x82\x7f" + struct.pack(">Q", 4 * 1024 * 1024 + 1))
    connection.receive_close()


def bad_engine_case(behave, says):
    def run():
        with Engine(good) as engine, trusting(engine) as host:
            connection = engine.accept()
            serve_start(connection)
            behave(connection)
            status, text = host.wait()
            assert status == 1 and says in last_line(text), text

    return run


for case, behave, says in (
    ("closes-for-good", lambda c: c.close(4043, "no such simulator"), "no such simulator"),
    ("floods", flood, "without waiting"),
    ("too-large", too_large, "more than 4194304 bytes"),
):
    tap.case(f"/session/tls/engine/{case}")(bad_engine_case(behave, says))


@tap.case("/session/tls/stop")
def stop():
    with Engine(good) as engine, trusting(engine, "--instances", "3") as host:
        connections = [engine.accept() for _ in range(3)]
        for connection in connections:
            serve_start(connection)
        status, text = host.interrupt(*connections)
        assert status == 0, text


tap.run()
