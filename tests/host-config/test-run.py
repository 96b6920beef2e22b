# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the settings do in a run: proxies, log lines, --set, --strict.

  test-run.py SIMHOST PLUGIN-FOLDER BAD-PLUGIN-FOLDER"""

import base64
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "session"))

from host import KEY, PLUGINS, Host, finish, last_line, serve_start, serve_step
from proxy import Proxy
from wsserver import Engine
import tap
import wire

LINE = re.compile(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\]\[(\w+)\] (.+)")


def play(engine, host, **config):
    connection = engine.accept()
    first = serve_start(connection, **config)
    serve_step(connection, delta=1, gain=1.0)
    return first, finish(connection, host)


# Proxies.


def proxied(flags, environment, user=None):
    """The engine's name is known to the proxy alone."""

    def run():
        with Engine() as engine, Proxy(engine.port) as proxy:
            known = {name: value.format(proxy.address) for name, value in environment.items()}
            arguments = [flag.format(proxy.address) for flag in flags]
            with Host("http://engine.invalid:8010", *arguments, **known) as host:
                connection = engine.accept()
                assert connection.path == "/v1/alice/counter/sims/ws", connection.path
                assert connection.headers["host"] == "engine.invalid:8010"
                serve_start(connection)
                (worker,) = host.children()
                for page in ("cmdline", "environ"):
                    shown = Path(f"/proc/{worker}/{page}").read_bytes()
                    assert b"s3cret" not in shown, page
                finish(connection, host)
            (head,) = proxy.heads
            assert head.startswith("CONNECT engine.invalid:8010 HTTP/1."), head
            assert KEY not in head, head
            if user is not None:
                code = base64.b64encode(user.encode()).decode()
                assert f"Proxy-Authorization: Basic {code}" in head, head

    return run


for name, flags, environment, user in (
    ("flag", ["--proxy", "{}"], {}, None),
    ("environment", [], {"http_proxy": "http://{}"}, None),
    ("all", [], {"ALL_PROXY": "{}"}, None),
    ("password", ["--proxy", "http://me:s3cret@{}"], {}, "me:s3cret"),
):
    tap.case(f"/config/56-proxy/tunnel/{name}")(proxied(flags, environment, user))


def named_case(host, port, asked, header):
    """Hosts that no name server knows, through a proxy."""

    def run():
        with Engine() as engine, Proxy(engine.port) as proxy:
            with Host(f"http://{host}{port}", "--proxy", proxy.address) as client:
                connection = engine.accept()
                assert connection.headers["host"] == header, connection.headers
                serve_start(connection)
                finish(connection, client)
            (head,) = proxy.heads
            assert head.startswith(f"CONNECT {asked} HTTP/1."), head

    return run


for name, host, port, asked, header in (
    ("ipv6", "[2001:db8::1]", ":8010", "[2001:db8::1]:8010", "[2001:db8::1]:8010"),
    ("default-port", "engine.invalid", "", "engine.invalid:80", "engine.invalid"),
    ("port-80", "engine.invalid", ":80", "engine.invalid:80", "engine.invalid"),
    ("idn", "b\u00fccher.invalid", "", "xn--bcher-kva.invalid:80", "xn--bcher-kva.invalid"),
):
    tap.case(f"/config/58-host/{name}")(named_case(host, port, asked, header))


@tap.case("/config/56-proxy/refuses")
def proxy_refuses():
    with Engine() as engine, Proxy(engine.port, status=403) as proxy:
        flags = ["--proxy", proxy.address, "--retry-timeout", "0"]
        with Host("http://engine.invalid", *flags) as host:
            status, text = host.wait()
            assert status == 1 and "engine.invalid" in last_line(text), text


@tap.case("/config/56-proxy/environment-is-not-for-this-machine")
def direct():
    with Engine() as engine, Host(engine, http_proxy="http://127.0.0.1:1") as host:
        play(engine, host)


# Log lines.


def log_case(flags, wanted, absent):
    def run():
        with Engine() as engine, Host(engine, *flags) as host:
            _, text = play(engine, host)
            found = [LINE.fullmatch(line) for line in text.splitlines()]
            assert all(found), text
            assert all(match[2].startswith("counter: ") for match in found), text
            assert {match[1] for match in found} == wanted, text

    return run


for name, flags, wanted in (
    ("default", [], {"info"}),
    ("event", ["--log", "event"], {"info", "event"}),
    ("two", ["--log", "network", "simulator_ws"], {"info", "network", "simulator_ws"}),
    ("none", ["--log", "none"], {"info"}),
    ("all-is-no-domain", ["--log", "all"], {"info"}),
    ("verbose", ["--verbose"], {"info", "network", "event", "simulator_ws"}),
    ("mute", ["--mute"], set()),
    ("mute-and-verbose", ["--mute", "--verbose"], set()),
):
    tap.case(f"/config/log/{name}")(log_case(flags, wanted, None))


@tap.case("/config/log/takes-all-words")
def takes_all_words():
    host = Host("http://127.0.0.1:1")
    host.command = [host.command[0], "run", "--log", "network", "counter"]
    with host:
        status, text = host.wait()
        assert status == 2 and "before --log" in last_line(text), text


@tap.case("/config/log/key-is-nowhere")
def key_is_nowhere():
    with Engine() as engine, Host(engine, "--verbose") as host:
        _, text = play(engine, host)
        assert KEY not in text, text


# --set.


@tap.case("/config/set/beats-the-engine")
def set_field():
    with Engine() as engine, Host(engine, "--set", "start=2.5", "--set", "limit=9") as host:
        first, _ = play(engine, host, start=7.0, limit=1.0)
        assert first["states"][0]["state"]["value"] == 2.5, first


@tap.case("/config/set/in-every-episode")
def set_again():
    with Engine() as engine, Host(engine, "--set", "start=2.5") as host:
        connection = engine.accept()
        serve_start(connection)
        connection.send(wire.set_properties(wire.COUNTER, start=1.0))
        connection.receive()
        connection.send(wire.plain(wire.START))
        first = wire.decode(wire.COUNTER, connection.receive())
        assert first["states"][0]["state"]["value"] == 2.5, first
        finish(connection, host)


for name, value, says in (
    ("near-miss", "strat=1", "did you mean 'start'"),
    ("unknown", "zzz=1", "'limit', 'start', 'seed'"),
    ("no-value", "start", "FIELD=VALUE"),
    ("no-field", "=1", "FIELD=VALUE"),
    ("text-for-number", "start=much", "'much' is no float"),
    ("negative", "seed=-1", "'-1' is no uint64"),
    ("fraction", "seed=1.5", "'1.5' is no uint64"),
    ("not-finite", "limit=nan", "limit"),
):

    def bad_set(value=value, says=says):
        with Host("http://127.0.0.1:1", "--set", value) as host:
            status, text = host.wait()
            assert status == 2 and says in last_line(text), text

    tap.case(f"/config/set/{name}")(bad_set)


tap.run()
