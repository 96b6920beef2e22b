# SPDX-License-Identifier: LGPL-2.1-or-later

"""`simhost check` on simulators with loops of their own: it finds what is wrong
with them, and nothing where nothing is.

    test-loops.py SIMHOST FOLDER
"""

import concurrent.futures
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "plugins"))

from tap import case, run

SIMHOST, FOLDER = sys.argv[1], pathlib.Path(sys.argv[2])

VALID = ("good", "program", "program-three-at-once", "program-ends", "program-logs")

# Seconds that a call may take: only one that hangs takes them all, on a machine
# that is busy, too.
PATIENCE = 8

# The check that finds it first, and words of its reason.
FAULTS = {
    "hangs": ("episode", f"did not return from the simulate event within {PATIENCE} s"),
    "never-asks": ("create-destroy", f"did not return from run within {PATIENCE} s"),
    "never-returns": ("create-destroy", f"did not return from run within {PATIENCE} s"),
    "never-answers": ("statuses", "without an answer to the simulate event"),
    "returns-early": ("episode", "run returned before it was given the finished event"),
    "crashes": ("episode", "crashed in the simulate event: segmentation fault"),
    "program-gives-up": ("create-destroy", "the shop is closed"),
    "program-never-returns": ("create-destroy", f"did not return from run within {PATIENCE} s"),
    "both": ("loads", "is both event-driven and external: choose one"),
    "no-extension": ("loads", "gives nothing for simhost.event-driven/1"),
    "no-get-extension": ("loads", "has no get_extension function"),
    "with-start": ("loads", "has a function start, which is never called"),
    "with-evaluate": ("loads", "has an evaluate function, which is never called"),
}


def check(name):
    """(exit status, what each check says, by its name)"""
    done = subprocess.run(
        [SIMHOST, "check", str(FOLDER / (name + ".so")), "--json", "--seed", "1", "--timeout", str(PATIENCE)],
        stdout=subprocess.PIPE,
        text=True,
        timeout=200,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {row["check"]: row for row in rows if "check" in row}


def valid(name):
    def body():
        status, rows = checks[name].result()
        wrong = [row for row in rows.values() if row["result"] == "fail"]
        assert status == 0 and not wrong, wrong
        assert rows["loop-returns"]["result"] == "pass", rows["loop-returns"]
        assert rows["episode"]["result"] == "pass", rows["episode"]

    return body


def fault(name, found_by, words):
    def body():
        status, rows = checks[name].result()
        assert status == 1, rows
        failed = [row for row in rows.values() if row["result"] == "fail"]
        assert failed[0]["check"] == found_by, failed
        assert words in failed[0]["reason"], failed
        assert "'loop'" in failed[0]["reason"], failed

    return body


# Much of the time is spent waiting for what hangs.
pool = concurrent.futures.ThreadPoolExecutor(4)
checks = {name: pool.submit(check, name) for name in [*FAULTS, *VALID]}

for name in VALID:
    case(f"/check/loops/valid/{name}")(valid(name))
for name, (found_by, words) in FAULTS.items():
    case(f"/check/loops/{name}")(fault(name, found_by, words))
run()
