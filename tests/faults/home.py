# SPDX-License-Identifier: LGPL-2.1-or-later

"""A store of its own, and the real commands on it, for tests of faults."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

_here = Path(__file__).resolve().parent
sys.path += [str(_here.parent / "plugins"), str(_here.parent / "session"), str(_here.parent / "server")]

import tap  # noqa: E402, F401
from wsclient import request  # noqa: E402

SIMHOST, PLUGINS, CURRICULA = sys.argv[1:4]
CARTPOLE = Path(CURRICULA, "cartpole.ink").read_text(encoding="utf-8")
DEADLINE = 120


def cartpole(n_lessons=1, threshold=100000, limits=""):
    """CartPole's program with so many lessons, each over at that mean return of
    a short window."""
    head, _, tail = CARTPOLE.partition("            # Training is over when")
    head = head.replace("LessonRewardThreshold: 475,", f"LessonRewardThreshold: {threshold}, {limits}")
    head, changed = re.subn(r"LessonAssessmentWindow: \d+,", "LessonAssessmentWindow: 2,", head)
    # Small batches: lessons are short.
    small = 'source cartpole\n algorithm { Algorithm: "PPO", BatchSize: 1000 }\n'
    head = head.replace("source cartpole\n", small)
    assert tail and changed == 1 and small in head and f" {threshold}," in head, head
    lesson = "lesson l{} {{ scenario {{ episode_length: -1, deque_size: 1 }} }}\n"
    return head + "".join(lesson.format(i) for i in range(n_lessons)) + "}\n}\noutput balance\n}\n"


class Child(subprocess.Popen):
    """Nobody waits for one whose test has failed."""

    def __exit__(self, kind, *rest):
        if kind is not None:
            self.kill()
        super().__exit__(kind, *rest)


class Home:
    def __enter__(self):
        self.path = Path(tempfile.mkdtemp(prefix="simhost-faults-"))
        self.environment = os.environ | {
            "SIMHOST_DATA_HOME": str(self.path),
            "SIMHOST_PLUGIN_PATH": PLUGINS,
            "XDG_CACHE_HOME": str(self.path / "cache"),
        }
        self.database = self.path / "history.db"
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def version(self, brain, number=1):
        return self.path / "brains" / brain / str(number)

    def info(self, brain):
        """brain.json of the only version that has been saved; or None."""
        found = list((self.path / "brains" / brain).glob("[0-9]*/brain.json"))
        assert len(found) <= 1, found
        return json.loads(found[0].read_text()) if found else None

    def program(self, name, text):
        path = self.path / (name + ".ink")
        path.write_text(text, encoding="utf-8")
        return str(path)

    def start(self, *arguments, **options):
        return Child(
            [SIMHOST, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            **options,
        )

    def run(self, *arguments, **options):
        """Status, what it said, and the lines of errors."""
        child = self.start(*arguments, **options)
        try:
            out, errors = child.communicate(timeout=DEADLINE)
        finally:
            child.kill()
        return child.returncode, out, errors.splitlines()

    def does(self, *arguments, **options):
        status, out, errors = self.run(*arguments, **options)
        assert status == 0, (arguments, status, errors)
        return [json.loads(line) for line in out.splitlines()] if "--json" in arguments else out

    def fails(self, *arguments, says, status=1, **options):
        """Ends with one line that says all of that."""
        found, _, errors = self.run(*arguments, **options)
        assert found == status and len(errors) == 1, (arguments, found, errors)
        for text in says:
            assert text in errors[0], (text, errors)

    def serve(self):
        """An engine, and how to ask it."""
        child = self.start("serve", "--listen", "127.0.0.1:0", "--accesskey", "key", "--json")
        port = int(wait_for(child, "listening")["url"].rpartition(":")[2])

        def ask(path, **arguments):
            return request(port, "/v1/alice" + path, key="key", **arguments)

        return child, ask

    def plays(self, brain, *arguments):
        episodes = self.does(
            "predict", brain, "--simulator", "cartpole", "--episodes", "1", "--json", *arguments
        )
        assert any(event["event"] == "episode" for event in episodes), episodes

    def check_database(self):
        with sqlite3.connect(self.database) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        database.close()

    def query(self, sql, *arguments):
        database = sqlite3.connect(self.database)
        try:
            return database.execute(sql, arguments).fetchall()
        finally:
            database.close()

    def check_none_left(self):
        """Nobody runs who was started on this store: children have its
        environment."""
        mark = f"SIMHOST_DATA_HOME={self.path}\0".encode()
        until = time.monotonic() + 30
        while True:
            left = [pid for pid in map(int, filter(str.isdigit, os.listdir("/proc"))) if _is_marked(pid, mark)]
            if not left:
                return
            assert time.monotonic() < until, left
            os.sched_yield()


def _is_marked(pid, mark):
    try:
        return mark in Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False


def interrupt(child):
    """Ctrl-C; status and what it said."""
    child.send_signal(signal.SIGINT)
    timer = threading.Timer(DEADLINE, child.kill)
    timer.start()
    # Not by communicate, which knows nothing of what has been read ahead.
    out, errors = child.stdout.read(), child.stderr.read()
    timer.cancel()
    return child.wait(DEADLINE), [json.loads(line) for line in out.splitlines()], errors


def wait_for(child, *kinds):
    for line in child.stdout:
        event = json.loads(line)
        if event["event"] in kinds:
            return event
    raise AssertionError(f"no {kinds}: {child.stderr.read()}")
