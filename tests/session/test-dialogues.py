# SPDX-License-Identifier: LGPL-2.1-or-later

"""Dialogues recorded with the original simulator library, replayed over a real
websocket to `simhost run counter`, and to the same simulator with a loop of its
own: it says the same, and closes with the same code.

  test-dialogues.py SIMHOST PLUGIN-FOLDER RECORDING.json..."""

import json
import sys
from pathlib import Path

from host import KEY, Host, last_line
from wsserver import Engine
import tap
import wire


def play(connection, dialogue):
    """Gives the client's close code."""
    for row in dialogue:
        if row["from"] == "simulator":
            expected = wire.decode(wire.COUNTER, bytes.fromhex(row["hex"]))
            found = wire.decode(wire.COUNTER, connection.receive())
            assert found == expected, (found, expected)
        elif "close" in row:
            return connection.close(row["close"], row.get("reason", ""))
        else:
            connection.send(bytes.fromhex(row["hex"]))
    return connection.receive_close()


def replay(path, simulator):
    recording = json.loads(path.read_text())
    flags = ["--name", "counter"]
    flags += ["--predict=1"] if recording["mode"] == "predict" else []
    with Engine() as engine, Host(engine, *flags, simulator=simulator) as host:
        connection = engine.accept()
        assert connection.path == recording["path"], connection.path
        assert connection.headers["authorization"] == KEY
        code = play(connection, recording["dialogue"])
        assert code == recording["client_close_code"], code
        status, text = host.wait()
        close = recording["dialogue"][-1].get("close")
        refused = close is not None and close != 1001
        assert status == (1 if refused else 0), (status, text)
        if refused:
            assert str(close) in last_line(text), text
        assert connection.pongs >= 1, "no unsolicited pong"


for name in sys.argv[3:]:
    path = Path(name)
    for simulator in "counter", "counter_events", "counter_external":
        tap.case(f"/session/run/dialogue/{path.stem}/{simulator}")(
            lambda path=path, simulator=simulator: replay(path, simulator)
        )
tap.run()
