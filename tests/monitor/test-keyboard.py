# SPDX-License-Identifier: LGPL-2.1-or-later

"""The monitor's window by the keyboard alone.

  test-keyboard.py SIMHOST MONITOR PLUGIN-FOLDER BAD-PLUGIN-FOLDER"""

import signal
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "daemon"), str(HERE.parent / "plugins")]

import tap
from bus import DEADLINE, KEY
from screen import House

SIMHOST, MONITOR, PLUGINS, BAD = sys.argv[1], sys.argv[2], *map(Path, sys.argv[3:5])
CARTPOLE, COUNTER, CRASH = PLUGINS / "cartpole.so", PLUGINS / "counter.so", BAD / "crash-init.so"


class Keys(House):
    """The pointer stays where each window of the monitor is, and keys go there."""

    def __init__(self, **options):
        super().__init__(SIMHOST, MONITOR, **options)

    def __enter__(self):
        bus, screen = super().__enter__()
        screen.point(150, 80)
        return bus, screen


def press(screen, *keys):
    for key in keys:
        screen.press(key)


def the(bus, kind):
    """The only object of a kind: its path, or None."""
    paths = [path for path in bus.managed() if f"/{kind}/" in path]
    assert len(paths) < 2, paths
    return paths[0] if paths else None


def delete(bus, screen, kind, name):
    """Once not, and then all the same."""
    path = the(bus, kind)
    press(screen, "Ctrl+Delete")
    screen.wait_for(f"^Delete {name}\\?$")
    press(screen, "Escape")
    screen.wait_gone(f"^Delete {name}\\?$")
    # Return is for what does no harm.
    press(screen, "Ctrl+Delete")
    screen.wait_for(f"^Delete {name}\\?$")
    press(screen, "Return")
    screen.wait_gone(f"^Delete {name}\\?$")
    assert the(bus, kind) == path
    press(screen, "Ctrl+Delete")
    screen.wait_for(f"^Delete {name}\\?$")
    press(screen, "Tab", "Return")
    bus.wait(lambda: the(bus, kind) is None)
    screen.wait_gone(f"^{kind.capitalize()} {name}", "list item")


def reached(screen):
    """All that Tab goes to, until it comes back."""
    seen = []
    while (now := screen.tab()[2]) not in seen:
        seen.append(now)
        assert len(seen) < 100, seen
    return set(seen)


def enabled(screen):
    """The buttons that can be used; the desktop closes windows by keys of its own."""
    return {name for it, role, name in screen.walk()
            if role == "button" and screen.is_enabled(it)} - {"Minimize", "Maximize", "Close"}


@tap.case("/monitor/keyboard/session-from-beginning-to-end")
def session():
    with Keys() as (bus, screen):
        bus.add(CARTPOLE)
        url = bus.serve("cartpole")
        screen.wait_for("^Default reward: ", "list item")
        press(screen, "Ctrl+n")
        screen.wait_for("^Address$", "text box")
        screen.type("lift")
        # The row of the instances, and their number.
        press(screen, "Tab", "Tab")
        screen.type("2")
        # Purpose, address, brain, access key.
        press(screen, "Tab", "Tab")
        screen.type(url)
        press(screen, "Tab", "Tab")
        screen.type(KEY)
        press(screen, "Return")
        screen.wait_gone("^Address$", "text box")
        screen.wait_for("^Session lift: Running", "list item")
        # Its page is there for keys.
        screen.wait_for("^State: Running$", "list item")
        path = the(bus, "session")
        state = lambda: bus.managed()[path]["State"]
        made = bus.managed()[path]
        assert (made["Name"], made["Instances"], made["Mode"]) == ("lift", 2, "train"), made
        assert url in made["Engine"], made

        press(screen, "Ctrl+period")
        bus.wait(lambda: state() == "stopped")
        screen.wait_for("^Session lift: Stopped", "list item")
        press(screen, "Ctrl+Return")
        bus.wait(lambda: state() == "running")
        screen.wait_for("^Session lift: Running", "list item")
        worker = bus.managed()[path]["Pid"]
        press(screen, "Ctrl+Shift+r")
        bus.wait(lambda: state() == "running" and bus.managed()[path]["Pid"] not in (0, worker))
        delete(bus, screen, "session", "lift")


@tap.case("/monitor/keyboard/brain-from-beginning-to-end")
def brain():
    with Keys() as (bus, screen):
        bus.add(CARTPOLE)
        file = bus.endless("cartpole")
        screen.wait_for("^Default reward: ", "list item")
        press(screen, "Ctrl+t")
        screen.wait_for("^Text of the curriculum$")
        screen.type("pole")
        screen.tab_to("^Choose a File")
        press(screen, "Return")
        screen.wait_for("^_Open", "button")
        screen.type(str(file))
        press(screen, "Return")
        screen.wait_gone("^_Open", "button")
        bus.wait(lambda: screen.text("^Text of the curriculum$") == file.read_text())
        screen.tab_to("^Train$")
        press(screen, "Return")
        screen.wait_gone("^Text of the curriculum$")
        screen.wait_for("^Brain pole: Training", "list item")
        screen.wait_for("^Stop Training$", "button")
        press(screen, "Ctrl+period")
        screen.wait_for("^Ended by: Interrupted$", "list item")
        # It goes on only when its process has ended.
        screen.wait_for("^Train Further$", "button")
        press(screen, "Ctrl+t")
        screen.wait_for("^Stop Training$", "button")
        press(screen, "Ctrl+period")
        screen.wait_for("^Train Further$", "button")
        delete(bus, screen, "brain", "pole")


