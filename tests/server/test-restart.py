# SPDX-License-Identifier: LGPL-2.1-or-later

"""Engines that end, in good order or not, and those that come after them.

Usage: test-restart.py SIMHOST
"""

import json
import os
import signal
import sqlite3
import subprocess
import time

from common import STOP_DEADLINE, equal, tap
from engine import EASY, Engine, program
from restclient import Brains, answered, simulate
from simulator import USER_AGENT, Client, Walker
from wire import FINISHED, STOP
from wsclient import DEADLINE, Closed

INK = program()


def begin(engine, name="lift", ink=INK):
    brains = Brains(engine)
    answered(brains.create(name, ink))
    answered(brains.train(name))
    return brains


@tap.case("/restart/trainings-go-on-after-a-stop")
def _():
    with Engine({}) as first:
        brains = begin(first)
        begin(first, "other")
        client = simulate(first, "lift")
        client.receive()  # What it sent last has been taken.
        before = brains.status("lift")["iteration"]
        started = first.wait_event("started", brain="lift", version=1)
        equal((started["simulator"], started["lessons"]), ("walker", ["one"]))
        first.process.send_signal(signal.SIGTERM)
        closed = client.websocket.wait_closed()
        # Not 1001: a simulator comes back after this one.
        equal(closed.code, 1012)
        equal(first.process.wait(DEADLINE), 0)
        first.wait_event("finished", brain="lift", reason="interrupted")
        with Engine({}, data=first.data) as second:
            brains = Brains(second)
            status = brains.status("lift")
            equal((status["state"], status["version"], status["iteration"]), ("In Progress", 1, before))
            # The other one had no simulator yet.
            status = brains.status("other")
            equal((status["state"], status["version"]), ("In Progress", 1))
            client = simulate(second, "lift")
            assert brains.status("lift")["iteration"] > before
            # And whoever started it is told.
            second.wait_event("started", brain="lift", version=1)
            second.wait_event("progress", brain="lift")
            points = answered(brains.get("/lift/1/metrics/episode_value"))
            equal([point["episode"] for point in points], list(range(1, len(points) + 1)))


@tap.case("/restart/what-a-file-began-ends-with-the-engine")
def _():
    with Engine({"pole": INK, "idle": INK}) as first:
        begin(first)
        client, pole = simulate(first, "lift"), simulate(first, "pole")
        begun = time.monotonic()
        first.process.send_signal(signal.SIGTERM)
        # The one in good order, and before the other goes to come again.
        pole.until(FINISHED)
        if time.monotonic() < begun + STOP_DEADLINE:
            equal(pole.log[-2:], [STOP, FINISHED])
        equal(client.websocket.wait_closed().code, 1012)
        equal(first.process.wait(30), 0)
        with Engine({}, data=first.data) as second:
            brains = Brains(second)
            equal((brains.state("lift"), brains.state("pole")), ("In Progress", "Stopped"))
            equal(len(answered(brains.get(""))["brains"]), 2)


@tap.case("/restart/what-was-stopped-stays-stopped")
def _():
    with Engine({}) as first:
        brains = begin(first)
        client = simulate(first, "lift")
        answered(brains.stop("lift"))
        try:
            while True:
                client.turn()
        except Closed as closed:
            equal(closed.code, 1001)
        brains.wait_state("lift", "Stopped")
        equal(first.stop(), 0)
        with Engine({}, data=first.data) as second:
            equal(Brains(second).state("lift"), "Stopped")


@tap.case("/restart/killed-at-any-moment")
def _():
    with Engine({"seed": program(training=EASY)}) as first:
        # A brain that is there is there whatever happens to others.
        assert Client(first.train("seed", headers=USER_AGENT), Walker()).run()
        first.wait_event("finished")
        data = first.data
        for round_ in range(6):
            with Engine({}, data=data) as engine:
                brains = Brains(engine)
                name = f"lift-{round_}"
                begin(engine, name)
                client = simulate(engine, name, 30 + 17 * round_)
                if round_ % 2:
                    brains.request("PUT", f"/{name}/stop", b"")
                engine.process.send_signal(signal.SIGKILL)
                engine.process.wait(DEADLINE)
                engine.stop = lambda: 0
                client.websocket.socket.close()
        with Engine({}, data=data) as last:
            brains = Brains(last)
            equal(brains.state("seed"), "Completed")
            names = [brain["name"] for brain in answered(brains.get(""))["brains"]]
            equal(names, [f"lift-{i}" for i in range(6)] + ["seed"])
            for name in names[:-1]:
                equal(brains.get(f"/{name}?file={name}.ink").text, INK)
                # Each goes on, but for one that was stopped in time.
                if brains.state(name) != "In Progress":
                    assert int(name[-1]) % 2 and brains.state(name) == "Stopped"
                    answered(brains.resume(name))
                simulate(last, name, 10)
            with sqlite3.connect(os.path.join(data, "history.db")) as database:
                equal(database.execute("PRAGMA integrity_check").fetchall(), [("ok",)])


