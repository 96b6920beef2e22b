#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The template as an author uses it: renamed, and built on its own against the
installed headers and against a checkout.

    test-template.py MESON BUILD_FOLDER TEMPLATE_FOLDER
"""

import os
import pathlib
import subprocess
import sys
import tempfile

import plugin
from compare import compare
from tap import case, run

MESON, BUILD = sys.argv[1:3]
TEMPLATE = pathlib.Path(sys.argv[3])
FILES = {"README.md", "meson.build", "my_simulator.c", "my_simulator.ink"}

scratch = tempfile.TemporaryDirectory(prefix="simhost-template-")
folder = pathlib.Path(scratch.name)


def call(*arguments, **environment):
    inherited = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}
    done = subprocess.run(
        arguments,
        env={**inherited, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=240,
    )
    assert done.returncode == 0, f"{arguments} failed:\n{done.stdout}"
    return done.stdout


def renamed(name, camel):
    """A copy of the template under another name."""
    project = folder / name
    project.mkdir()
    for file in TEMPLATE.iterdir():
        content = file.read_text().replace("my_simulator", name).replace("MySimulator", camel)
        (project / file.name.replace("my_simulator", name)).write_text(content)
    return project


def build(project, **environment):
    output = call(MESON, "setup", str(project / "build"), str(project), **environment)
    assert "WARNING" not in output, output
    output = call(MESON, "compile", "-C", str(project / "build"), **environment)
    assert "warning" not in output, output
    return plugin.load(str(project / "build" / f"{project.name}.so"))


class Oracle:
    """Newton's law of cooling and a heater of 10 degrees an hour."""

    def reset(self, random):
        self.room = random.uniform(10, 25)

    def step(self, action):
        self.room += (10 * action["power"] - (self.room - 5) / 4) / 12
        return 1 / (1 + abs(self.room - 20)), not 5 <= self.room <= 35

    def state(self):
        return {"temperature": self.room, "outside": 5, "wanted": 20}


@case("/template/files")
def files():
    assert {file.name for file in TEMPLATE.iterdir()} == FILES


@case("/template/installed-headers")
def installed_headers():
    call(MESON, "install", "-C", BUILD, "--no-rebuild", "--tags", "devel", "--destdir", str(folder / "root"))
    (description,) = (folder / "root").rglob("simhost-plugin.pc")
    headers = sorted(path.name for path in (folder / "root").rglob("*.h"))
    assert headers == sorted(path.name for path in (TEMPLATE.parent / "simhost").glob("*.h")), headers
    assert {"event-driven.h", "external.h", "plugin.h", "random.h", "render.h", "snapshot.h"} <= set(headers), headers
    table, simulators = build(
        renamed("lift", "Lift"),
        PKG_CONFIG_LIBDIR=str(description.parent),
        PKG_CONFIG_SYSROOT_DIR=str(folder / "root"),
    )
    assert table.id == b"org.example.lift"
    lift = simulators["lift"]
    assert (lift.config.name, lift.action.name, lift.state.name) == (b"LiftConfig", b"LiftAction", b"LiftState")


@case("/template/checkout-headers")
def checkout_headers():
    _, simulators = build(renamed("room", "Room"), PKG_CONFIG_PATH=str(pathlib.Path(BUILD) / "meson-uninstalled"))
    compare(simulators["room"], Oracle())
    with plugin.Instance(simulators["room"]) as instance:
        instance.begin(1)
        for wrong in -0.1, 1.1, float("nan"):
            try:
                instance.advance(power=wrong)
            except plugin.Refused as refused:
                assert refused.status == plugin.ERROR and "power" in refused.reason
            else:
                raise AssertionError(f"power {wrong} was accepted")


run()
