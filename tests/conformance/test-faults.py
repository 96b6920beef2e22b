# SPDX-License-Identifier: LGPL-2.1-or-later

"""An engine that is killed again and again while a host trains with it: every
session comes back by itself, and nothing is lost, doubled or left behind.

  test-faults.py SIMHOST FOLDER-OF-THE-WITNESS KILLS

The moments are drawn from a seed, which is printed; FAULTS_SEED gives another.
The witness tells of each call by itself: its log is what the record and the
order of calls are compared with."""

import collections
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from play import Host, tap
from host import KEY, SIMHOST

INSTANCES = 16
KILLS = int(sys.argv[3])
DEADLINE = 240.0
SEED = int(os.environ.get("FAULTS_SEED", random.SystemRandom().randrange(2**32)))
# Descriptors and memory are compared from here on.
WARM = 10

PROGRAM = """inkling "2.0"
type State { real: number, step: Number.UInt32, serial: Number.UInt64 }
type Action { real: number<-1 .. 1> }
type Config { limit: Number.UInt32 }
simulator witness (action: Action, config: Config): State { }
graph (input: State): Action {
  concept Steer (input): Action {
    curriculum {
      source witness
      training { EpisodeIterationLimit: 8, LessonRewardThreshold: 1000000 }
      lesson one { scenario { limit: Number.UInt32<4 .. 12 step 4> } }
    }
  }
  output Steer
}
"""


def free_port(chosen):
    """Not one that the system gives to others while the engine is away."""
    while True:
        port = chosen.randrange(20000, 32000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
            return port
        except OSError:
            pass


class Engine:
    """`simhost serve` on one port, as often as it is killed."""

    def __init__(self, folder, port):
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.program = Path(folder, "counter.ink")
        self.program.write_text(PROGRAM)
        self.environment = os.environ | {"SIMHOST_DATA_HOME": str(Path(folder, "brains"))}
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [SIMHOST, "serve", "--listen", f"127.0.0.1:{self.port}", "--accesskey", KEY]
            + ["--json", str(self.program)],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        first = json.loads(self.process.stdout.readline())
        assert first["event"] == "listening", first

    def kill(self):
        """Gone, with all it has in memory; its sockets are closed by the kernel."""
        self.process.kill()
        self.process.wait(DEADLINE)
        self.process.stdout.close()


class Worker:
    """The process with the simulators, from outside."""

    def __init__(self, host):
        (self.pid,) = host.children()

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def memory(self):
        """KiB of its own."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s*(\d+) kB", status)[1])


def wait_until(true, what):
    deadline = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.001)


class Log:
    """The witness's calls: how they go on from `mark`."""

    def __init__(self, path):
        self.path = path
        self.at = 0

    def mark(self):
        self.at = self.size()

    def size(self):
        return self.path.stat().st_size

    def n_started(self):
        with open(self.path, "rb") as file:
            file.seek(self.at)
            return len(set(re.findall(rb"^(\d+) start$", file.read(), re.M)))


def wait_for_all(log):
    wait_until(lambda: log.n_started() == INSTANCES, "not every session has come back")


def wait_for_all_connected(log):
    """A session may have begun an episode with what the engine that was killed had
    sent it, a message at most: one more start is this engine's."""
    wait_for_all(log)
    log.mark()
    wait_for_all(log)


def play(engine, log, worker, chosen):
    """The kills. Gives the worker's size at the beginning and at the end."""
    sizes = []
    started = collections.Counter()
    for kill in range(KILLS + 1):
        engine.start()
        log.mark()
        if kill in (WARM, KILLS):
            wait_for_all_connected(log)
            if kill == KILLS:
                # What was closed in the mean time may take a turn of its loop.
                wait_until(lambda: worker.descriptors() <= sizes[0][0], "descriptors are left open")
            sizes.append((worker.descriptors(), worker.memory()))
        else:
            kind = chosen.random()
            if kind < 0.2:
                # Nobody, or only some, have got as far as an episode.
                time.sleep(chosen.uniform(0, 0.05))
            elif kind > 0.7:
                wait_for_all(log)
            # In the middle of things: after so many bytes of calls.
            if kind >= 0.2:
                size = log.size() + chosen.randrange(1, 40000)
                wait_until(lambda size=size: log.size() >= size, "nobody comes back")
        if kill < KILLS:
            engine.kill()
            n = log.n_started()
            started["none" if n == 0 else "all" if n == INSTANCES else "some"] += 1
    print(f"# kills by how many sessions were in an episode: {dict(started)}", flush=True)
    return sizes


def check_calls(lines):
    """One order of calls for each instance, and an end of each."""
    counts = collections.Counter()
    last = {}
    follows = {
        "create": (None,),
        "set_properties": ("create", "stop"),
        "reset": ("set_properties", "create", "stop"),
        "start": ("reset",),
        "get_state": ("start", "advance"),
        "advance": ("get_state", "steps"),
        "steps": ("get_state",),
        "stop": ("start", "get_state", "advance", "steps"),
        "destroy": ("create", "stop"),
    }
    for line in lines:
        instance, call, *_ = line.split(" ")
        assert last.get(instance) in follows[call], (line, last.get(instance))
        last[instance] = call
        counts[call] += 1
    assert len(last) == INSTANCES and set(last.values()) == {"destroy"}, last
    assert counts["start"] == counts["stop"], counts
    return counts


def check_rows(rows, calls):
    """Each state is in the record, once, in the order in which it was made."""
    assert [row["state.serial"] for row in rows] == list(range(1, calls["get_state"] + 1))
    starts = [row for row in rows if row["reward"] is None]
    assert len(starts) == calls["start"], (len(starts), calls)
    assert all(row["state.step"] == 0 for row in starts)
    assert len(rows) - len(starts) == calls["advance"]
    assert all(row["reward"] == row["state.step"] for row in rows if row["reward"] is not None)


@tap.case(f"/conformance/faults/{KILLS}-kills")
def faults():
    print(f"# seed {SEED}", flush=True)
    chosen = random.Random(SEED)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "calls")
        record = Path(folder, "record.json")
        engine = Engine(folder, free_port(chosen))
        flags = ["--instances", str(INSTANCES), "--record", str(record)]
        try:
            with Host(engine, *flags, simulator="witness", WITNESS_LOG=str(log)) as host:
                # A probe has loaded the plugin before, but made no instance.
                wait_until(lambda: log.exists() and log.stat().st_size > 0, "it does not start")
                worker = Worker(host)
                before, after = play(engine, Log(log), worker, chosen)
                print(f"# descriptors and KiB: {before}, {after}", flush=True)
                assert host.children() == [worker.pid], "the worker was replaced"
                host.process.send_signal(signal.SIGTERM)
                status, text = host.wait()
                assert status == 0, text[-2000:]
        finally:
            engine.kill()
        # There may have been one more that was about to be closed.
        assert after[0] <= before[0], (before, after)
        # Noise of the allocator, and more of that where a sanitizer has its own.
        assert after[1] <= 256 + before[1] * 1.5, (before, after)
        calls = check_calls(log.read_text().splitlines())
        with open(record, encoding="utf-8") as lines:
            check_rows([json.loads(line) for line in lines], calls)
        print(f"# {calls['start']} episodes, {calls['advance']} steps", flush=True)


tap.run()
