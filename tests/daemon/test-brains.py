# SPDX-License-Identifier: LGPL-2.1-or-later

"""Brains of the store on a private bus, while others train and delete them.

  test-brains.py SIMHOST PLUGIN-FOLDER"""

import json
import math
import signal
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]

import tap
from bus import DEADLINE, ROOT, Bus, GLib
from curricula import ENDLESS, LIMITED, SHORT

SIMHOST, PLUGINS = sys.argv[1], Path(sys.argv[2])


class Home(Bus):
    """A bus, and trainings beside the daemon."""

    def __init__(self):
        super().__init__(SIMHOST)

    def __enter__(self):
        super().__enter__()
        self.add(PLUGINS / "cartpole.so")
        return self

    def write(self, text, name="pole"):
        file = self.top / f"{name}.ink"
        file.write_text(text)
        return file

    def train(self, text, name):
        self.run("train", self.write(text, name), "--seed", "1", "--muscles", "1")

    def begin(self, name, *flags):
        """A training that goes on; its second lesson has begun, and it is saved."""
        child = subprocess.Popen(
            [SIMHOST, "train", str(self.write(ENDLESS, name)), "--json", "--muscles", "1", *flags],
            env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        self.children.append(child)
        wanted = "progress" if "--resume" in flags else "lesson"
        assert any(json.loads(line)["event"] == wanted for line in child.stdout)
        return child

    def end(self, child, number):
        child.send_signal(number)
        child.communicate(timeout=DEADLINE)
        return child.returncode

    def points(self, name, version):
        """Iteration, lesson and return of each training episode, as the history has them."""
        with sqlite3.connect(self.top / "home" / "history.db") as history:
            return history.execute(
                "SELECT iteration, lesson, value FROM point JOIN run ON run = run.id"
                " JOIN brain ON brain = brain.id WHERE key = ? AND version = ? AND metric = 0"
                " ORDER BY number", (name, version)).fetchall()

    def brains(self):
        return {it["Name"]: it | {"path": path} for path, it in self.managed().items()
                if "/brain/" in path}

    def brain(self, name, **wanted):
        """The brain once its properties are so."""
        def look():
            it = self.brains().get(name)
            return it if it and all(it[key] == value for key, value in wanted.items()) else None
        return self.wait(look)


def seconds(text):
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def same(a, b):
    return a == b or math.isnan(a) and b is None


@tap.case("/daemon/brains/shown-as-brain-list-shows-them")
def as_list():
    with Home() as home:
        home.train(SHORT, "Quick")
        home.train(LIMITED, "slow")
        home.train(LIMITED, "slow")
        home.run("brain", "create", "nothing-yet")
        listed = [json.loads(line) for line in home.run("brain", "list", "--json").stdout.splitlines()]
        # All is there before the daemon answers to its name.
        brains = home.brains()
        assert sorted(brains) == ["Quick", "nothing-yet", "slow"], brains
        for name, it in brains.items():
            versions = [entry for entry in listed if entry["brain"] == name]
            newest = versions[-1]
            assert it["Versions"] == [entry["version"] for entry in versions if entry["version"]]
            assert it["Version"] == newest["version"] and it["Error"] == "" and it["Run"] == "/", it
            if not newest["version"]:
                assert it["State"] == "empty" and math.isnan(it["MeanReturn"]), it
                continue
            assert it["Simulator"] == "cartpole" and it["Algorithm"] == newest["algorithm"], it
            assert it["Iterations"] == newest["iterations"] > 0
            assert it["Episodes"] == newest["episodes"] > 0
            assert same(it["MeanReturn"], newest["mean_return"]), (it, newest)
            assert it["SaveTime"] == seconds(newest["created"]) * 1_000_000, it
        assert brains["Quick"]["State"] == "trained" and brains["Quick"]["Progress"] == 1
        assert brains["slow"]["State"] == "stopped" and brains["slow"]["Progress"] == 0.5
        assert brains["slow"]["Versions"] == [1, 2]


@tap.case("/daemon/brains/follow-trainings-of-others")
def follow():
    with Home() as home:
        assert home.brains() == {}
        pid = home.pid()
        child = home.begin("pole", "--seed", "1")
        path = home.brain("pole", State="training", Progress=0.5, Version=1)["path"]
        # Stopped, it has been saved.
        assert home.end(child, signal.SIGTERM) == 0
        before = home.brain("pole", State="stopped")
        # Gone on with; its process is killed, which changes no file. It may have saved
        # before, if that took long.
        child = home.begin("pole", "--resume")
        home.brain("pole", State="training")
        home.end(child, signal.SIGKILL)
        newest, = (json.loads(line)
                   for line in home.run("brain", "list", "pole", "--json").stdout.splitlines())
        after = home.brain("pole", State="stopped")
        assert after["path"] == path and after["Versions"] == [1], after
        assert after["Iterations"] == newest["iterations"] >= before["Iterations"], (before, after, newest)
        home.run("brain", "delete", "pole")
        home.wait(lambda: not home.brains())
        assert home.pid() == pid


@tap.case("/daemon/brains/store-folder-comes-and-goes")
def folder():
    with Home() as home:
        assert home.brains() == {} and not (home.top / "home").exists()
        home.train(SHORT, "pole")
        home.brain("pole", State="trained")
        (home.top / "home").rename(home.top / "elsewhere")
        home.wait(lambda: not home.brains())
        (home.top / "elsewhere").rename(home.top / "home")
        home.brain("pole", State="trained")


@tap.case("/daemon/brains/untrained-ones-stay-while-the-history-is-busy")
def busy():
    with Home() as home:
        home.train(SHORT, "pole")
        home.run("brain", "create", "plan")
        home.brain("plan", State="empty")
        home.brain("pole", State="trained")
        history = sqlite3.connect(home.top / "home" / "history.db", timeout=DEADLINE,
                                  isolation_level=None)
        # Nobody else can read it from the first statement on.
        history.execute("PRAGMA locking_mode = EXCLUSIVE")
        history.execute("BEGIN IMMEDIATE")
        (home.top / "home" / "brains" / "pole").rename(home.top / "home" / "elsewhere")
        home.wait(lambda: "pole" not in home.brains())
        assert home.brains()["plan"]["State"] == "empty", home.brains()
        history.close()
        home.run("brain", "delete", "plan")
        home.wait(lambda: not home.brains())


@tap.case("/daemon/brains/curve-and-curriculum")
def curve():
    with Home() as home:
        home.train(SHORT, "pole")
        home.train(LIMITED, "pole")
        path = home.brain("pole", Version=2)["path"]
        shown = json.loads(home.run("brain", "show", "pole", "--json").stdout)
        for version in 0, 2:
            points, tests, lessons = home.call(path, "Brain.GetCurve", "(ua{sv})", version, {})
            assert 10 < len(points) <= 1000 and len(lessons) == 1, (len(points), lessons)
            assert lessons[0][1] == "easy" and 0 < lessons[0][0] <= shown["iterations"], lessons
            counts = [iterations for iterations, _, _ in points]
            assert counts == sorted(counts) and counts[-1] <= shown["iterations"], counts
            assert all(0 < mean <= 500 for _, mean, _ in points), points
            assert all(0 < value <= 500 for _, value in tests) and tests, tests
            # Of each lesson's last 100 episodes, worked out from what was written.
            written = home.points("pole", 2)
            for (iterations, mean, success), (number, lesson, _) in zip(points, written, strict=True):
                last = [value for _, name, value in written[:counts.index(number) + 1]
                        if name == lesson][-100:]
                assert iterations == number and math.isnan(success)
                assert abs(mean - sum(last) / len(last)) < 1e-9, (iterations, mean)
        text, = home.call(path, "Brain.GetCurriculum", "(ua{sv})", 1, {})
        assert text == SHORT
        text, = home.call(path, "Brain.GetCurriculum", "(ua{sv})", 0, {})
        assert text == LIMITED
        for method in "GetCurve", "GetCurriculum":
            name, said = home.refused(path, f"Brain.{method}", "(ua{sv})", 7, {})
            assert name == "NotFound" and "version 7" in said, (name, said)
        # Without a history there is no curve, and all else is as it was.
        for file in (home.top / "home").glob("history.db*"):
            file.unlink(missing_ok=True)  # SQLite's own go with the last who reads
        assert home.call(path, "Brain.GetCurve", "(ua{sv})", 1, {}) == ([], [], [])


@tap.case("/daemon/brains/delete")
def delete():
    with Home() as home:
        for text in SHORT, SHORT, LIMITED:
            home.train(text, "pole")
        path = home.brain("pole", Versions=[1, 2, 3])["path"]
        name, said = home.refused(path, "Brain.Delete", "(a{sv})", {"version": GLib.Variant("u", 9)})
        assert name == "NotFound", said
        home.call(path, "Brain.Delete", "(a{sv})", {"version": GLib.Variant("u", 2)})
        home.brain("pole", Versions=[1, 3])
        home.call(path, "Brain.Delete", "(a{sv})", {"version": GLib.Variant("u", 3)})
        it = home.brain("pole", Versions=[1])
        assert it["State"] == "trained" and it["path"] == path, it
        home.run("brain", "create", "plan")
        plan = home.brain("plan", State="empty")["path"]
        home.call(plan, "Brain.Delete")
        home.call(path, "Brain.Delete")
        home.wait(lambda: not home.brains())
        assert home.run("brain", "list", "--json").stdout == ""
        # In training it stays.
        child = home.begin("pole", "--seed", "1")
        path = home.brain("pole", State="training")["path"]
        name, said = home.refused(path, "Brain.Delete")
        assert name == "Busy" and "being trained" in said, (name, said)
        home.end(child, signal.SIGKILL)


@tap.case("/daemon/brains/damaged-ones-say-why")
def damaged():
    with Home() as home:
        home.train(SHORT, "pole")
        path = home.brain("pole", State="trained")["path"]
        file = home.top / "home" / "brains" / "pole" / "1" / "brain.json"
        whole = file.read_text()
        file.write_text("{\xff")
        it = home.brain("pole", State="failed")
        assert "brain.json" in it["Error"] and "\n" not in it["Error"], it
        assert it["path"] == path and it["Simulator"] == "", it
        name, said = home.refused(path, "Brain.GetCurriculum", "(ua{sv})", 0, {})
        assert name == "Failed" and "brain.json" in said, (name, said)
        file.write_text(whole)
        assert home.brain("pole", State="trained")["Error"] == ""


@tap.case("/daemon/brains/wrong-calls")
def wrong_calls():
    with Home() as home:
        home.train(SHORT, "pole")
        path = home.brain("pole")["path"]
        options = {"all": GLib.Variant("b", True)}
        for method, signature, first in (("GetCurve", "(ua{sv})", [0]),
                                         ("GetCurriculum", "(ua{sv})", [0]), ("Delete", "(a{sv})", [])):
            name, said = home.refused(path, f"Brain.{method}", signature, *first, options)
            assert name == "Usage" and "'all'" in said, (name, said)
        name, said = home.refused(path, "Brain.Delete", "(a{sv})", {"version": GLib.Variant("s", "1")})
        assert name == "Usage" and "'version'" in said, said
        # Many at once: each is answered, if only by an error.
        answers = []
        for _ in range(300):
            home.client.call("org.simhost.Host1", path, "org.simhost.Host1.Brain", "GetCurve",
                             GLib.Variant("(ua{sv})", (0, {})), None, 0, DEADLINE * 1000, None,
                             lambda client, result: answers.append(answer(client, result)))
        home.wait(lambda: len(answers) == 300)
        assert set(answers) <= {"done", "Limit"} and "done" in answers, set(answers)
        assert home.brain("pole")["State"] == "trained"


def answer(client, result):
    try:
        client.call_finish(result)
        return "done"
    except GLib.Error as error:
        return error.message.split(":")[1].rsplit(".", 1)[1]


tap.run()
