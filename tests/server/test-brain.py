# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost brain, on this machine and with a running engine.

Usage: test-brain.py SIMHOST
"""

import json
import os
import re
import shutil
import sqlite3
import struct
import subprocess
import tempfile
import xml.etree.ElementTree
import zlib

from common import equal, tap, trained
from engine import EASY, KEY, Engine, program
from restclient import Brains
from simulator import USER_AGENT, Client, Walker
from wire import FINISHED

INK = program()
BAD_INK = INK.replace("source walker", "source\n      runner")


class Folder:
    """A folder to work in, with a store of its own or an engine's."""

    def __init__(self, engine=None):
        self.path = tempfile.mkdtemp(prefix="simhost-brain-")
        self.data = engine.data if engine else os.path.join(self.path, "data")
        self.flags = []

    def __enter__(self):
        for name, text in {"lift.ink": INK, "bad.ink": BAD_INK, "easy.ink": program(training=EASY)}.items():
            with open(os.path.join(self.path, name), "w", encoding="utf-8") as file:
                file.write(text)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def run(self, *arguments):
        done = subprocess.run(
            [os.path.abspath(Engine.simhost), "brain", *arguments, *self.flags],
            cwd=self.path,
            env=os.environ | {"SIMHOST_DATA_HOME": self.data},
            capture_output=True,
            text=True,
            timeout=60,
        )
        return done.returncode, done.stdout, done.stderr

    def json(self, *arguments):
        status, out, errors = self.run(*arguments, "--json")
        assert (status, errors) == (0, ""), (arguments, status, errors)
        return [json.loads(line) for line in out.splitlines()]

    def fails(self, message, *arguments, status=1):
        found, out, errors = self.run(*arguments)
        assert (found, out) == (status, ""), (arguments, found, out, errors)
        assert message in errors.splitlines()[-1], (message, errors)
        return errors


def remote(folder, engine):
    folder.flags = ["--url", engine.url, "--accesskey", KEY]


@tap.case("/brain/projects-of-this-machine")
def _():
    with Folder() as folder:
        equal(folder.json("create", "lift", "--description", "up"), [{"event": "created", "brain": "lift"}])
        for arguments in (["list"], ["list", "LIFT"], ["show", "lift"]):
            (brain,) = folder.json(*arguments)
            equal((brain["brain"], brain["version"], brain["description"]), ("lift", 0, "up"))
        assert "not trained yet" in folder.run("list")[1]
        folder.fails("no brain 'lift'", "show", "lift:1")
        folder.fails("there is a brain 'LIFT' already", "create", "LIFT")
        equal(folder.json("push", "lift", "lift.ink"), [{"event": "pushed", "brain": "lift"}])
        errors = folder.fails("it has 1 error", "push", "lift", "bad.ink")
        assert errors.startswith("bad.ink:"), errors
        folder.fails("no brain 'ghost'", "push", "ghost", "lift.ink")
        folder.fails("'lift.ink' is there twice", "push", "lift", "lift.ink", "lift.ink", status=2)
        folder.fails("nothing.ink", "push", "lift", "nothing.ink")
        folder.fails("cannot read '/dev/zero': it is a pipe or a device", "push", "lift", "/dev/zero")
        folder.fails("cannot be a brain's name", "create", "a/b", status=2)
        equal(folder.run("push", "lift", "lift.ink"), (0, "", "Pushed 1 file to brain 'lift'.\n"))
        # A server finds what was made here.
        with Engine({}, data=folder.data) as engine:
            brains = Brains(engine)
            equal(brains.state("lift"), "Inkling Loaded")
            equal(brains.get("/lift").json["description"], "up")
            equal(brains.train("lift").status, 200)
        equal(folder.run("delete", "lift"), (0, "", "Deleted brain 'lift'.\n"))
        folder.fails("no brain 'lift'", "delete", "lift")
        folder.fails("deleted", "create", "lift")


