# SPDX-License-Identifier: LGPL-2.1-or-later

"""Runs the built `simhost run` for the tests in this folder."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))

import wire
from wsserver import DEADLINE

SIMHOST = sys.argv[1]
PLUGINS = sys.argv[2]
KEY = "k3y-of-alice"
# Seconds that a call may take where one of them hangs: enough for a good one in
# the middle of which the machine stands still for a while.
PATIENCE = 5


class Host:
    """One `simhost run`; killed at the end of a `with` if it still runs."""

    def __init__(self, engine, *arguments, simulator="counter", **environment):
        url = engine if isinstance(engine, str) else engine.url
        self.command = [SIMHOST, "run", simulator, "--url", url]
        self.command += ["--username", "alice", "--brain", "counter"]
        self.command += ["--accesskey", KEY, *arguments]
        self.environment = os.environ | {"SIMHOST_PLUGIN_PATH": PLUGINS} | environment

    def __enter__(self):
        # Files, not pipes: it never waits for the test to read.
        self.files = [tempfile.TemporaryFile() for _ in range(2)]
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.files[0],
            stderr=self.files[1],
        )
        return self

    def __exit__(self, kind, error, _):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(DEADLINE)
        if error is not None:
            error.args += (self.text()[-2000:],)
        for file in self.files:
            file.close()

    def text(self):
        """What it has said on stderr so far."""
        return os.pread(self.files[1].fileno(), 10**7, 0).decode()

    def wait_for_text(self, words):
        deadline = time.monotonic() + DEADLINE
        while words not in self.text():
            assert time.monotonic() < deadline, f"it never says {words}"
            time.sleep(0.01)

    def wait(self):
        """(status, text on stderr)"""
        status = self.process.wait(DEADLINE)
        text = self.text()
        assert self.files[0].seek(0, os.SEEK_END) == 0, "something on stdout"
        assert "CRITICAL" not in text and "Sanitizer" not in text, text
        return status, text

    def interrupt(self, *connections, number=signal.SIGTERM):
        """Sends a signal; these connections are closed in good order."""
        self.process.send_signal(number)
        for connection in connections:
            code = connection.receive_close()
            assert code == 1000, code
        return self.wait()

    def children(self):
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in Path(path).read_text().split()]


def finish(connection, host):
    """Ends the run in good order; gives what it said on stderr."""
    connection.send(wire.plain(wire.FINISHED))
    assert connection.receive_close() == 1000
    status, text = host.wait()
    assert status == 0, text
    return text


def last_line(text):
    return text.rstrip("\n").rpartition("\n")[2]


def serve_start(connection, schemas=wire.COUNTER, sim_id=7, **config):
    """Brings a new session into an episode; gives the first state's message."""
    assert wire.read(connection.receive()).message_type == wire.REGISTER
    connection.send(wire.acknowledge(schemas, sim_id))
    assert wire.read(connection.receive()).message_type == wire.READY
    connection.send(wire.set_properties(schemas, **config))
    assert wire.read(connection.receive()).message_type == wire.READY
    connection.send(wire.plain(wire.START))
    first = wire.decode(schemas, connection.receive())
    assert first["type"] == wire.STATE and len(first["states"]) == 1
    return first


def serve_step(connection, schemas=wire.COUNTER, **action):
    connection.send(wire.predict(schemas, action))
    return wire.decode(schemas, connection.receive())
