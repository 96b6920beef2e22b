#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""`simhost new`: what it writes builds, keeps the rules, and trains.

    test-new.py SIMHOST MESON BUILD_FOLDER TEMPLATE_FOLDER
"""

import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "plugins"))

from tap import case, run

SIMHOST, MESON, BUILD, TEMPLATE = (pathlib.Path(argument).absolute() for argument in sys.argv[1:5])

scratch = tempfile.TemporaryDirectory(prefix="simhost-new-")
folder = pathlib.Path(scratch.name)


def call(*arguments, status=0, cwd=folder, **environment):
    done = subprocess.run(
        [str(argument) for argument in arguments],
        env={**os.environ, **environment},
        cwd=cwd,
        capture_output=True,
        encoding="utf-8",
        timeout=240,
    )
    assert done.returncode == status, f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout, done.stderr


def new(*arguments, status=0):
    return call(SIMHOST, "new", *arguments, status=status)


@case("/new/files")
def files():
    """Every file of the template, under the new name and nothing else."""
    new("paper_mill2", "--dir", folder / "deep" / "er")
    project = folder / "deep" / "er" / "paper_mill2"
    found = {file.name: file.read_text() for file in project.iterdir()}
    for file in TEMPLATE.iterdir():
        text = file.read_text()
        text = text.replace("My simulator", "Paper mill2").replace("MySimulator", "PaperMill2")
        assert found.pop(file.name.replace("my_simulator", "paper_mill2")) == text.replace("my_simulator", "paper_mill2")
    assert not found, found


@case("/new/fails-without-a-trace")
def traces():
    """What could not be written whole leaves nothing that was not there before."""

    def limited(size):
        def limit():
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

        return limit

    there = folder / "there"
    there.mkdir()
    (there / "mine").write_text("mine")
    sizes = sorted({file.stat().st_size for file in TEMPLATE.iterdir()})
    assert len(sizes) > 3
    # The signal that a file is too large is ignored, as by a shell with a full disk.
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        for size in (0, *sizes[:-1]):
            for parent in there, folder / "not" / "there":
                done = subprocess.run(
                    [SIMHOST, "new", "lift", "--dir", parent], cwd=folder, capture_output=True, text=True, timeout=120,
                    preexec_fn=limited(max(size - 20, 0)), restore_signals=False,
                )
                assert done.returncode == 1 and done.stdout == "", done
                assert done.stderr.startswith(f"simhost: new: cannot write '{parent}/lift/"), done.stderr
                assert done.stderr.endswith("': File too large\n") and done.stderr.count("\n") == 1, done.stderr
                assert [entry.name for entry in there.iterdir()] == ["mine"]
                assert not (folder / "not").exists()
    finally:
        signal.signal(signal.SIGXFSZ, previous)
    # A folder that is there stays as it is, and so does what is in the way.
    (there / "lift").mkdir()
    (there / "lift" / "x").write_text("x")
    for parent, said in (there, "is there already; take another name"), (there / "mine", "Not a directory"):
        _, err = new("lift", "--dir", parent, status=1)
        assert said in err and err.count("\n") == 1, err
    assert (there / "lift" / "x").read_text() == "x" and (there / "mine").read_text() == "mine"


@case("/new/builds-checks-trains")
def whole():
    out, err = new("lift")
    project = folder / "lift"
    assert err == ""
    for command in "meson setup build", "simhost check build/lift.so", "simhost train lift.ink":
        assert command in out, out
    # As if it were installed.
    call(MESON, "install", "-C", BUILD, "--no-rebuild", "--tags", "devel", "--destdir", folder / "root")
    (description,) = (folder / "root").rglob("simhost-plugin.pc")
    headers = {"PKG_CONFIG_LIBDIR": str(description.parent), "PKG_CONFIG_SYSROOT_DIR": str(folder / "root")}
    said = call(MESON, "setup", "build", cwd=project, **headers) + call(MESON, "compile", "-C", "build", cwd=project, **headers)
    assert "warning" not in "".join(said).lower(), said

    out, _ = call(SIMHOST, "check", "build/lift.so", "--json", "--seed", "1", cwd=project)
    assert json.loads(out.splitlines()[-1])["failed"] == 0, out

    out, _ = call(
        SIMHOST,
        "train",
        "lift.ink",
        "--seed",
        "1",
        "--json",
        cwd=project,
        SIMHOST_PLUGIN_PATH=str(project / "build"),
        SIMHOST_DATA_HOME=str(folder / "data"),
        XDG_CACHE_HOME=str(folder / "cache"),
    )
    events = [json.loads(line) for line in out.splitlines()]
    assert events[0]["simulator"] == "lift", events[0]
    assert events[-1]["event"] == "finished" and events[-1]["reason"] == "curriculum-met", events[-1]


@case("/new/there-already")
def there_already():
    (folder / "taken").mkdir()
    (folder / "taken" / "mine").write_text("mine")
    (folder / "file").write_text("mine")
    for name in "taken", "file":
        out, err = new(name, status=1)
        assert out == "" and "is there already" in err and err.count("\n") == 1, err
    assert [file.name for file in (folder / "taken").iterdir()] == ["mine"]
    out, err = new("lift", "--dir", folder / "file", status=1)
    assert "cannot make" in err and "Not a directory" in err, err


@case("/new/names")
def names():
    wrong = ["", "2nd", "_a", "a_", "a__b", "Lift", "pa per", "a-b", "../up", "a/b", "\u00e9t\u00e9", "x" * 49]
    reserved = ["test", "simulator", "simhost_random"]
    for name in wrong + reserved:
        out, err = new("--", name, status=2) if name.startswith("-") else new(name, status=2)
        assert out == "" and err.startswith("simhost: new: ") and err.count("\n") == 1, err
        assert ("small letters" in err) == (name in wrong), err
    new("x" * 48)
    new("double")
    new("exp")


@case("/new/usage")
def usage():
    for arguments in [], ["a", "b"], ["a", "--wrong"]:
        out, err = new(*arguments, status=2)
        assert out == "" and err.startswith("simhost: new: "), err


run()
