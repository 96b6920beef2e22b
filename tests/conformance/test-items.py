# SPDX-License-Identifier: LGPL-2.1-or-later

"""The table of edge cases (items.py) is whole: every item has its cases, every
case is there, and every case with an item's number is in the table.

  test-items.py FOLDER-OF-THE-BUILD

The tests themselves say which cases they have."""

import fnmatch
import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(1, str(HERE.parent / "plugins"))

import tap
from items import ITEMS

TESTS = {
    test["name"]: test
    for test in json.loads(Path(sys.argv[1], "meson-info", "intro-tests.json").read_text())
}
NUMBERED = re.compile(r"/(?:conformance|record|config|rest|session/retry)/0*(\d+)-")


@functools.lru_cache(None)
def cases(test):
    """What a program says of itself: GLib's with -l, tap.py's with TAP_LIST."""
    command = TESTS[test]["cmd"]
    listed = [] if command[0].rpartition("/")[2].startswith("python") else ["-l"]
    done = subprocess.run(
        command + listed,
        env=os.environ | TESTS[test]["env"] | {"TAP_LIST": "1"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done
    return [line for line in done.stdout.splitlines() if line.startswith("/")]


def matches(pattern):
    test, _, path = pattern.partition(":")
    assert test in TESTS, f"there is no test {test}"
    return [(test, case) for case in cases(test) if fnmatch.fnmatchcase(case, path)]


# The rest is about the language, which has a suite of its own.
PLAYED = [*range(1, 81), 100, 102, 103, 104]


@tap.case("/conformance/items/all-are-played")
def whole():
    assert list(ITEMS) == PLAYED, sorted(set(PLAYED) ^ set(ITEMS))


def item_case(item):
    def run():
        title, _, patterns = ITEMS[item]
        assert title and patterns
        for pattern in patterns:
            assert matches(pattern), f"{pattern} matches no case"

    return run


for item in ITEMS:
    tap.case(f"/conformance/items/{item:02}")(item_case(item))


@tap.case("/conformance/items/numbered-cases-are-listed")
def listed():
    claimed = {
        item: {found for pattern in patterns for found in matches(pattern)}
        for item, (_, _, patterns) in ITEMS.items()
    }
    tests = {pattern.partition(":")[0] for _, _, patterns in ITEMS.values() for pattern in patterns}
    n = 0
    for test in tests:
        for case in cases(test):
            number = NUMBERED.match(case)
            if number and int(number[1]) in ITEMS:
                n += 1
                assert (test, case) in claimed[int(number[1])], (test, case)
    assert n > 150, n


tap.run()
