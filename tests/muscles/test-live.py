# SPDX-License-Identifier: LGPL-2.1-or-later

"""A training by muscles while it goes on: changed, stopped and joined from outside.

  test-live.py SIMHOST PLUGIN-FOLDER CURRICULA"""

import json
import os
import queue
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).parent
for folder in ("plugins", "server"):
    sys.path.insert(0, str(HERE.parent / folder))

import common  # the way to the wire's messages
import tap
from simulator import USER_AGENT, CartPole, Client
from wire import FINISHED, PREDICTION
from wsclient import Closed, Websocket

SIMHOST, PLUGINS, CURRICULA = sys.argv[1:4]
DEADLINE = 60
KEY = "a-key-for-tests"
# One that does not end by itself.
ENDLESS = (
    Path(CURRICULA, "cartpole.ink")
    .read_text(encoding="utf-8")
    .replace(
        "EpisodeIterationLimit: 500,",
        "EpisodeIterationLimit: 500, TotalIterationLimit: 1000000000,"
        " NoProgressIterationLimit: 1000000000,",
    )
    .replace("LessonRewardThreshold: 475", "LessonRewardThreshold: 501")
)
assert "501" in ENDLESS and "1000000000" in ENDLESS


class Home:
    """Folders of a user, and what runs in them."""

    def __init__(self):
        self.top = tempfile.mkdtemp(prefix="simhost-live-")
        self.runtime = os.path.join(self.top, "run")
        os.mkdir(self.runtime, 0o700)
        self.doors = os.path.join(self.runtime, "simhost")
        self.file = os.path.join(self.top, "pole.ink")
        Path(self.file).write_text(ENDLESS, encoding="utf-8")
        self.processes = []

    def environment(self):
        return os.environ | {
            "SIMHOST_DATA_HOME": os.path.join(self.top, "data"),
            "SIMHOST_PLUGIN_PATH": PLUGINS,
            "XDG_RUNTIME_DIR": self.runtime,
            "XDG_CACHE_HOME": os.path.join(self.top, "cache"),
        }

    def start(self, *arguments):
        process = subprocess.Popen(
            [SIMHOST, *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        # All the while: who is not read any more does nothing any more.
        process.lines = queue.Queue()
        process.reader = threading.Thread(target=self._read, args=(process,))
        process.reader.start()
        return process

    @staticmethod
    def _read(process):
        for line in process.stdout:
            process.lines.put(line)
        process.lines.put(None)

    def train(self, *flags):
        process = self.start("train", self.file, "--json", "--muscles", "2", "--seed", "1", *flags)
        # By then the door is there.
        self.wait(process, "progress")
        return process

    @staticmethod
    def wait(process, name):
        while (line := process.lines.get(timeout=DEADLINE)) is not None:
            event = json.loads(line)
            if event["event"] == name:
                return event
        raise AssertionError(f"no event {name}: {process.stderr.read()}")

    def brain(self, *arguments):
        return subprocess.run(
            [SIMHOST, "brain", *arguments],
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )

    def told(self, *arguments):
        done = self.brain(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def refused(self, status, words, *arguments):
        done = self.brain(*arguments)
        assert done.returncode == status, done
        assert done.stdout == "" and done.stderr.count("\n") == 1, done
        assert words in done.stderr, done.stderr

    def door(self):
        (name,) = os.listdir(self.doors)
        return os.path.join(self.doors, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            process.reader.join()
            process.stdout.close()
            process.stderr.close()
        shutil.rmtree(self.top)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@tap.case("/live/muscles-join-and-leave-by-command")
def _():
    with Home() as home:
        process = home.train()
        status = home.told("muscles", "pole")
        assert status["brain"] == "pole" and status["version"] == 1, status
        assert status["state"] == "running" and status["concept"] == "balance", status
        assert [muscle["simulations"] for muscle in status["muscles"]] == [8, 8], status
        for argument, count in ("3", 3), ("+2", 5), ("-1", 4), ("1", 1), ("1", 1), ("+0", 1):
            muscles = home.told("muscles", "POLE", argument)["muscles"]
            assert len(muscles) == count, (argument, muscles)
            assert all(muscle["state"] == "playing" for muscle in muscles), muscles
            assert all(alive(muscle["pid"]) for muscle in muscles), muscles
        before = home.told("muscles", "pole:1")["iterations"]
        # It goes on; a test takes its time.
        end = time.monotonic() + DEADLINE
        while home.told("muscles", "pole")["iterations"] <= before:
            assert time.monotonic() < end and process.poll() is None
        text = home.brain("muscles", "pole", "2").stdout.splitlines()
        assert text[0] == "pole version 1: 2 muscles", text
        assert len(text) == 3 and "playing" in text[1], text


@tap.case("/live/stop-saves-the-brain")
def _():
    with Home() as home:
        process = home.train()
        assert home.told("stop", "pole") == {"event": "stopped", "brain": "pole", "version": 1}
        assert home.wait(process, "finished")["reason"] == "interrupted"
        assert process.wait(DEADLINE) == 0
        assert home.told("show", "pole")["reason"] == "interrupted"
        assert os.listdir(home.doors) == []
        home.refused(1, "'pole' is not being trained", "stop", "pole")


@tap.case("/live/wrong-words-are-one-line")
def _():
    with Home() as home:
        home.refused(1, "'pole' is not being trained", "muscles", "pole")
        process = home.train()
        for number in ("65", "-65", "x", "+", "1.5", "99999999999999999999", ""):
            home.refused(2, "is no number of muscles; give COUNT, +N or -N", "muscles", "pole", number)
        home.refused(1, "from 1 to 64", "muscles", "pole", "0")
        home.refused(1, "from 1 to 64", "muscles", "pole", "-2")
        home.refused(1, "'pol' is not being trained", "muscles", "pol")
        home.refused(1, "version 2 of brain 'pole' is not being trained", "muscles", "pole:2")
        home.refused(2, "takes a brain and a number", "muscles", "pole", "1", "2")
        home.refused(2, "is for trainings of this machine", "muscles", "pole", "--url", "http://127.0.0.1:1",
                     "--accesskey", "k")
        assert len(home.told("muscles", "pole")["muscles"]) == 2
        assert process.poll() is None


def ask(path, packet):
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
        client.settimeout(DEADLINE)
        client.connect(path)
        client.send(packet)
        return client.recv(65536)


@tap.case("/live/nonsense-at-the-door")
def _():
    with Home() as home:
        process = home.train()
        door = home.door()
        for packet in (
            b"{", b"[]", b"\xff", b"{}", b'{"do": 1}', b'{"do": "dance"}', b'{"do": "muscles"}',
            b'{"do": "muscles", "count": 1, "change": 1}', b'{"do": "muscles", "count": "1"}',
            b'{"do": "muscles", "count": 1.5}', b'{"do": "muscles", "count": -9223372036854775808}',
            b'{"do": "muscles", "change": 9223372036854775807}', b" " * 20000,
        ):
            answer = json.loads(ask(door, packet))
            assert answer["ok"] is False and "\n" not in answer["error"], answer
        # Those that say nothing, and more than may be there at a time.
        silent = [socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(12)]
        for client in silent:
            client.settimeout(DEADLINE)
            client.connect(door)
        assert [client.recv(1) for client in silent[8:]] == [b""] * 4
        for client in silent:
            client.close()
        assert len(home.told("muscles", "pole")["muscles"]) == 2
        assert process.poll() is None


@tap.case("/live/who-waits-no-more-makes-room-at-the-door")
def _():
    with Home() as home:
        process = home.train()
        door = home.door()
        # One that is stopped does not leave, nor end the round.
        stopped = home.told("muscles", "pole")["muscles"][1]["pid"]
        os.kill(stopped, signal.SIGSTOP)
        waiting = [socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _ in range(8)]
        for client in waiting:
            client.settimeout(DEADLINE)
            client.connect(door)
            client.send(b'{"do": "muscles", "count": 1}')
        # There is room for eight.
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as client:
            client.settimeout(DEADLINE)
            client.connect(door)
            assert client.recv(1) == b""
        for client in waiting:
            client.close()
        assert json.loads(ask(door, b'{"do": "status"}'))["ok"] is True
        os.kill(stopped, signal.SIGCONT)
        muscles = home.told("muscles", "pole", "1")["muscles"]
        assert [muscle["muscle"] for muscle in muscles] == [1], muscles
        assert process.poll() is None


@tap.case("/live/the-door-is-private")
def _():
    with Home() as home:
        process = home.train()
        assert stat.S_IMODE(os.stat(home.doors).st_mode) == 0o700
        assert stat.S_IMODE(os.stat(home.door()).st_mode) == 0o600
        # Left behind by one that was killed: nobody is there, and the next one opens it anew.
        process.kill()
        process.wait()
        home.door()
        home.refused(1, "'pole' is not being trained", "muscles", "pole")
        home.train("--brain", "pole")
        assert home.told("muscles", "pole")["state"] == "running"
    with Home() as home:
        # A folder that others can write is not used; the training needs none.
        os.mkdir(home.doors)
        os.chmod(home.doors, 0o777)
        process = home.train()
        home.refused(1, "'pole' is not being trained", "muscles", "pole")
        process.send_signal(signal.SIGINT)
        assert process.wait(DEADLINE) == 0


@tap.case("/live/simulators-elsewhere-beside-muscles")
def _():
    with Home() as home:
        process = home.start("train", home.file, "--json", "--muscles", "2", "--listen", "127.0.0.1:0",
                             "--accesskey", KEY)
        port = int(home.wait(process, "listening")["url"].rsplit(":", 1)[1])
        client = Client(
            Websocket(port, "/v1/alice/pole/sims/ws", key=KEY, headers=USER_AGENT), CartPole(1)
        )
        client.register()
        for _ in range(200):
            client.turn()
        assert client.log.count(PREDICTION) > 100
        # Without muscles it trains alone, and with one again beside it.
        for count, turns in ((0, 1000), (1, 50)):
            assert len(home.told("muscles", "pole", str(count))["muscles"]) == count
            before = home.told("muscles", "pole")["iterations"]
            played = 0
            # Steps of a test pass, which may be as many as 500, are not counted.
            while played < turns or home.told("muscles", "pole")["iterations"] < before + turns // 2:
                assert played < 10000, (count, before)
                for _ in range(50):
                    client.turn()
                played += 50
        assert home.told("stop", "pole")["event"] == "stopped"
        client.until(FINISHED)
        try:
            client.websocket.receive()
        except Closed as closed:
            assert closed.code == 1001, closed
        client.websocket.socket.close()
        assert home.wait(process, "finished")["reason"] == "interrupted"
        assert process.wait(DEADLINE) == 0
        assert KEY not in process.stderr.read()


@tap.case("/live/an-engine-with-muscles-of-its-own")
def _():
    with Home() as home:
        other = os.path.join(home.top, "other.ink")
        text = ENDLESS.replace("simulator cartpole(", "simulator elsewhere(").replace(
            "source cartpole", "source elsewhere")
        assert text.count("elsewhere") == 2
        Path(other).write_text(text, encoding="utf-8")
        process = home.start("serve", home.file, other, "--json", "--muscles", "1", "--listen", "127.0.0.1:0",
                             "--accesskey", KEY)
        port = int(home.wait(process, "listening")["url"].rsplit(":", 1)[1])
        # The one whose simulator is installed is trained without anybody; others may help.
        assert home.wait(process, "progress")["brain"] == "pole"
        client = Client(
            Websocket(port, "/v1/alice/pole/sims/ws", key=KEY, headers=USER_AGENT), CartPole(1)
        )
        client.register()
        for _ in range(50):
            client.turn()
        process.send_signal(signal.SIGTERM)
        client.until(FINISHED)
        client.websocket.socket.close()
        assert process.wait(DEADLINE) == 0
        assert "brain 'other' is trained without muscles" in process.stderr.read()
        assert home.told("show", "pole")["reason"] == "interrupted"


@tap.case("/live/an-address-that-cannot-be")
def _():
    with Home() as home:
        for flags, words in (
            (["--listen", "nowhere:x"], "is no address to listen on"),
            (["--accesskey", "k"], "--accesskey goes with --listen"),
        ):
            done = subprocess.run(
                [SIMHOST, "train", home.file, *flags],
                env=home.environment(), capture_output=True, text=True, timeout=DEADLINE,
            )
            assert done.returncode == 2 and words in done.stderr, done


tap.run()
