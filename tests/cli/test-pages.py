# SPDX-License-Identifier: LGPL-2.1-or-later

"""What people read about the command is true: help, manual, completion.

  test-pages.py SIMHOST DATA-FOLDER PLUGIN-FOLDER MANDOC"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "plugins"))

import tap

SIMHOST, DATA, PLUGINS, MANDOC = sys.argv[1:5]
SECTIONS = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES", "ENVIRONMENT", "FILES",
            "EXIT STATUS", "SEE ALSO"]


def output(*arguments):
    done = subprocess.run([SIMHOST, *arguments], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout


def manual(name):
    return Path(DATA, "man", name + ".1").read_text(encoding="utf-8").replace("\\-", "-")


def flags(text):
    return set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))


def said(text):
    """{flag: (what its value is called, its default)} as help has them, a flag a line."""
    found = re.findall(r"^ +(?:-h, )?(--[a-z-]+)(?:\[?[= ](\S+))? {2,}(.+)$", text, re.M)
    return {
        flag: (re.sub(r"[\[\]]", "", value), default(r"\(default: (.+?)(?:;.*)?\)", what)) for flag, value, what in found
    }


def written(options):
    """The same as the manual has them, each after .TP, with "Default: ..." in its text."""
    found = {}
    for entry in options.split(".TP\n")[1:]:
        head, text = entry.split("\n", 1)
        flag, value = re.fullmatch(r'\.(?:BI|BR|B) (?:-h ", " )?(--[a-z-]+)=?(.*)', head).groups()
        value = re.sub(r"\\f.|[\[\]= ]", "", value) if flag != "--set" else "FIELD=VALUE"
        text = re.sub(r"^\.[A-Z]+ ", "", text, flags=re.M).replace("\n", " ")
        found[flag] = (value, default(r"Default: (.+?)(?:; .*?)?\.(?:\s|$)", text))
    return found


def default(pattern, text):
    found = re.search(pattern, text)
    return found.group(1) if found else None


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
        here, there = said(output(command, "--help")), written(options)
        assert here.keys() == told and there.keys() == told, (here, there)
        for flag in told:
            assert here[flag] == there[flag], (flag, here[flag], there[flag])
        # Examples begin with what another command makes.
        own = re.sub(rf"^simhost (?!{command} ).*$", "", page, flags=re.M)
        assert flags(own) <= told, flags(own) - told
        found = re.findall(r"^\.SH (.+)$", page, re.M)
        # Some have more, in between.
        assert [name for name in found if name in SECTIONS] == SECTIONS, found


@tap.case("/pages/examples")
def examples():
    """What needs no daemon, no engine and no compiler works as it stands there."""
    with tempfile.TemporaryDirectory(prefix="simhost-pages-") as folder:
        Path(folder, "bin").mkdir()
        Path(folder, "bin", "simhost").symlink_to(os.path.abspath(SIMHOST))
        environment = os.environ | {
            "HOME": folder, "SIMHOST_DATA_HOME": folder, "SIMHOST_PLUGIN_PATH": os.path.abspath(PLUGINS),
            "XDG_CACHE_HOME": folder, "XDG_RUNTIME_DIR": folder, "PATH": f"{folder}/bin:{os.environ['PATH']}",
        }
        for command in "list", "inspect", "train", "predict", "brain":
            text = manual(f"simhost-{command}").split(".SH EXAMPLES\n.EX\n")[1].split(".EE")[0].replace("\\(aq", "'")
            # Others may listen at the usual port; and nothing trains by then.
            lines = text.replace(":8010", ":0").replace("|\n", "| ").replace(" muscles cartpole +1", " muscles cartpole")
            for line in lines.splitlines():
                done = subprocess.run(["sh", "-c", line], env=environment, cwd=folder, stdin=subprocess.DEVNULL,
                                      capture_output=True, text=True, timeout=120)
                idle = done.returncode == 1 and "muscles" in line and "is not being trained" in done.stderr
                assert done.returncode == 0 or idle, (line, done)
        assert Path(folder, "pole.gif").read_bytes().startswith(b"GIF89a")


@tap.case("/pages/lint")
def lint():
    for path in sorted(Path(DATA, "man").glob("*.1")):
        done = subprocess.run(
            [MANDOC, "-Tlint", "-Wwarning", path], capture_output=True, text=True, timeout=120
        )
        # The packages give the date.
        said = [line for line in done.stdout.splitlines() if "missing date" not in line]
        assert not said, said


def complete(*words, folder="/", **environment):
    """What the shell offers for the last of the words."""
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
        env=os.environ | {"SIMHOST": os.path.abspath(SIMHOST), "SIMHOST_PLUGIN_PATH": PLUGINS} | environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout.split()


@tap.case("/pages/completion/commands")
def complete_commands():
    assert complete("") == COMMANDS
    assert complete("tr") == ["train"]
    assert complete("brain", "") == "list show create push start stop muscles resume delete export".split()
    assert complete("brain", "l") == ["list"]


@tap.case("/pages/completion/flags")
def complete_flags():
    for command in COMMANDS:
        assert set(complete(command, "--")) == flags(output(command, "--help")), command
    assert complete("predict", "x", "--std") == ["--stdin"]


@tap.case("/pages/completion/simulators")
def complete_simulators():
    for command in ("run", "inspect"):
        assert complete(command, "cart") == ["cartpole"], command
    assert "counter" in complete("run", "")
    assert complete("predict", "x", "--simulator", "cartp") == ["cartpole"]
    assert complete("train", "--simulator", "=", "cartp") == ["cartpole"]
    assert "cartpole" in complete("train", "--simulator", "=")


@tap.case("/pages/completion/brains")
def complete_brains():
    with tempfile.TemporaryDirectory() as home:
        for words in (["predict", ""], ["brain", "show", ""]):
            # No brains: what there is else.
            assert "lift" not in complete(*words, SIMHOST_DATA_HOME=home)
        folder = Path(home, "brains", "lift", "1")
        folder.mkdir(parents=True)
        for words in (["predict", "l"], ["brain", "show", ""], ["train", "--brain", "li"]):
            assert complete(*words, SIMHOST_DATA_HOME=home) == ["lift"], words


@tap.case("/pages/completion/files")
def complete_files():
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.ink", "b.so", "c.txt"):
            Path(folder, name).touch()
        Path(folder, "deeper").mkdir()
        assert sorted(complete("train", "", folder=folder)) == ["a.ink", "deeper"]
        assert sorted(complete("serve", "", folder=folder)) == ["a.ink", "deeper"]
        assert sorted(complete("check", "", folder=folder)) == ["b.so", "deeper"]


tap.run()
