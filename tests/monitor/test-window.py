# SPDX-License-Identifier: LGPL-2.1-or-later

"""The monitor's window on a screen, against a living daemon with real plugins,
sessions and an engine.

  test-window.py SIMHOST MONITOR PLUGIN-FOLDER BAD-PLUGIN-FOLDER"""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "daemon"), str(HERE.parent / "plugins")]

import tap
from bus import DEADLINE, KEY, ROOT, Bus, GLib
from screen import DARK, LINE_LIGHT, House

SIMHOST, MONITOR, PLUGINS, BAD = sys.argv[1], sys.argv[2], *map(Path, sys.argv[3:5])
CARTPOLE = PLUGINS / "cartpole.so"


def house(**options):
    return House(SIMHOST, MONITOR, **options)


@tap.case("/monitor/window/starts-the-daemon-and-follows-its-folders")
def follows():
    with house(start=False) as (bus, screen):
        screen.wait_for("The Daemon Is Not Running")
        assert bus.pid() == 0
        screen.click("Start the Daemon")
        screen.wait_for("No Simulators Yet")
        screen.wait_for("Put the .so file of a simulator into ~/plugins,\n")
        assert bus.pid() != 0
        bus.add(CARTPOLE)
        screen.wait_for("^Simulator cartpole: Balances a pole", "list item")
        # It is shown at once, since it is the only one.
        screen.wait_for("^Default reward: balance$", "list item")
        screen.wait_for("^angle", "list item")
        bad = bus.add(BAD / "crash-init.so")
        screen.wait_for("^Plugin crash-init.so: .*crashed in init", "list item")
        screen.choose("^Plugin crash-init.so")
        screen.wait_for("^File: ~/plugins/crash-init.so$", "list item")
        screen.wait_for("^crashed in init")
        screen.wait_for("^State: Failed$", "list item")
        bad.unlink()
        screen.wait_gone("crash-init.so")
        screen.wait_for("^Default reward: balance$", "list item")
        os.kill(bus.pid(), signal.SIGTERM)
        screen.wait_for("The Daemon Is Not Running")


@tap.case("/monitor/window/starts-a-session-and-draws-its-returns")
def session():
    with house() as (bus, screen):
        bus.add(CARTPOLE)
        url = bus.serve("cartpole")
        screen.click("Start a Session")
        screen.fill("Address", url)
        screen.fill("Access key", KEY)
        screen.click("^Start$")
        screen.wait_for("^Session cartpole: Running", "list item")
        screen.wait_for("^State: Running$", "list item")
        screen.wait_for("^Engine: " + url, "list item")
        path, = (it for it in bus.managed() if "/session/" in it)
        worker = bus.managed()[path]["Pid"]
        screen.wait_for(f"^Process: {worker}$", "list item")
        screen.wait_for("^Mean return, last 100 episodes: [0-9]", "list item")
        bus.wait(lambda: "Last value" in screen.description("^Return$", "image"))
        # From the left of it to the right; nothing else on this page is blue.
        bus.wait(lambda: len({x for x, _ in screen.find_color(LINE_LIGHT)}) > 400)
        bus.wait(lambda: "connected to" in screen.text("^Log$"))
        screen.click("^Stop$")
        screen.wait_for("^State: Stopped$", "list item")
        screen.click("^Start$")
        screen.wait_for("^State: Running$", "list item")
        screen.click("^Delete")
        screen.wait_for("Delete cartpole\\?")
        screen.click("Cancel")
        screen.wait_gone("Delete cartpole\\?")
        assert path in bus.managed()
        screen.click("^Delete")
        screen.click("Delete$")
        bus.wait(lambda: path not in bus.managed())
        screen.wait_gone("^Session cartpole")