@tap.case("/monitor/keyboard/window-and-list")
def window():
    with Keys(start=False) as (bus, screen):
        screen.wait_for("The Daemon Is Not Running")
        screen.tab_to("^Start the Daemon$")
        press(screen, "Return")
        screen.wait_for("No Simulators Yet")
        screen.tab_to("^Open the Folder$")
        press(screen, "F10")
        screen.wait_for("^Look for Simulators Again$", "menu item")
        press(screen, "Escape")
        screen.wait_gone("^Look for Simulators Again$", "menu item")

        # Nobody else may write where plugins are; that it is so no more is not seen by
        # itself.
        bus.plugins.chmod(0o777)
        bus.add(CARTPOLE)
        screen.wait_for("^Plugin cartpole.so: ", "list item")
        bus.plugins.chmod(0o755)
        press(screen, "F5")
        screen.wait_for("^Simulator cartpole: ", "list item")
        screen.wait_gone("^Plugin cartpole.so: ", "list item")
        bus.add(COUNTER)
        screen.wait_for("^Simulator counter: ", "list item")

        # Along the list by the arrows, past it by Tab.
        screen.tab_to("^Simulator cartpole")
        screen.wait_for("^Default reward: balance$", "list item")
        press(screen, "Down")
        screen.wait_gone("^Default reward: balance$", "list item")
        screen.wait_focused("^Simulator counter")
        press(screen, "Up")
        screen.wait_for("^Default reward: balance$", "list item")
        screen.wait_focused("^Simulator cartpole")
        assert screen.tab()[2].startswith("Train a Brain")

        press(screen, "Ctrl+f")
        screen.wait_focused("", "search box")
        screen.type("COUNT")
        screen.wait_gone("^Simulator cartpole: ", "list item")
        screen.wait_for("^Simulator counter: ", "list item")
        press(screen, "Escape")
        screen.wait_for("^Simulator cartpole: ", "list item")

        press(screen, "Ctrl+?")
        screen.wait_for("^Restart$", "label")
        press(screen, "Escape")
        screen.wait_gone("^Restart$", "label")
        screen.choose_menu("About Simhost Monitor")
        screen.wait_for("^About$", "window")
        press(screen, "Escape")
        screen.wait_gone("^About$", "window")
        press(screen, "Ctrl+w")
        assert screen.process.wait(DEADLINE) == 0
        screen.run()
        press(screen, "Ctrl+q")
        assert screen.process.wait(DEADLINE) == 0


@tap.case("/monitor/keyboard/search-takes-in-what-is-typed-ahead")
def search():
    with Keys() as (bus, screen):
        for plugin in CARTPOLE, COUNTER:
            bus.add(plugin)
        screen.wait_for("^Simulator cartpole: ", "list item")
        screen.wait_for("^Simulator counter: ", "list item")
        screen.display.sync(DEADLINE)
        # All are there before the window draws the search bar.
        screen.process.send_signal(signal.SIGSTOP)
        try:
            for keys in "Ctrl+f", *"count":
                screen.send(keys)
        finally:
            screen.process.send_signal(signal.SIGCONT)
        screen.wait_gone("^Simulator cartpole: ", "list item")
        screen.wait_for("^Simulator counter: ", "list item")


@tap.case("/monitor/keyboard/tab-reaches-every-button")
def reaches():
    with Keys() as (bus, screen):
        bus.add(CARTPOLE)
        bus.add(CRASH)
        screen.wait_for("^Simulator cartpole: ", "list item")
        bus.run("train", HERE.parents[1] / "data" / "curricula" / "cartpole.ink", "--seed", "1")
        bus.run("start", "cartpole", "--name", "lift", "--url", bus.serve("cartpole"),
                "--accesskey", KEY)
        for row, buttons in (
                ("^Simulator cartpole", {"Train a Brain…", "Start a Session…"}),
                ("^Plugin crash-init.so", {"Look Again"}),
                ("^Session lift: Running", {"Stop", "Restart", "Delete…"}),
                ("^Brain cartpole", {"Train Further", "Delete…"})):
            screen.choose(row)
            for name in buttons:
                screen.wait_for(f"^{name}$", "button")
            # A page that goes is there for a while yet.
            wanted = buttons | {"Search", "Main menu"}
            bus.wait(lambda: screen.unless_gone(lambda: enabled(screen)) == wanted)
            assert wanted <= reached(screen), (row, wanted)


@tap.case("/monitor/keyboard/narrow-there-and-back")
def narrow():
    with Keys(width=360, height=640) as (bus, screen):
        bus.add(CARTPOLE)
        screen.wait_for("^Simulator cartpole: ", "list item")
        assert reached(screen) == {
            "Search", "Main menu",
            "Simulator cartpole: Balances a pole on a cart by pushing the cart."}
        screen.tab_to("^Simulator cartpole: ")
        press(screen, "Return")
        screen.tab_to("^Back to the list$")
        assert reached(screen) >= {"Back to the list", "Train a Brain…", "Start a Session…"}
        press(screen, "Alt+Left")
        screen.tab_to("^Simulator cartpole: ")


tap.run()
