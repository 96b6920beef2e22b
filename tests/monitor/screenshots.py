#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Draws the pictures of simhost-monitor for the documentation: each page of a living
daemon's, wide and narrow, and each dialog, light and dark.

  screenshots.py BUILD-FOLDER PICTURE-FOLDER"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "daemon"), str(HERE.parent / "plugins")]

from bus import KEY, ROOT, Bus, GLib
from screen import Screen

BUILD, PICTURES = (Path(it).resolve() for it in sys.argv[1:3])
CURRICULA = HERE.parents[1] / "data" / "curricula"
SIMULATORS = "cartpole", "elevator", "pendulum", "tic_tac_toe"
SIZES = {"wide": (980, 660), "narrow": (360, 640)}
EPISODES = 150
# Of a training, in the middle of its second lesson.
ITERATIONS = 150_000


class Home(Bus):
    """Files are where people have them."""

    def __enter__(self):
        super().__enter__()
        data = self.top / ".local" / "share"
        self.plugins = data / "simhost" / "plugins"
        self.plugins.mkdir(parents=True)
        places = {"XDG_DATA_HOME": str(data), "SIMHOST_DATA_HOME": str(data / "simhost"),
                  "SIMHOST_PLUGIN_PATH": ""}
        self.environment |= places
        self.ask_bus("UpdateActivationEnvironment", GLib.Variant("(a{ss})", (places,)), "()")
        return self


def path_of(bus, kind, name):
    return next((path for path, it in bus.managed().items()
                 if f"/{kind}/" in path and name in (it.get("Name"), Path(it.get("File", "")).name)),
                None)


def fill(bus):
    """Something of everything."""
    for name in SIMULATORS:
        bus.add(BUILD / "plugins" / f"{name}.so")
    bus.add(BUILD / "tests" / "plugins" / "bad" / "crash-init.so", "lift.so")
    for name in "tic_tac_toe", "cartpole":
        bus.run("train", CURRICULA / f"{name}.ink", "--seed", "1")
    bus.start()
    bus.run("start", "elevator", "--url", bus.serve("elevator"), "--accesskey", KEY)
    bus.wait(lambda: path_of(bus, "plugin", "lift.so"))


def draw(screen, page, *variant):
    # Sessions and trainings never rest.
    screen.settle(6)
    screen.save(PICTURES / ("-".join(["monitor", page, *variant]) + ".png"))


def show(bus, screen, kind, name, sign):
    screen.show(bus.wait(lambda: path_of(bus, kind, name)))
    screen.wait_for(sign)


def draw_pages(bus, screen, size, look):
    show(bus, screen, "simulator", "cartpole", "^Default reward")
    draw(screen, "simulator", size, look)
    show(bus, screen, "plugin", "lift.so", "^State: Failed")
    draw(screen, "plugin", size, look)
    show(bus, screen, "session", "elevator", "^State: Running")
    # Until there is something to be seen.
    path = path_of(bus, "session", "elevator")
    first = bus.managed()[path]["EpisodeCount"]
    bus.wait(lambda: bus.managed()[path]["EpisodeCount"] > first + EPISODES)
    draw(screen, "session", size, look)
    show(bus, screen, "brain", "tic_tac_toe", "^Mean return: ")
    screen.wait_for("^Mean return$", "image")
    draw(screen, "brain", size, look)
    if size == "narrow":
        screen.click("Back to the list")
        draw(screen, "list", size, look)


def draw_training(bus, screen, size, look):
    run = bus.call(ROOT, "Manager.Train", "(sa{sv})", (CURRICULA / "tic_tac_toe.ink").read_text(),
                   {"brain": GLib.Variant("s", "noughts"), "seed": GLib.Variant("t", 1)})[0]
    bus.wait(lambda: bus.managed()[run]["Iterations"] > ITERATIONS)
    screen.show(run)
    screen.wait_for("^Stop Training$", "button")
    screen.wait_for("^Mean return$", "image")
    draw(screen, "training", size, look)
    screen.click("^Stop Training$")
    screen.wait_for("^Train Further$", "button")


def draw_dialogs(bus, screen, look):
    def close(sign):
        screen.point(150, 80)
        screen.press("Escape")
        screen.wait_gone(sign)
        screen.point_away()

    show(bus, screen, "simulator", "cartpole", "^Default reward")
    screen.click("Start a Session")
    screen.wait_for("^Address$", "text box")
    draw(screen, "start", look)
    close("^Address$")

    goal = bus.top / "Documents" / "cartpole_goal.ink"
    goal.parent.mkdir()
    goal.write_text((CURRICULA / goal.name).read_text())
    screen.click("Train a Brain")
    screen.wait_for("^Text of the curriculum$")
    screen.point(150, 80)
    screen.choose_file(goal)
    screen.point_away()
    bus.wait(lambda: screen.text("^Text of the curriculum$") == goal.read_text())
    draw(screen, "train", look)
    close("^Text of the curriculum$")

    show(bus, screen, "brain", "tic_tac_toe", "^Mean return: ")
    screen.click("^Delete")
    screen.wait_for("^Delete tic_tac_toe")
    draw(screen, "delete", look)
    close("^Delete tic_tac_toe")

    for item, page, sign in (("Keyboard Shortcuts", "shortcuts", "^Restart$"),
                             ("About Simhost Monitor", "about", "^Legal$")):
        screen.point(150, 80)
        screen.choose_menu(item)
        screen.wait_for(sign)
        screen.point_away()
        draw(screen, page, look)
        close(sign)


def draw_all(bus, screen, size, look):
    draw_pages(bus, screen, size, look)
    draw_training(bus, screen, size, look)
    if size == "wide":
        draw_dialogs(bus, screen, look)


def draw_empty(bus, screen, size, look):
    screen.wait_for("The Daemon Is Not Running")
    draw(screen, "absent", size, look)
    screen.click("Start the Daemon")
    screen.wait_for("^Put the .so file")
    draw(screen, "empty", size, look)


def main():
    # Simulators that are built with others find what they link against.
    os.environ["LD_LIBRARY_PATH"] = str(BUILD / "tests" / "plugins" / "bad")
    monitor = BUILD / "monitor" / "simhost-monitor"
    for draw_them in draw_empty, draw_all:
        for size, (width, height) in SIZES.items():
            for look in "light", "dark":
                with Home(BUILD / "cli" / "simhost") as bus:
                    if draw_them is draw_all:
                        fill(bus)
                    with Screen(bus, monitor, width, height, look == "dark",
                                beside=40) as screen:
                        screen.run()
                        screen.point_away()
                        draw_them(bus, screen, size, look)


main()
