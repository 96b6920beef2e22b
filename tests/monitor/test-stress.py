# SPDX-License-Identifier: LGPL-2.1-or-later

"""The monitor's window where there is little room, where there is much to show, and where
the daemon goes and comes.

  test-stress.py SIMHOST MONITOR PLUGIN-FOLDER BAD-PLUGIN-FOLDER"""

import os
import signal
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "daemon"), str(HERE.parent / "plugins")]

import tap
from bus import KEY, ROOT, GLib
from screen import House

SIMHOST, MONITOR, PLUGINS, BAD = sys.argv[1], sys.argv[2], *map(Path, sys.argv[3:5])
CARTPOLE, COUNTER = PLUGINS / "cartpole.so", PLUGINS / "counter.so"
CURRICULUM = HERE.parents[1] / "data" / "curricula" / "cartpole.ink"


def house(**options):
    return House(SIMHOST, MONITOR, **options)


@tap.case("/monitor/stress/everything-fits-a-telephone")
def fits():
    def measure(screen, window):
        """Where all that has a name begins and ends; None if some of it went meanwhile."""
        shown = list(screen.walk())
        at = next(i for i, (it, _, _) in enumerate(shown) if it == window)
        try:
            places = [(name, *screen.extents(it)) for it, role, name in shown[at:]
                      if name and role != "widget"]
        except GLib.Error:
            return None
        return [(name, x, x + width) for name, x, _, width, _ in places if width > 0]

    def check(screen, sign):
        """The newest window is no wider than the screen, and nothing stands out of it."""
        screen.wait_for(sign)
        *_, window = screen.windows()
        width = screen.size(window)[0]
        assert screen.size()[0] == 360 and width <= 360

        # A page that comes slides in: until then it stands out.
        def fits():
            places = measure(screen, window)
            return places and all(0 <= begin and end <= width for _, begin, end in places)

        bus.wait(fits)

    def show(kind, name):
        path, = (path for path, it in bus.managed().items()
                 if f"/{kind}/" in path and name in (it.get("Name"), Path(it.get("File", "")).name))
        screen.show(path)

    long = "the-brain-of-" + "the-very-long-name-" * 2 + "and-more"
    file = "a-plugin-that-" + "has-a-name-that-is-much-longer-than-" * 3 + "others.so"
    with house(start=False, width=360, height=640) as (bus, screen):
        check(screen, "The Daemon Is Not Running")
        screen.click("Start the Daemon")
        check(screen, "No Simulators Yet")
        bus.add(CARTPOLE)
        screen.wait_for("^Simulator cartpole: ", "list item")
        bus.add(BAD / "crash-init.so", file)
        url = bus.serve("cartpole")
        for name, key in ("lift", KEY), ("wrong", "wrong"):
            bus.run("start", "cartpole", "--name", name, "--url", url, "--accesskey", key)
        bus.run("train", CURRICULUM, "--seed", "1", "--brain", long)
        screen.wait_for(f"^Brain {long}: Trained", "list item")
        screen.wait_for(f"^Plugin {file}: crashed in init", "list item")
        assert screen.size() == (360, 640)
        show("plugin", file)
        check(screen, f"^File: ~/plugins/{file}$")
        show("session", "wrong")
        check(screen, "^State: Failed$")
        show("session", "lift")
        bus.wait(lambda: "running" in screen.text("^Log$"))
        check(screen, "^State: Running$")
        show("brain", long)
        screen.wait_for("^Mean return$", "image")
        check(screen, "^State: Trained$")
        screen.point(150, 80)
        screen.press("Ctrl+Delete")
        check(screen, f"^Delete {long}\\?$")
        screen.press("Escape")
        screen.wait_gone(f"^Delete {long}\\?$")
        show("simulator", "cartpole")
        check(screen, "^Default reward: balance$")
        screen.click("Start a Session")
        check(screen, "^Address$")
        screen.click("Cancel")
        screen.wait_gone("^Address$")
        screen.click("Train a Brain")
        check(screen, "^Text of the curriculum$")


@tap.case("/monitor/stress/returns-to-its-page-with-the-daemon")
def returns():
    with house() as (bus, screen):
        for plugin in CARTPOLE, COUNTER:
            bus.add(plugin)
        screen.wait_for("^Simulator counter: ", "list item")
        bus.run("train", CURRICULUM, "--seed", "1")
        screen.wait_for("^Brain cartpole: Trained", "list item")
        screen.choose("^Brain cartpole")
        screen.wait_for("^Mean return: ", "list item")
        for number in signal.SIGTERM, signal.SIGKILL:
            os.kill(bus.pid(), number)
            screen.wait_for("The Daemon Is Not Running")
            screen.click("Start the Daemon")
            screen.wait_for("^Mean return: ", "list item")
        # What is not there again is not waited for.
        session = bus.call(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole", {
            "engine": GLib.Variant("s", "http://127.0.0.1:1"),
            "accesskey": GLib.Variant("s", KEY)})[0]
        screen.show(session)
        screen.wait_for("^State: Connecting$", "list item")
        os.kill(bus.pid(), signal.SIGKILL)
        screen.wait_for("The Daemon Is Not Running")
        screen.click("Start the Daemon")
        screen.wait_for("^Default reward: balance$", "list item")


@tap.case("/monitor/stress/hundred-clicks-and-sixty-sessions")
def clicks():
    with house() as (bus, screen):
        bus.add(CARTPOLE)
        screen.wait_for("^Simulator cartpole: ", "list item")
        url = bus.serve("cartpole")
        options = {"engine": GLib.Variant("s", url), "accesskey": GLib.Variant("s", "wrong")}
        for i in range(60):
            bus.call(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole",
                     options | {"name": GLib.Variant("s", f"lift-{i:02}")})
        last, = (path for path, it in bus.managed().items() if it.get("Name") == "lift-59")
        screen.show(last)
        screen.wait_for("^State: Failed$", "list item")
        # Its row is in sight.
        screen.wait_for("^Session lift-59: ", "list item")

        def in_sight():
            row = screen.find("^Session lift-59: ", "list item")
            return row and 0 < screen.extents(row)[1] < screen.height

        bus.wait(lambda: screen.unless_gone(in_sight))
        screen.point(150, 80)
        for _ in range(30):
            for keys in "Ctrl+Return", "Ctrl+period", "Ctrl+Shift+r":
                screen.press(keys)
        screen.press("Ctrl+Delete")
        screen.wait_for("^Delete lift-59\\?$")
        screen.click("Delete$")
        bus.wait(lambda: last not in bus.managed())
        screen.wait_gone("^Session lift-59", "list item")
        assert len([it for it in bus.managed() if "/session/" in it]) == 59


tap.run()