@tap.case("/monitor/window/trains-and-draws-the-curve")
def train():
    with house() as (bus, screen):
        notified = bus.desktop()
        bus.add(CARTPOLE)
        screen.click("Train a Brain")
        path, = (it for it in bus.managed() if "/simulator/" in it)
        own = bus.call(path, "Simulator.GetCurriculum")[0]
        assert 'inkling "2.0"' in own, own
        bus.wait(lambda: screen.text("^Text of the curriculum$") == own)
        screen.fill("^Brain$", "pole")
        screen.click("^Train$")
        # The brain's page is shown, with what the training does.
        screen.wait_for("^Iteration rate: ", "list item")
        bus.wait(lambda: "Last value" in screen.description("^Mean return$", "image"))
        bus.wait(lambda: len({x for x, _ in screen.find_color(LINE_LIGHT)}) > 400)
        bus.wait(lambda: notified)
        assert notified[0][0] == "Brain 'pole' has learnt its curriculum", notified
        screen.wait_for("^Brain pole: Trained, mean return [0-9]", "list item")
        screen.wait_for("^Ended by: Curriculum met$", "list item")
        # Others may have it shown, too.
        screen.choose("^Simulator cartpole")
        screen.wait_for("^Default reward: balance$", "list item")
        run, = (it for it in bus.managed() if "/run/" in it)
        screen.show(run)
        screen.wait_for("^Ended by: Curriculum met$", "list item")
        assert len(notified) == 1, notified


@tap.case("/monitor/window/says-what-the-daemon-refuses")
def refused():
    with house() as (bus, screen):
        bus.add(CARTPOLE)
        screen.click("Start a Session")
        screen.fill("Address", "nonsense")
        screen.fill("Access key", "k")
        said = bus.refused(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole",
                           {"engine": GLib.Variant("s", "nonsense"),
                            "accesskey": GLib.Variant("s", "k")})[1]
        screen.click("^Start$")
        assert "nonsense" in said, said
        screen.wait_for("^" + said)
        # The dialog is still there, for another try.
        screen.wait_for("^Address$", "text box")
        assert not [it for it in bus.managed() if "/session/" in it]


@tap.case("/monitor/window/every-control-has-a-name")
def names():
    controls = ("button", "toggle button", "text box", "search box", "spin button", "combo box",
                "check box", "radio button", "list item", "menu button")

    def check(screen):
        unnamed = [(role, name) for _, role, name in screen.walk()
                   if role in controls and (not name or re.match("(Gtk|Adw|Sh)[A-Z]", name))]
        # Adwaita's own: the row that a combo shows.
        unnamed = [it for it in unnamed if it != ("list item", "")]
        assert not unnamed, unnamed
        return len([1 for _, role, _ in screen.walk() if role in controls])

    with house(start=False) as (bus, screen):
        screen.wait_for("Start the Daemon")
        assert check(screen) >= 2
        screen.click("Start the Daemon")
        bus.add(CARTPOLE)
        # What comes first is shown.
        screen.wait_for("^Default reward: balance$", "list item")
        bus.add(BAD / "crash-init.so")
        screen.wait_for("^Plugin crash-init.so", "list item")
        assert check(screen) >= 10
        screen.click("Start a Session")
        screen.wait_for("^Address$", "text box")
        check(screen)
        screen.click("Cancel")
        screen.click("Train a Brain")
        screen.wait_for("^Muscles", "spin button")
        check(screen)


@tap.case("/monitor/window/narrow-and-dark")
def narrow():
    with house(width=360, height=640, dark=True) as (bus, screen):
        bus.add(CARTPOLE)
        screen.wait_for("^Simulator cartpole", "list item")
        path, = (it for it in bus.managed() if "/simulator/" in it)
        screen.show(path)
        screen.wait_for("^Default reward: balance$", "list item")
        assert screen.size() == (360, 640), screen.size()
        # Libadwaita's dark background, over most of the window.
        bus.wait(lambda: len(screen.find_color(DARK)) > 360 * 640 / 4)


@tap.case("/monitor/command/words-and-surroundings")
def command():
    with Bus(SIMHOST) as bus:
        def run(*words, **environment):
            done = subprocess.run([MONITOR, *words], env=bus.environment | environment,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True,
                                  timeout=DEADLINE)
            return done.returncode, done.stdout, done.stderr

        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            bus.environment.pop(name, None)
        version = bus.run("--version").stdout.split()[1]
        assert run("--version") == (0, f"simhost-monitor {version}\n", "")
        status, out, said = run("--help")
        assert status == 0 and "--version" in out and not said, (out, said)
        for words in (["--bogus"], ["more"]):
            status, out, said = run(*words)
            assert status == 2 and said.count("\n") == 1 and "--help" in said, said
        status, out, said = run()
        assert status == 1 and said.count("\n") == 1 and "no display" in said, said
        status, out, said = run(DBUS_SESSION_BUS_ADDRESS=f"unix:path={bus.top}/nothing")
        assert status == 1 and said.count("\n") == 1 and "no session bus" in said, said


tap.run()
