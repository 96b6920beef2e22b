# SPDX-License-Identifier: LGPL-2.1-or-later

"""The command `simhost serve`.

Usage: test-serve.py SIMHOST
"""

import os
import pty
import signal
import socket
import subprocess
import tempfile
import time

from common import STOP_DEADLINE, equal, tap
from engine import EASY, KEY, Engine, program
from simulator import USER_AGENT, Client, Walker
from wire import FINISHED, PREDICTION, STOP
from wsclient import DEADLINE, request


@tap.case("/serve/signals-save-what-was-learnt")
def _():
    for number in (signal.SIGINT, signal.SIGTERM):
        with Engine({"lift": program(), "idle": program()}) as engine:
            trainee = Client(engine.train("lift", headers=USER_AGENT), Walker())
            trainee.register()
            for _ in range(100):
                trainee.turn()
            begun = time.monotonic()
            engine.process.send_signal(number)
            trainee.until(FINISHED)
            # The episode was ended before, if it was not waited for in vain.
            if time.monotonic() < begun + STOP_DEADLINE:
                equal(trainee.log[-2:], [STOP, FINISHED])
            # The engine closes by itself if that takes too long.
            assert trainee.websocket.close(1000, 1001)
            event = engine.wait_event("finished", brain="lift")
            equal((event["reason"], event["version"]), ("interrupted", 1))
            equal(engine.stop(), 0)
            idle = next(e for e in engine.events + drain(engine) if
                        e["event"] == "finished" and e["brain"] == "idle")
            equal((idle["reason"], idle["version"]), ("interrupted", None))
            with Engine({}, data=engine.data) as second:
                brains = second.get("/v1/alice").json["brains"]
                equal([(b["name"], b["state"]) for b in brains], [("lift", "Stopped")])


def drain(engine):
    events = []
    while (event := engine._queue.get(timeout=DEADLINE)) is not None:
        events.append(event)
    return events


@tap.case("/serve/ends-although-a-simulator-hangs")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        stuck = Client(engine.train("lift", headers=USER_AGENT), Walker())
        stuck.register()
        stuck.until(PREDICTION)
        equal(engine.stop(), 0)
        equal(stuck.receive().message_type, FINISHED)


@tap.case("/serve/second-signal-does-not-wait")
def _():
    with Engine({"lift": program()}) as engine:
        stuck = Client(engine.train("lift", headers=USER_AGENT), Walker())
        stuck.register()
        stuck.until(PREDICTION)
        engine.process.send_signal(signal.SIGINT)
        equal(stuck.receive().message_type, FINISHED)
        engine.process.send_signal(signal.SIGINT)
        equal(engine.process.wait(DEADLINE), 0)


