# SPDX-License-Identifier: LGPL-2.1-or-later

"""What people read about the command is true: help, manual, completion."""

import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "plugins"))

import tap

SIMHOST, DATA = sys.argv[1:3]


def output(*arguments):
    done = subprocess.run([SIMHOST, *arguments], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout


def manual(name):
    return Path(DATA, "man", name + ".1").read_text(encoding="utf-8").replace("\\-", "-")


def flags(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


COMMANDS = re.findall(r"^  ([a-z]+) ", output("--help"), re.M)


@tap.case("/pages/commands")
def commands():
    assert len(COMMANDS) >= 7, COMMANDS
    assert set(re.findall(r"^\.BR simhost-([a-z]+) \(1\)$", manual("simhost").split(".SH ENVIRONMENT")[0], re.M)) == set(COMMANDS)


for command in COMMANDS:

    @tap.case(f"/pages/{command}")
    def page(command=command):
        told = flags(output(command, "--help"))
        page = manual(f"simhost-{command}")
        options = page.split(".SH OPTIONS")[1].split(".SH ")[0]
        assert flags(options) == told, (flags(options) ^ told)
        assert flags(page) <= told, flags(page) - told


def complete(*words):
    script = Path(DATA, "completions", "simhost")
    done = subprocess.run(
        [
            "bash",
            "-c",
            'simhost () { "$SIMHOST" "$@"; }; . "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _simhost; printf "%s\\n" "${COMPREPLY[@]}"',
            "bash",
            str(script),
            "simhost",
            *words,
        ],
        env=os.environ | {"SIMHOST": SIMHOST},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout.split()


@tap.case("/pages/completion")
def completion():
    assert complete("") == COMMANDS
    assert complete("tr") == ["train"]
    assert set(complete("train", "--")) == flags(output("train", "--help"))
    assert complete("predict", "x", "--std") == ["--stdin"]
    assert complete("brain", "l") == ["list"]


tap.run()