@tap.case("/brain/life-on-an-engine")
def _():
    with Engine({}) as engine, Folder() as folder:
        remote(folder, engine)
        equal(folder.json("list"), [])
        equal(folder.run("create", "lift")[0], 0)
        folder.fails("there is a brain 'lift' already", "create", "lift")
        folder.fails("has no program; push one first", "start", "lift")
        errors = folder.fails("it has 1 error", "push", "lift", "bad.ink")
        assert "runner" in errors, errors
        equal(folder.json("push", "lift", "easy.ink"), [{"event": "pushed", "brain": "lift"}])
        equal(folder.json("start", "lift"), [{"event": "started", "brain": "lift", "version": 1}])
        folder.fails("in training", "push", "lift", "lift.ink")
        (brain,) = folder.json("list")
        equal((brain["name"], brain["state"], brain["version"]), ("lift", "In Progress", 1))
        assert "In Progress" in folder.run("list", "LIFT")[1]
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        client.register()
        for _ in range(15):
            client.turn()
        equal(folder.json("stop", "lift"), [{"event": "stopped", "brain": "lift", "version": 1}])
        client.until(FINISHED)
        Brains(engine).wait_state("lift", "Stopped")
        folder.fails("not in training", "stop", "lift")
        equal(folder.json("resume", "lift:1"), [{"event": "resumed", "brain": "lift", "version": 1}])
        assert Client(engine.train("lift", headers=USER_AGENT), Walker()).run()
        Brains(engine).wait_state("lift", "Completed")
        (status,) = folder.json("show", "lift")
        equal((status["state"], status["version"]), ("Completed", 1))
        assert "state        Completed" in folder.run("show", "lift")[1]
        equal(folder.json("export", "lift:1", "lift.onnx"), [{"event": "exported", "brain": "lift", "version": 1}])
        with open(os.path.join(folder.path, "lift.onnx"), "rb") as ours:
            with open(os.path.join(engine.data, "brains", "lift", "1", "policy.onnx"), "rb") as theirs:
                equal(ours.read(), theirs.read())
        folder.fails("no version 2", "export", "lift:2", "lift.onnx")
        folder.fails("cannot write 'no/lift.onnx': No such file", "export", "lift:1", "no/lift.onnx")
        equal(folder.json("delete", "lift"), [{"event": "deleted", "brain": "lift"}])
        folder.fails("no brain 'lift'", "show", "lift")


@tap.case("/brain/engines-that-cannot-be-asked")
def _():
    with Engine({}) as engine, Folder() as folder:
        folder.flags = ["--url", engine.url, "--accesskey", "wrong"]
        folder.fails("access key", "list")
        folder.flags = ["--url", "http://127.0.0.1:1", "--accesskey", KEY]
        folder.fails("cannot be asked", "list")
        for url in ("ftp://x", "http://", "", ":"):
            folder.flags = ["--accesskey", KEY, "--url", url]
            folder.fails("is no address of an engine", "list", status=2)


@tap.case("/brain/used-wrongly")
def _():
    with Folder() as folder:
        for arguments, message in [
            ([], "say what to do"),
            (["dance", "lift"], "'dance' is not one of list, show"),
            (["show"], "'show' needs the name of a brain"),
            (["push", "lift"], "say which file to push"),
            (["show", "a", "b"], "takes the name of one brain"),
            (["export", "a", "b", "c"], "takes a brain and a file"),
            (["start", "lift"], "needs a running engine"),
            (["list", "--plot", "x.png"], "--plot goes with 'show'"),
            (["list", "lift:1"], "takes no version"),
            (["show", "lift:x"], "NAME:VERSION"),
            (["show", "lift:1", "--version", "2"], "NAME:VERSION"),
            (["show", "lift", "--version", "0"], "--version=0: expected a whole number from 1 to 2147483647"),
            (["list", "--accesskey", "x"], "--accesskey goes with --url"),
            (["list", "--url", "http://127.0.0.1:1"], "give --accesskey"),
            (["show", "x", "--plot", "x.png", "--url", "http://x", "--accesskey", "x"], "brains of this machine"),
            (["delete", "x:1", "--url", "http://x", "--accesskey", "x"], "cannot delete one version"),
        ]:
            folder.fails(message, *arguments, status=2)


