# SPDX-License-Identifier: LGPL-2.1-or-later

"""A store that is damaged: what is damaged is named, all the rest works.

Usage: test-damage.py SIMHOST PLUGINS CURRICULA
"""

import json
import shutil

from home import Home, cartpole, interrupt, tap

FILES = ("brain.json", "policy.onnx", "program.ink", "learner.bin")


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x20
    path.write_bytes(data)


def wrong_sum(path):
    """The file is whole; the sum that brain.json has of it is not."""
    text = path.parent / "brain.json"
    document = json.loads(text.read_text())
    if path.name in document["files"]:
        document["files"][path.name] = "0" * 64
    else:
        document["files"] = {}
    text.write_text(json.dumps(document))


HARMS = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "garbage": lambda path: path.write_bytes(bytes(range(256)) * (path.stat().st_size // 256 + 1)),
    "flipped": flip,
    "wrong sum": wrong_sum,
    "folder": lambda path: (path.unlink(), path.mkdir()),
}


def short(home, name="pole"):
    return home.program(name, cartpole(limits="TotalIterationLimit: 2000,"))


@tap.case("/damage/each-file-of-a-version")
def files():
    with Home() as home:
        home.does("train", short(home), "--json")
        home.does("train", short(home, "other"), "--json")
        good = home.version("pole")
        # Version 1 is whole; each other one has one fault, the last one as well.
        faults = {}
        for name in FILES:
            for harm, inflict in HARMS.items():
                if (name, harm) == ("brain.json", "flipped"):
                    continue  # one letter of a figure is no damage that shows
                number = 2 + len(faults)
                shutil.copytree(good, home.version("pole", number))
                inflict(home.version("pole", number) / name)
                faults[number] = name
        last = max(faults)

        found = home.does("brain", "list", "--json")
        assert [(each["brain"], each["version"]) for each in found] == [("other", 1)] + [
            ("pole", number) for number in range(1, last + 1)
        ]
        for each in found:
            damaged = each["brain"] == "pole" and faults.get(each["version"]) == "brain.json"
            assert ("failure" in each) == damaged, each
            if damaged:
                assert f"pole/{each['version']}/brain.json" in each["failure"], each
        for number, name in faults.items():
            where = f"pole/{number}/{name}"
            if name == "learner.bin":
                home.plays("pole", "--version", str(number))
            else:
                home.fails(
                    "predict", "pole", "--simulator", "cartpole", "--version", str(number),
                    says=[f"brain 'pole' version {number}: ", where],
                )  # fmt: skip
                home.fails("brain", "export", "pole", str(home.path / "out.onnx"), "--version", str(number), says=[where])
            if name in ("brain.json", "learner.bin"):
                home.fails("train", short(home), "--from", f"pole:{number}", "--brain", "new", says=[where])
        assert not home.version("new").exists()
        home.plays("pole", "--version", "1")
        home.plays("other")
        home.fails("train", short(home), "--resume", says=[f"pole/{last}/learner.bin"])

        child, ask = home.serve()
        with child:
            assert ask("/other/status").status == 200
            assert ask("/pole/status").status in (200, 500)
            brains = {each["name"] for each in ask("").json["brains"]}
            assert brains == {"other", "pole"}, brains
            status, _, errors = interrupt(child)
            assert status == 0, errors

        # A new version has a number of its own, and then it is the last one.
        home.does("train", short(home), "--json")
        home.plays("pole")
        home.does("train", short(home), "--json", "--from", "pole:1", "--brain", "new")
        for number in faults:
            home.does("brain", "delete", "pole", "--version", str(number))
        assert [(each["version"], "failure" in each) for each in home.does("brain", "list", "pole", "--json")] == [
            (1, False),
            (last + 1, False),
        ]
        home.does("brain", "delete", "pole")
        home.plays("other")
        home.check_none_left()


@tap.case("/damage/an-older-version-that-is-whole-is-named")
def older():
    with Home() as home:
        for _ in range(3):
            home.does("train", short(home), "--json")
        flip(home.version("pole", 3) / "policy.onnx")
        flip(home.version("pole", 2) / "program.ink")
        for command in (
            ("predict", "pole", "--simulator", "cartpole"),
            ("brain", "show", "pole"),
            ("brain", "export", "pole", str(home.path / "pole.onnx")),
        ):
            home.fails(*command, says=["brain 'pole' version 3: ", "pole/3/policy.onnx", "version 1 is whole"])
        home.plays("pole", "--version", "1")
        flip(home.version("pole", 1) / "policy.onnx")
        _, _, errors = home.run("predict", "pole", "--simulator", "cartpole")
        assert len(errors) == 1 and "pole/3/policy.onnx" in errors[0] and "whole" not in errors[0], errors


@tap.case("/damage/a-brain-with-nothing-whole-is-deleted")
def nothing_whole():
    with Home() as home:
        home.does("train", short(home), "--json")
        for entry in home.version("pole").iterdir():
            entry.write_bytes(b"\0" * 100)
        home.fails("predict", "pole", "--simulator", "cartpole", says=["pole/1/brain.json"])
        home.fails("brain", "show", "pole", says=["pole/1/brain.json"])
        child, ask = home.serve()
        with child:
            page = ask("/pole", method="DELETE")
            assert page.status == 200, page.text
            assert ask("/pole/status").status == 404
            status, _, errors = interrupt(child)
            assert status == 0, errors
        assert home.does("brain", "list", "--json") == []


@tap.case("/damage/database")
def database():
    for harm, inflict in HARMS.items():
        if harm == "wrong sum":
            continue
        with Home() as home:
            home.does("train", short(home), "--json")
            for suffix in ("-wal", "-shm"):
                (home.path / ("history.db" + suffix)).unlink(missing_ok=True)
            inflict(home.database)
            assert len(home.does("brain", "list", "--json")) == 1, harm
            home.does("brain", "show", "pole")
            home.plays("pole")
            status, _, errors = home.run("train", short(home), "--json")
            assert status == 0 and len(errors) <= 1, (harm, errors)
            if harm in ("garbage", "truncated", "folder"):
                assert "history.db" in errors[0], (harm, errors)
            home.plays("pole", "--version", "2")
            child, ask = home.serve()
            with child:
                assert ask("/pole/status").status == 200, harm
                status, _, errors = interrupt(child)
                assert status == 0, (harm, errors)
            home.does("brain", "delete", "pole", "--version", "1")
            home.does("brain", "delete", "pole")
            assert home.does("brain", "list", "--json") == []


tap.run()
