# SPDX-License-Identifier: LGPL-2.1-or-later

"""An engine with muscles of its own: what is looked for holds up nobody.

Usage: test-muscles.py SIMHOST HELD.so
"""

import os
import shutil
import sys
import tempfile
import time

from common import equal, tap
from engine import Engine, program
from restclient import Brains, answered, simulate
from wsclient import DEADLINE

# Of a plugin whose loading the tests hold.
FICKLE = program(
    simulator="fickle",
    state="seed: number, step: number, level: number",
    action="push: number<-1 .. 1>",
    config="length: number, level: number, deed: number, at: number",
    lessons="lesson one { scenario { length: 10, level: 0, deed: 0, at: 0 } }",
)


class Hold:
    """Until it is let go, a probe of the plugin that an engine finds is not over."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="simhost-hold-")
        self.pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(self.pipe)
        self.end = os.open(self.pipe, os.O_RDWR)
        self.plugins = os.path.join(self.folder, "plugins")
        os.mkdir(self.plugins)
        shutil.copy(sys.argv[2], self.plugins)

    def engine(self, programs=None):
        return Engine(
            programs or {},
            ["--muscles", "1"],
            environment={
                "SIMHOST_PLUGIN_PATH": self.plugins,
                "SIMHOST_TEST_HOLD": self.pipe,
                # Where nothing is known yet.
                "XDG_CACHE_HOME": os.path.join(self.folder, "cache"),
            },
        )

    def let_go(self):
        # Whoever comes later finds none.
        os.unlink(self.pipe)
        os.close(self.end)
        self.end = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.end is not None:
            os.close(self.end)
        shutil.rmtree(self.folder)


# Seconds that a probe may take.
PROBE_DEADLINE = 5


def play_during_a_probe():
    """False: the machine was too busy; the probe was given up, as it took too long."""
    with Hold() as hold, hold.engine() as engine:
        brains = Brains(engine)
        begun = time.monotonic()
        answered(brains.create("fickle", FICKLE))
        answered(brains.train("fickle"))
        # Meanwhile others are served, and it is itself.
        answered(brains.create("walk", program()))
        answered(brains.train("walk"))
        client = simulate(engine, "walk")
        equal(brains.state("fickle"), "In Progress")
        equal(brains.status("fickle")["iteration"], 0)
        hold.let_go()
        end = time.monotonic() + DEADLINE
        while brains.status("fickle")["episode"] == 0:
            if "'fickle' is trained without muscles" in engine.errors():
                assert time.monotonic() >= begun + PROBE_DEADLINE, engine.errors()
                return False
            assert time.monotonic() < end, engine.errors()
            client.turn()
        answered(brains.stop("fickle"))
        brains.wait_state("fickle", "Stopped")
        return True


@tap.case("/muscles/a-slow-probe-holds-up-nobody")
def _():
    assert any(play_during_a_probe() for _ in range(10))


@tap.case("/muscles/not-found-is-said-once")
def _():
    with Hold() as hold:
        hold.let_go()
        with hold.engine() as engine:
            brains = Brains(engine)
            answered(brains.create("walk", program()))
            answered(brains.train("walk"))
            client = simulate(engine, "walk")
            end = time.monotonic() + DEADLINE
            while "without muscles" not in engine.errors():
                assert time.monotonic() < end, engine.errors()
                client.turn()
            words = "brain 'walk' is trained without muscles: there is no simulator 'walker'; there are 'fickle'"
            equal(engine.errors().count(words), 1)


TEAM = '''inkling "2.0"
type State { seed: number, step: number, level: number }
type Action { push: number<-1 .. 1> }
type Config { length: number, level: number, deed: number, at: number }
simulator walker (action: Action, config: Config): State { }
simulator fickle (action: Action, config: Config): State { }
simulator runner (action: Action, config: Config): State { }
graph (input: State): Action {
  concept First (input): Action { curriculum { source walker } }
  concept Second (First): Action { curriculum { source fickle } }
  output concept Third (Second): Action { curriculum { source runner } }
}
'''


@tap.case("/muscles/not-found-for-a-later-concept-is-said-at-the-beginning")
def _():
    lines = [
        "brain 'team' is trained without muscles: there is no simulator 'walker'; there are 'fickle'",
        "concept 'Third' of brain 'team' will be trained without muscles: "
        "there is no simulator 'runner'; there are 'fickle'",
    ]
    # Begun by a client, and from a file. Nobody plays: each is at its beginning.
    for programs in ({}, {"team": TEAM}):
        with Hold() as hold:
            hold.let_go()
            with hold.engine(programs) as engine:
                brains = Brains(engine)
                if not programs:
                    answered(brains.create("team", TEAM))
                    answered(brains.train("team"))
                end = time.monotonic() + DEADLINE
                while "'Third'" not in engine.errors():
                    assert time.monotonic() < end, engine.errors()
                    equal(brains.status("team")["iteration"], 0)
                said = [line for line in engine.errors().splitlines() if "without muscles" in line]
                equal([line.removeprefix("simhost: serve: ") for line in said], lines)


@tap.case("/muscles/what-ends-meanwhile-gets-none")
def _():
    with Hold() as hold, hold.engine() as engine:
        brains = Brains(engine)
        for name in ("stopped", "deleted", "again", "going-on"):
            answered(brains.create(name, FICKLE))
            answered(brains.train(name))
        answered(brains.stop("stopped"))
        brains.wait_state("stopped", "Stopped")
        answered(brains.delete("deleted"))
        answered(brains.stop("again"))
        brains.wait_state("again", "Stopped")
        answered(brains.train("again"))
        equal(brains.state("again"), "In Progress")
        # The engine ends with what it is looking for.
        equal(engine.stop(), 0)


tap.run()