def run_serve(*arguments, **environment):
    with tempfile.TemporaryDirectory(prefix="simhost-serve-") as folder:
        result = subprocess.run(
            [Engine.simhost, "serve", *arguments],
            env=os.environ | {"SIMHOST_DATA_HOME": folder} | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        return result.returncode, result.stdout, result.stderr


@tap.case("/serve/used-wrongly")
def _():
    with tempfile.TemporaryDirectory(prefix="simhost-serve-") as folder:
        good = os.path.join(folder, "good.ink")
        wrong = os.path.join(folder, "wrong.ink")
        with open(good, "w", encoding="utf-8") as file:
            file.write(program())
        with open(wrong, "w", encoding="utf-8") as file:
            file.write(program().replace("x: number", "x: numbr"))
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            cases = [
                (2, "HOST:PORT", ["--listen", "127.0.0.1:99999"]),
                (2, "HOST:PORT", ["--listen", ""]),
                (2, "blank", ["--accesskey", "two words"]),
                (2, "1 to", ["--accesskey", ""]),
                (2, "seed", ["--seed", "-1"]),
                (2, "--nonsense", ["--nonsense"]),
                (2, "--brain", ["--brain", "a", "--brain", "b", good]),
                (2, "name", ["--brain", "../x", good]),
                (2, "in training already", [good, good]),
                (1, f"cannot listen on 127.0.0.1:{port}: the port is in use; choose another with --listen=HOST:PORT, "
                    "or port 0 for any that is free", ["--listen", f"127.0.0.1:{port}"]),
                (1, "ghost.ink", [os.path.join(folder, "ghost.ink")]),
                (1, "/dev/zero", ["/dev/zero"]),
                (1, folder, [folder]),
                (1, "1 error", [wrong]),
            ]
            for status, text, arguments in cases:
                code, out, err = run_serve("--json", *arguments)
                assert code == status and text in err and out == "", (arguments, code, out, err)
            assert "wrong.ink:2:" in run_serve(wrong)[2]


@tap.case("/serve/makes-a-key-and-shows-it-once")
def _():
    with tempfile.TemporaryDirectory(prefix="simhost-serve-") as folder:
        process = subprocess.Popen(
            [Engine.simhost, "serve", "--listen", "127.0.0.1:0"],
            env={k: v for k, v in os.environ.items() if k != "SIMHOST_ACCESS_KEY"}
            | {"SIMHOST_DATA_HOME": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        first = process.stderr.readline()
        command = process.stderr.readline().split()
        key = first.split("key is ")[1].split(".")[0]
        equal(len(key), 32)
        equal(command[0], "SIMHOST_ACCESS_KEY=" + key)
        url = command[command.index("--url") + 1]
        port = int(url.rsplit(":", 1)[1])
        equal(request(port, "/v1/a", key=key).json["brains"], [])
        equal(request(port, "/v1/a", key="").status, 401)
        equal(process.stdout.readline(), f"listening on {url}\n")
        process.terminate()
        out, err = process.communicate(timeout=DEADLINE)
        equal((process.returncode, out, err), (0, "", ""))


@tap.case("/serve/key-from-the-environment")
def _():
    os.environ["SIMHOST_ACCESS_KEY"] = "from-there"
    try:
        with Engine({}) as engine:
            # What is given on the command line counts more.
            equal(engine.get("/v1/a", key="from-there").status, 401)
            # Nobody sees it in the list of processes.
            with open(f"/proc/{engine.process.pid}/cmdline", encoding="utf-8") as file:
                assert KEY not in file.read()
    finally:
        del os.environ["SIMHOST_ACCESS_KEY"]


@tap.case("/serve/plain-lines-for-people")
def _():
    with Engine({}) as engine, tempfile.TemporaryDirectory(prefix="simhost-serve-") as folder:
        path = os.path.join(folder, "lift.ink")
        with open(path, "w", encoding="utf-8") as file:
            file.write(program(training=EASY))
        process = subprocess.Popen(
            [Engine.simhost, "serve", "--listen", "localhost:0", "--accesskey", KEY, path],
            env=os.environ | {"SIMHOST_DATA_HOME": folder},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        engine.port = int(process.stdout.readline().rsplit(":", 1)[1])
        assert "training version 1 with PPO on simulator walker" in process.stdout.readline()
        assert Client(engine.train("lift", headers=USER_AGENT), Walker()).run()
        while "curriculum-met" not in (line := process.stdout.readline()):
            assert line
        assert "mean return 10.00; saved as version 1" in line
        process.terminate()
        out, err = process.communicate(timeout=DEADLINE)
        equal((process.returncode, out, err), (0, "", ""))


@tap.case("/serve/one-line-at-a-terminal")
def _():
    terminal, inner = pty.openpty()
    with Engine({}) as engine, tempfile.TemporaryDirectory(prefix="simhost-serve-") as folder:
        path = os.path.join(folder, "lift.ink")
        with open(path, "w", encoding="utf-8") as file:
            file.write(program(training=EASY))
        process = subprocess.Popen(
            [Engine.simhost, "serve", "--listen", "127.0.0.1:0", "--accesskey", KEY, path],
            env=os.environ | {"SIMHOST_DATA_HOME": folder, "TERM": "xterm"},
            stdout=inner,
        )
        os.close(inner)
        shown = b""

        def wait_for(text):
            nonlocal shown
            while text not in shown:
                shown += os.read(terminal, 1000)

        try:
            wait_for(b"\r\n")
            engine.port = int(shown.split(b"\r\n")[0].rsplit(b":", 1)[1])
            assert Client(engine.train("lift", headers=USER_AGENT), Walker()).run()
            wait_for(b"saved as version 1")
        finally:
            process.terminate()
            status = process.wait(DEADLINE)
            os.close(terminal)
        # Progress is written over itself; what is to stay has a line of its own.
        assert b"\r\x1b[Kone: 30 iterations, 3 episodes, mean return 10.00" in shown, shown
        assert b"\r\nlift: curriculum-met after 30 iterations" in shown, shown
        equal(status, 0)


tap.run()
