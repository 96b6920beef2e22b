# SPDX-License-Identifier: LGPL-2.1-or-later

"""Several engines on one store: no version is lost, and what cannot be is
refused.

Usage: test-together.py SIMHOST PLUGINS CURRICULA
"""

import json
import select
import sqlite3

from home import DEADLINE, Home, cartpole, interrupt, tap, wait_for


def short(home, name="pole"):
    return home.program(name, cartpole(limits="TotalIterationLimit: 3000,"))


def endless(home, name="pole"):
    """Its first lesson is over, and saved, at once; the second never is."""
    text = cartpole(2, threshold=2)
    return home.program(name, text.replace("lesson l1 {", "lesson l1 { training { LessonRewardThreshold: 100000 }"))


def finish(child):
    out, errors = child.communicate(timeout=DEADLINE)
    assert child.returncode == 0, errors
    return json.loads(out.splitlines()[-1])


@tap.case("/together/trainings-of-one-name-are-versions")
def trainings():
    with Home() as home:
        file = short(home)
        children = [home.start("train", file, "--json", "--muscles", "1", "--seed", str(seed)) for seed in range(5)]
        finished = [finish(child) for child in children]
        assert sorted(event["version"] for event in finished) == [1, 2, 3, 4, 5], finished
        for seed, event in enumerate(finished):
            result = json.loads((home.version("pole", event["version"]) / "brain.json").read_text())["result"]
            assert (result["seed"], result["iterations"]) == (seed, event["iterations"]), result
            home.plays("pole", "--version", str(event["version"]))
        home.check_database()
        runs = home.query("SELECT version, seed, iterations FROM run ORDER BY version")
        assert runs == sorted((event["version"], str(seed), event["iterations"]) for seed, event in enumerate(finished))
        home.check_none_left()


@tap.case("/together/a-training-waits-for-the-history")
def history():
    """Longer than an engine may, for which others wait."""
    with Home() as home:
        file = short(home)
        home.does("train", file, "--json")
        database = sqlite3.connect(home.database, isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        with home.start("train", file, "--json", "--seed", "5") as child:
            assert select.select([child.stdout], [], [], 3)[0] == []
            database.execute("ROLLBACK")
            database.close()
            finished = finish(child)
        runs = home.query("SELECT seed, iterations FROM run WHERE version = ?", finished["version"])
        assert runs == [("5", finished["iterations"])], runs


@tap.case("/together/what-is-in-training-is-neither-resumed-nor-deleted")
def refused():
    says = ["brain 'pole' version 2 is being trained by somebody else; stop that first"]
    with Home() as home:
        home.does("train", short(home), "--json")
        file = endless(home)
        with home.start("train", file, "--json") as child:
            wait_for(child, "lesson")
            wait_for(child, "progress")
            home.fails("train", file, "--resume", says=says)
            home.fails("brain", "delete", "pole", "--version", "2", says=says)
            home.fails("brain", "delete", "pole", says=says)
            server, ask = home.serve()
            with server:
                page = ask("/pole", method="DELETE")
                assert page.status == 409 and says[0] in page.json["error"]["message"], page.text
                assert ask("/pole/status").status == 200
                status, _, errors = interrupt(server)
                assert status == 0, errors
            # What is saved can be played meanwhile, and other versions deleted.
            home.plays("pole")
            home.does("brain", "delete", "pole", "--version", "1")
            home.does("train", short(home, "other"), "--json")
            home.does("brain", "delete", "other")
            status, events, errors = interrupt(child)
        assert (status, errors) == (0, "") and events[-1]["version"] == 2, errors
        home.plays("pole")
        home.does("brain", "delete", "pole")
        assert home.does("brain", "list", "--json") == []
        home.check_database()
        home.check_none_left()


# Not there yet; made this moment; in training; about to be.
NOT_DELETED = (
    "there is no brain 'pole'",
    "brain 'pole' has no version yet",
    "is being trained by somebody else",
    "is being changed by somebody else",
)


@tap.case("/together/deleted-and-trained-again-and-again")
def churn():
    """Two train one brain by turns, one deletes it all the while."""
    with Home() as home:
        file = home.program("pole", cartpole(limits="TotalIterationLimit: 200,"))
        for _ in range(6):
            children = [home.start("train", file, "--json", "--muscles", "1") for _ in range(2)]
            while any(child.poll() is None for child in children):
                status, out, errors = home.run("brain", "delete", "pole")
                assert status == 0 or (
                    status == 1 and len(errors) == 1 and any(reason in errors[0] for reason in NOT_DELETED)
                ), (status, errors)
            for child in children:
                finish(child)
            for each in home.does("brain", "list", "--json"):
                assert "failure" not in each, each
                home.plays("pole", "--version", str(each["version"]))
        home.check_database()
        home.check_none_left()


@tap.case("/together/servers-and-trainings")
def servers():
    with Home() as home:
        (one, ask_one), (two, ask_two) = home.serve(), home.serve()
        with one, two:
            names = [f"b{i}" for i in range(4)]
            children = [home.start("train", short(home, name), "--json", "--muscles", "1") for name in names]
            while any(child.poll() is None for child in children):
                for ask in (ask_one, ask_two):
                    assert ask("").status == 200
            for child in children:
                finish(child)
            for ask in (ask_one, ask_two):
                assert {each["name"] for each in ask("").json["brains"]} == set(names)
            # Deleted by one, it is gone for the other as well.
            assert ask_one("/b0", method="DELETE").status == 200
            assert ask_two("/b0/status").status == 404
            assert ask_two("/b0", method="DELETE").status == 404
            home.does("brain", "delete", "b1")
            for ask in (ask_one, ask_two):
                assert {each["name"] for each in ask("").json["brains"]} == {"b2", "b3"}
            for child in (one, two):
                status, _, errors = interrupt(child)
                assert status == 0, errors
        home.check_database()
        home.check_none_left()


tap.run()
