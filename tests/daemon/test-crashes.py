# SPDX-License-Identifier: LGPL-2.1-or-later

"""Workers that die in every way, again and again, under one daemon.

  test-crashes.py SIMHOST PLUGIN-API-FOLDER [--deaths=N] COMPILER..."""

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]

import tap
from bus import DEADLINE, KEY, ROOT, Bus
from costs import Costs

SIMHOST, API, *COMPILER = sys.argv[1:]
DEATHS = int(COMPILER.pop(0).removeprefix("--deaths=")) if COMPILER[0].startswith("--deaths=") else 50
# As sh-restarts.h has it: what a session dies of before it is given up.
BOUND = 5

# The statement, and what is said of it.
WAYS = {
    "segfault": ("raise (SIGSEGV)", "crashed in advance: segmentation fault"),
    "abort": ("abort ()", "crashed in advance: aborted"),
    "exit": ("exit (7)", r"ended the process in advance \(exit status 7\)"),
    # On a machine that is busy any call may take that long.
    "hang": ("for (;;) pause ()", r"did not return from \w+ within 1 s"),
    "memory": ("for (;;) *(char *) malloc (1u << 26) = 1", "crashed in advance: segmentation fault"),
}
# Of the sessions that die so.
SETTINGS = {"hang": "call-timeout=1", "memory": "memory=128M"}


class House(Bus):
    def build(self, way):
        path = self.top / f"{way}.so"
        subprocess.run([*COMPILER, "-shared", "-fPIC", f"-I{API}", '-DLIFT_VERSION="1"', "-DLIFT_CRASH=20",
                        f'-DLIFT_NAME="lift_{way}"', f"-DLIFT_DEATH={WAYS[way][0]}", "-O0",
                        HERE / "lift.c", "-o", path, "-lm"], check=True, timeout=DEADLINE)
        self.add(path)

    def configure(self, sessions, urls):
        file = self.top / "config" / "simhost" / "simhost.conf"
        file.parent.mkdir(parents=True)
        file.touch(0o600)
        file.write_text("[daemon]\nnotifications=false\n" + "".join(
            f"[session {name}]\nsimulator=lift_{way}\nengine={urls[way]}\naccesskey={KEY}\n"
            f"autostart=false\n{SETTINGS.get(way, '')}\n"
            for name, way in sessions.items()))


def die(house, sessions):
    """Each session until it is given up, which it may have been before."""
    paths = [f"{ROOT}/session/{name}" for name in sessions]
    for path in paths:
        house.call(path, "Session.Start")

    def failed():
        objects = house.managed()
        them = [objects[path] for path in paths]
        return them if all(it["State"] == "failed" for it in them) else None

    for it in house.wait(failed):
        way = it["Simulator"].removeprefix("lift_")
        assert f"gave up after {BOUND} deaths" in it["LastError"], it
        assert re.search(WAYS[way][1], it["LastError"]) and it["Restarts"] == BOUND - 1, it
        assert it["Pid"] == 0, it


@tap.case("/daemon/crashes/many-cost-nothing-that-lasts")
def crashes():
    with House(SIMHOST) as house:
        house.manager()
        # It wants terabytes of addresses itself.
        ways = [way for way in WAYS if way != "memory" or not Costs(house).sanitized]
        for way in ways:
            house.build(way)
        urls = {way: house.serve(f"lift_{way}") for way in ways}
        n_each = max(1, DEATHS // (BOUND * len(ways) * 10))
        sessions = {f"{way}{i}": way for way in ways for i in range(n_each)}
        house.configure(sessions, urls)
        house.wait(lambda: len([path for path in house.managed() if "/session/" in path]) == len(sessions))
        pid = house.pid()
        die(house, sessions)
        before = Costs(house)
        n_deaths = BOUND * len(sessions)
        while n_deaths < DEATHS:
            die(house, sessions)
            n_deaths += BOUND * len(sessions)
        print(f"# {n_deaths} deaths", flush=True)
        assert before.has_no_more(house)
        assert house.pid() == pid


tap.run()
