#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""`simhost list`, `inspect` and `probe` as people and scripts use them.

    test-list.py SIMHOST FOLDER-OF-PLUGINS FOLDER-OF-BAD-PLUGINS EVERYTHING
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "plugins"))

from tap import case, run

SIMHOST, GOOD, BAD, EVERYTHING = sys.argv[1], *map(pathlib.Path, sys.argv[2:])


class Home:
    """Folders of a test's own, and simhost run in them."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="simhost-test-")
        self.top = pathlib.Path(self.folder.name)
        self.first, self.second = self.top / "first", self.top / "second"
        self.first.mkdir()
        self.second.mkdir()
        return self

    def __exit__(self, *exception):
        self.folder.cleanup()

    def add(self, source, to=None):
        path = (to or self.first) / source.name
        shutil.copy(source, path)
        path.chmod(0o644)
        return path

    def simhost(self, *arguments, status=0, stdout=subprocess.PIPE):
        result = subprocess.run(
            [SIMHOST, *map(str, arguments)],
            env=os.environ
            | {
                "SIMHOST_PLUGIN_PATH": f"{self.first}:{self.second}",
                "SIMHOST_DATA_HOME": str(self.top / "data"),
                "XDG_CACHE_HOME": str(self.top / "cache"),
            },
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            text=True,
            timeout=240,
        )
        assert result.returncode == status, (result.returncode, result.stderr)
        return result

    def json(self, *arguments):
        result = self.simhost(*arguments, "--json")
        assert result.stderr == "", result.stderr
        return [json.loads(line, parse_constant=refuse) for line in result.stdout.splitlines()]


def refuse(constant):
    raise ValueError(f"{constant} is no JSON")


def equal(found, expected):
    assert found == expected, f"{found!r} is not {expected!r}"


@case("/list/nothing-says-where")
def _():
    with Home() as home:
        result = home.simhost("list")
        equal(result.stdout, "")
        assert result.stderr.startswith(
            f"There are no simulators. Put plugins (*.so) into one of\n  {home.first}\n  {home.second}\n"
        ), result.stderr
        equal(home.json("list"), [])


@case("/list/table")
def _():
    with Home() as home:
        pole = home.add(GOOD / "cartpole.so")
        result = home.simhost("list")
        equal(
            result.stdout.splitlines(),
            [
                "SIMULATOR  DESCRIPTION                                     KIND      ACTIONS  STATES  REWARDS  FILE",
                f"cartpole   Balances a pole on a cart by pushing the cart.  ordinary  1        4       balance  {pole}",
            ],
        )
        equal(result.stderr, "")


@case("/list/kinds")
def _():
    kinds = {"counter": "ordinary", "counter_events": "event-driven", "counter_external": "external", "news_desk": "external"}
    with Home() as home:
        for name in kinds:
            home.add(GOOD / f"{name}.so")
        home.add(EVERYTHING)
        rows = [line.split() for line in home.simhost("list").stdout.splitlines()[1:]]
        for name, kind in kinds.items():
            row = next(row for row in rows if row[0] == name)
            equal([word for word in row if word in ("ordinary", "slow", "event-driven", "external")], [kind])
        assert any("slow" in row for row in rows), rows


@case("/list/output-that-cannot-be-written")
def _():
    with Home() as home:
        home.add(GOOD / "cartpole.so")
        for command in (["list"], ["list", "--json"], ["inspect", "cartpole", "--inkling"], ["list", "--help"], ["--help"]):
            with open("/dev/full", "w") as full:
                result = home.simhost(*command, status=1, stdout=full)
            equal(result.stderr, "simhost: the output could not be written: No space left on device\n")


@case("/list/hidden-by-earlier-folder")
def _():
    with Home() as home:
        first = home.add(GOOD / "cartpole.so")
        second = home.add(GOOD / "cartpole.so", home.second)
        lines = home.simhost("list").stdout.splitlines()
        equal(len(lines), 3)
        assert lines[1].endswith(str(first))
        assert lines[2].endswith(f"{second} (hidden by {first})")
        equal(
            [(entry["file"], entry["shadowed_by"]) for entry in home.json("list")],
            [(str(first), None), (str(second), str(first))],
        )


@case("/list/failed")
def _():
    with Home() as home:
        home.add(GOOD / "cartpole.so")
        crash = home.add(BAD / "crash-init.so")
        magic = home.add(BAD / "wrong-magic.so", home.second)
        plain = home.simhost("list")
        equal(len(plain.stdout.splitlines()), 2)
        equal(plain.stderr, "2 files cannot be used; 'simhost list --failed' says why.\n")

        failed = home.simhost("list", "--failed").stdout.splitlines()
        equal(failed[0], f"{crash}: crashed in init: segmentation fault")
        assert failed[1].startswith(f"{magic}: 'simhost_plugin' starts with ")
        equal(len(failed), 2)

        both = home.json("list")
        equal([sorted(entry) for entry in both if "failure" in entry], [["failure", "file", "output"]] * 2)
        equal([entry["name"] for entry in both if "failure" not in entry], ["cartpole"])
        equal(home.json("list", "--failed"), [entry for entry in both if "failure" in entry])


@case("/list/last-lines-of-a-plugin-that-failed")
def _():
    with Home() as home:
        # It prints more than is kept, then ends the process.
        path = home.add(EVERYTHING)
        os.environ["EVERYTHING_SAYS"] = "30"
        try:
            for _ in range(2):
                (entry,) = home.json("list")
                equal(entry["output"], [f"line {number}" for number in range(11, 31)])
                equal(
                    entry["failure"],
                    f"{path}: ended the process in init (exit status 3); its last words: line 30",
                )
        finally:
            del os.environ["EVERYTHING_SAYS"]


@case("/list/prints-of-plugins-stay-out")
def _():
    with Home() as home:
        for name in ["print-load", "print-init", "flood-stderr-init", "flood-log-load"]:
            home.add(BAD / f"{name}.so")
        equal({entry["name"] for entry in home.json("list")}, {"bad"})
        equal(len(home.simhost("list").stdout.splitlines()), 5)


@case("/list/everything-as-json")
def _():
    with Home() as home:
        path = home.add(EVERYTHING)
        everything, something = home.json("list")
        equal(something["name"], "something")
        equal(something["rewards"], [])
        equal(something["config"], {"name": "", "size": 0, "fields": []})
        equal(everything["flags"], ["slow", "nondeterministic"])
        equal(everything["file"], str(path))
        equal(
            everything["plugin"],
            {
                "id": "org.simhost.everything",
                "name": "Everything",
                "version": "2.0.1",
                "vendor": None,
                "license": None,
                "homepage": "https://example.org/",
            },
        )
        equal(
            everything["rewards"],
            [
                {"name": "first", "flags": [], "description": "the first"},
                {"name": "second", "flags": ["default"], "description": ""},
                {"name": "third", "flags": ["alias"], "description": ""},
            ],
        )
        fields = {field["name"]: field for field in everything["config"]["fields"]}
        equal(
            fields["real"],
            {
                "name": "real",
                "type": "double",
                "offset": 0,
                "size": 8,
                "count": 1,
                "unit": "m/s²",
                "description": 'a "quoted"\tdescription\nin two lines',
                "default": 0.1,
            },
        )
        equal(fields["reals"]["default"], [-1e300, 5e-324, 3])
        equal(fields["lowest"]["default"], -(2**63))
        equal(fields["highest"]["default"], 2**63 - 1)
        equal(int(fields["most"]["default"]), 2**64 - 1)
        equal((fields["natural"]["default"], fields["round"]["default"]), (2**32 - 1, -1000000))
        equal((fields["single"]["min"], fields["single"]["max"]), (-0.1, 1e30))
        equal(fields["small"]["step"], 5)
        equal(fields["yes"]["default"], True)
        equal(fields["flags"]["default"], [False, True, True, False])
        equal(fields["text"]["default"], '"a\\\nä€')
        equal("default" in fields["image"], False)
        action = {field["name"]: field for field in everything["action"]["fields"]}
        equal(
            action["real"]["values"],
            [{"name": "low", "value": -5.5}, {"name": "high", "value": 1e9}, {"name": "mid", "value": 0}],
        )
        equal(action["single"]["values"], [{"value": 1}, {"value": 2.5}])
        equal(("max" in action["whole"], action["whole"]["min"]), (False, -7))
        equal(("min" in action["natural"], action["natural"]["max"]), (False, 9))


@case("/inspect/text")
def _():
    with Home() as home:
        path = home.add(GOOD / "cartpole.so")
        lines = home.simhost("inspect", "cartpole").stdout.splitlines()
        equal(lines[0], "cartpole: Balances a pole on a cart by pushing the cart.")
        equal(lines[1], f"  file     {path}")
        for line in [
            "Config CartPoleConfig",
            "  episode_length  int32   = -1  steps  longest episode; 0 or less: no limit",
            "Action Action",
            "  command  int32  left = 0, right = 1  which way to push",
            "State GameState",
            "  position  float  -4.8 .. 4.8            m      of the cart; 0: the middle",
            "Rewards",
            "  balance                        default  1 for each step",
        ]:
            assert line in lines, (line, lines)
        assert any(line.startswith("  can ") and "be saved in mid-episode" in line for line in lines), lines
        # Nothing of a plugin reaches the terminal but printable text.
        home.add(EVERYTHING)
        text = home.simhost("inspect", "everything").stdout
        assert 'a "quoted" description in two lines' in text, text
        assert all(character.isprintable() or character == "\n" for character in text)


@case("/inspect/extensions")
def _():
    with Home() as home:
        home.add(GOOD / "cartpole.so")
        home.add(GOOD / "find_center.so")
        assert "simhost.snapshot/1" in home.json("inspect", "cartpole")[0]["extensions"]
        equal(home.json("inspect", "find_center")[0]["extensions"], [])
        assert "  can " not in home.simhost("inspect", "find_center").stdout


@case("/inspect/json-is-what-list-says")
def _():
    with Home() as home:
        for name in ["cartpole.so", "find_center.so"]:
            home.add(GOOD / name)
        home.add(EVERYTHING)
        for entry in home.json("list"):
            del entry["shadowed_by"]
            equal(home.json("inspect", entry["name"]), [entry])


@case("/inspect/file")
def _():
    with Home() as home:
        pole = home.add(GOOD / "cartpole.so", home.top)
        several = home.add(EVERYTHING, home.top)
        equal(home.json("inspect", pole)[0]["name"], "cartpole")
        equal(home.json("inspect", f"{several}:something")[0]["name"], "something")
        assert "'everything', 'something': say which" in home.simhost("inspect", several, status=2).stderr


@case("/inspect/inkling")
def _():
    with Home() as home:
        for path in sorted(GOOD.glob("*.so")):
            home.add(path)
        entries = home.json("list")
        assert len(entries) >= 3, entries
        for entry in entries:
            text = home.simhost("inspect", entry["name"], "--inkling").stdout
            assert text.startswith('inkling "2.0"\n'), text
            assert f"simulator {entry['name']} (" in text, text
            assert f"source {entry['name']}\n" in text, text
            for schema in ["config", "action", "state"]:
                for field in entry[schema]["fields"]:
                    assert field["name"] in text, (field["name"], text)


@case("/inspect/errors")
def _():
    with Home() as home:
        home.add(GOOD / "cartpole.so")
        crash = home.add(BAD / "crash-init.so")
        text = home.top / "notes.so"
        text.write_text("not a plugin")
        text.chmod(0o644)
        open_to_all = home.add(GOOD / "counter.so", home.top)
        open_to_all.chmod(0o666)
        for arguments, status, words in [
            ([], 2, "one simulator or file is needed"),
            (["cartpole", "more"], 2, "one simulator or file is needed"),
            (["--nonsense"], 2, "Unknown option --nonsense"),
            (["cartpole", "--json", "--inkling"], 2, "--json and --inkling exclude each other"),
            (["cartpol"], 1, "there is no simulator 'cartpol'; did you mean 'cartpole'?"),
            (["lift"], 1, "there is no simulator 'lift'; there are 'cartpole'"),
            (["crash-init"], 1, f"simulator 'crash-init' cannot be used: {crash}: crashed in init"),
            ([crash], 1, f"{crash}: crashed in init: segmentation fault"),
            ([text], 1, f"{text}: is not a shared object"),
            ([home.top / "none.so"], 1, f"{home.top}/none.so: cannot be opened: No such file"),
            ([open_to_all], 1, f"everyone may write to {open_to_all}; run 'chmod o-w {open_to_all}'"),
        ]:
            result = home.simhost("inspect", *arguments, status=status)
            equal(result.stdout, "")
            equal(len(result.stderr.splitlines()), 1)
            assert result.stderr.startswith("simhost: inspect: "), result.stderr
            assert words in result.stderr, (words, result.stderr)


@case("/inspect/errors/many-names")
def _():
    with Home() as home:
        for path in GOOD.glob("*.so"):
            home.add(path)
        names = {entry["name"] for entry in home.json("list")}
        words = home.simhost("inspect", "xyzzyxyzzy", status=1).stderr
        listed = {name for name in names if f"'{name}'" in words}
        assert 5 < len(listed) < len(names), words
        assert f" and {len(names - listed)} more, which 'simhost list' shows" in words, words


@case("/list/errors")
def _():
    with Home() as home:
        assert "see 'simhost list --help'" in home.simhost("list", "more", status=2).stderr
        assert "see 'simhost list --help'" in home.simhost("list", "--nonsense", status=2).stderr


@case("/probe/by-hand")
def _():
    with Home() as home:
        pole = home.add(GOOD / "cartpole.so")
        noisy = home.add(BAD / "print-init.so")
        equal(json.loads(home.simhost("probe", pole).stdout)["simulators"][0]["name"], "cartpole")
        equal(json.loads(home.simhost("probe", noisy).stdout)["simulators"][0]["name"], "bad")
        result = home.simhost("probe", BAD / "wrong-magic.so", status=1)
        equal(result.stdout, "")
        assert result.stderr.startswith("simhost: probe: "), result.stderr


run()