def read_png(path):
    """Width, height and the rows' bytes of a PNG with 8 bits a sample."""
    with open(path, "rb") as file:
        data = file.read()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + size]
        equal(zlib.crc32(kind + body), struct.unpack(">I", data[at + 8 + size : at + 12 + size])[0])
        if kind == b"IHDR":
            width, height = struct.unpack(">II", body[:8])
        elif kind == b"IDAT":
            packed += body
        at += 12 + size
    return width, height, zlib.decompress(packed)


def count_marks(folder):
    """Dots of test passes, with that of the legend, and lines at the ends of lessons."""
    equal(folder.run("show", "lift", "--plot", "marks.svg")[0], 0)
    with open(os.path.join(folder.path, "marks.svg"), encoding="utf-8") as file:
        text = file.read()
    return len(re.findall(r"rgb\(85[.0]*%, ?40[.0]*%, ?10", text)), text.count("dasharray")


@tap.case("/brain/learning-curve/has-test-passes-and-ends-of-lessons")
def _():
    lessons = "".join(f"lesson l{i} {{ scenario {{ start: {i} }} }} " for i in range(3))
    with Engine({"lift": program(training=EASY, lessons=lessons)}) as engine, Folder(engine) as folder:
        trained(engine, "lift")
        equal(count_marks(folder), (0, 3))
        with sqlite3.connect(os.path.join(engine.data, "history.db")) as database:
            database.executemany(
                "INSERT INTO point SELECT id, 1, ?, 20, ?, 'l0', 5, 0 FROM run", [(i, 10 * i) for i in range(4)]
            )
            database.execute("UPDATE lesson SET reason = '' WHERE name = 'l2'")
        # The lesson that a training is in has no end yet.
        equal(count_marks(folder), (5, 2))


@tap.case("/brain/learning-curve")
def _():
    lessons = "".join(f"lesson l{i} {{ scenario {{ start: {i} }} }} " for i in range(3))
    ink = program(training=EASY, lessons=lessons)
    with Engine({"lift": ink}) as engine, Folder(engine) as folder:
        folder.fails("brain 'lift' has no version yet", "show", "lift", "--plot", "x.png")
        trained(engine, "lift")
        status, out, _ = folder.run("show", "lift", "--plot", "x.svg")
        equal((status, "curriculum-met" in out), (0, True))
        equal(folder.run("show", "lift:1", "--plot", "x.png")[0], 0)
        width, height, rows = read_png(os.path.join(folder.path, "x.png"))
        equal((width, height), (1600, 960))
        assert len(set(rows)) > 10
        xml.etree.ElementTree.parse(os.path.join(folder.path, "x.svg"))
        folder.fails("is no picture", "show", "lift", "--plot", "x.txt", status=2)
        folder.fails("nothing/x.png", "show", "lift", "--plot", "nothing/x.png")
        # The lessons are known, one after the other.
        with sqlite3.connect(os.path.join(engine.data, "history.db")) as database:
            rows = database.execute("SELECT name, first_iteration, last_iteration, reason FROM lesson").fetchall()
        equal([(row[0], row[3]) for row in rows], [(f"l{i}", "threshold") for i in range(3)])
        for before, after in zip(rows, rows[1:]):
            equal(before[2], after[1])
        # A brain is a brain without its history.
        for name in os.listdir(engine.data):
            if name.startswith("history.db"):
                os.remove(os.path.join(engine.data, name))
        folder.fails("nothing is known", "show", "lift", "--plot", "x.png")
        equal(folder.run("show", "lift")[0], 0)


@tap.case("/brain/deleted-with-its-history")
def _():
    with Engine({"lift": program(training=EASY)}) as engine, Folder(engine) as folder:
        trained(engine, "lift")
        with sqlite3.connect(os.path.join(engine.data, "history.db")) as database:
            equal(database.execute("SELECT count(*) FROM run").fetchall(), [(1,)])
            equal(folder.run("delete", "lift")[0], 0)
            equal(database.execute("SELECT count(*) FROM run").fetchall(), [(0,)])


tap.run()