def run(engine, *arguments):
    return subprocess.run(
        [Engine.simhost, *arguments],
        env=os.environ | {"SIMHOST_DATA_HOME": engine.data},
        capture_output=True,
        text=True,
        timeout=60,
    )


@tap.case("/restart/damaged-history")
def _():
    with Engine({"lift": program(training=EASY)}) as first:
        assert Client(first.train("lift", headers=USER_AGENT), Walker()).run()
        first.wait_event("finished")
        equal(first.stop(), 0)
        path = os.path.join(first.data, "history.db")
        for suffix in ("", "-wal", "-shm"):
            if os.path.exists(path + suffix):
                os.remove(path + suffix)
        with open(path, "wb") as file:
            file.write(b"this is no database, but it was one" * 100)
        with Engine({"new": program(training=EASY)}, data=first.data) as second:
            assert "history.db is damaged" in second.errors(), second.errors()
            brains = Brains(second)
            equal(brains.state("lift"), "Completed")
            with second.predict("lift"):
                pass
            page = brains.create("other", INK)
            equal((page.status, page.error), (500, "InternalError"))
            assert "history.db is damaged" in page.json["error"]["message"], page.text
            # A training needs no history.
            assert Client(second.train("new", headers=USER_AGENT), Walker()).run()
            second.wait_event("finished", brain="new")
        done = run(first, "brain", "list", "--json")
        equal(done.returncode, 0)
        equal(sorted(json.loads(line)["brain"] for line in done.stdout.splitlines()), ["lift", "new"])


@tap.case("/restart/history-kept-busy")
def _():
    with Engine({}) as first:
        begin(first)
        equal(first.stop(), 0)
        database = sqlite3.connect(os.path.join(first.data, "history.db"), isolation_level=None)
        database.execute("BEGIN EXCLUSIVE")
        # Others wait for a while, and then go without.
        with Engine({"new": program(training=EASY)}, data=first.data) as second:
            assert Client(second.train("new", headers=USER_AGENT), Walker()).run()
            second.wait_event("finished", brain="new")
            page = Brains(second).create("x")
            equal((page.status, page.error), (500, "InternalError"))
            assert "kept busy" in page.json["error"]["message"], page.text
            database.execute("ROLLBACK")
            answered(Brains(second).create("x"))
        database.close()


@tap.case("/restart/history-of-a-newer-version")
def _():
    with Engine({}) as first:
        begin(first)
        equal(first.stop(), 0)
        with sqlite3.connect(os.path.join(first.data, "history.db")) as database:
            equal(database.execute("PRAGMA user_version").fetchone(), (1,))
            database.execute("PRAGMA user_version = 99")
        database.close()
        with Engine({}, data=first.data) as second:
            assert "newer Simhost" in second.errors(), second.errors()
            equal(Brains(second).create("x").status, 500)


@tap.case("/restart/two-engines-on-one-store")
def _():
    with Engine({}) as first, Engine({}, data=first.data) as second:
        brains, others = begin(first), Brains(second)
        simulate(first, "lift")
        # The second one sees the project, and can't take the training away.
        equal(others.get("/lift?file=lift.ink").text, INK)
        for number in range(10):
            answered(brains.create(f"a{number}", INK))
            answered(others.create(f"b{number}", INK))
        names = {brain["name"] for brain in answered(others.get(""))["brains"]}
        equal(len(names), 21)
        with Engine({}, data=first.data) as third:
            # What another process trains is left to it.
            assert Brains(third).state("lift") != "In Progress"
            equal((brains.state("lift"), brains.status("lift")["version"]), ("In Progress", 1))
            equal(third.errors().count("lift"), 0)


tap.run()
