# SPDX-License-Identifier: LGPL-2.1-or-later

"""Items 48 to 58, as far as the tests of sessions and settings do not have them:
see items.py."""

import sys
from pathlib import Path

from play import PLAIN, Host, Play, last_line, tap
from wsserver import Engine
import wire

sys.path.insert(1, str(Path(__file__).parent.parent / "host-config"))

from proxy import Proxy  # noqa: E402


def case(path):
    return tap.case("/conformance/" + path)


@case("48-without-subprotocol")
def no_subprotocol():
    with Play() as play:
        assert "sec-websocket-protocol" not in play.connection.headers
        assert "sec-websocket-extensions" not in play.connection.headers
        play.begin()
        play.finish()


@case("48-subprotocol-that-nobody-asked-for")
def subprotocol():
    """As the original library did, and unlike RFC 6455, 4.1, it is let pass."""
    for name in ("bonsaiauth", "x"):
        with Engine() as engine, Host(engine, simulator="witness") as host:
            connection = engine.request()
            connection.answer(101, [f"Sec-WebSocket-Protocol: {name}"])
            assert wire.read(connection.receive()).message_type == wire.REGISTER
            connection.send(wire.plain(wire.FINISHED))
            assert connection.receive_close() == 1000
            assert host.wait()[0] == 0


@case("51-close-after-each-message")
def close_anywhere():
    """A close that lets it come back is one at every point of the dialogue."""
    with Play() as play:
        steps = (
            lambda: None,
            play.acknowledge,
            play.properties,
            play.start,
            lambda: play.predict({"real": 1}),
            play.stop,
            play.reset,
        )
        for n in range(1, len(steps) + 1):
            for step in steps[:n]:
                step()
            assert play.connection.close(1011, "again") == 1000
            play.reconnect()
        play.begin()
        play.finish()


@case("51-reason-that-is-no-line")
def odd_reason():
    """An engine's words cannot make lines of their own, nor move the cursor."""
    reason = "one\ntwo\x1b[2J\x7fthree\u009b4"
    for code in (1011, 4043):
        with Play("--retry-timeout", "0") as play:
            assert play.connection.close(code, reason) == 1000
            status, text = play.host.wait()
            assert status == 1, text
            assert "one two" in last_line(text) and "three" in last_line(text), text
            assert_plain(text)
    # Told in a line of the log, and tried again.
    with Play() as play:
        assert play.connection.close(1011, reason) == 1000
        play.reconnect()
        text = play.finish()
        assert "one two" in text and "three" in text, text
        assert_plain(text)


def assert_plain(text):
    for control in ("\x1b", "\x7f", "\u009b"):
        assert control not in text, text


@case("53-dropped-after-each-message")
def dropped_anywhere():
    messages = (
        wire.acknowledge(PLAIN),
        wire.set_properties(PLAIN),
        wire.plain(wire.START),
        wire.predict(PLAIN, {"real": 1}, {"real": 2}),
        wire.plain(wire.STOP),
        wire.plain(wire.RESET),
    )
    with Play() as play:
        for n in range(1, len(messages) + 1):
            for message in messages[: n - 1]:
                play.ask(message)
            # Gone while it answers.
            play.send(messages[n - 1])
            play.connection.drop()
            play.reconnect()
        play.begin()
        assert play.values(play.predict({"real": 3})[0]) == {"real": 3, "step": 1}
        play.finish()
        calls = [call.split(" ")[0] for call in play.calls().split(", ")]
        assert calls.count("start") == calls.count("stop"), calls
        assert calls[-1] == "destroy" and calls.count("create") == 1


@case("57-url-forms")
def url_forms():
    for end in ("", "/", "/some/where?x=1#y"):
        with Engine() as engine:
            with Host(engine.url + end, simulator="witness") as host:
                connection = engine.refuse(404)
                assert connection.path == "/v1/alice/counter/sims/ws", connection.path
                assert connection.headers["host"] == f"127.0.0.1:{engine.port}"
                assert host.wait()[0] == 1


@case("58-ipv6-host")
def ipv6():
    """Seen by a proxy, so that the machine need have no IPv6."""
    with Engine() as engine, Proxy(engine.port) as proxy:
        flags = ["--proxy", proxy.address]
        with Host("http://[2001:db8::7]:8010", *flags, simulator="witness") as host:
            connection = engine.accept()
            assert connection.headers["host"] == "[2001:db8::7]:8010", connection.headers
            assert wire.read(connection.receive()).message_type == wire.REGISTER
            connection.send(wire.plain(wire.FINISHED))
            assert connection.receive_close() == 1000
            assert host.wait()[0] == 0
        assert "2001:db8::7" in proxy.heads[0], proxy.heads


tap.run()
