#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Draws the pictures of simhost-monitor for the documentation: each page of a living
daemon's, wide and narrow, light and dark.

  screenshots.py BUILD-FOLDER PICTURE-FOLDER"""

import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "daemon"), str(HERE.parent / "plugins")]

from bus import KEY, Bus
from screen import Screen

BUILD, PICTURES = (Path(it).resolve() for it in sys.argv[1:3])
CURRICULA = HERE.parents[1] / "data" / "curricula"
SIMULATORS = "cartpole", "elevator", "pendulum", "tic_tac_toe"
SIZES = {"wide": (980, 660), "narrow": (360, 640)}
EPISODES = 150


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


def draw(screen, page, size, look):
    screen.settle()
    screen.save(PICTURES / f"monitor-{page}-{size}-{look}.png")


def draw_all(bus, screen, size, look):
    for page, kind, name, sign in (
            ("simulator", "simulator", "cartpole", "^Default reward"),
            ("plugin", "plugin", "lift.so", "^State: Failed"),
            ("session", "session", "elevator", "^State: Running"),
            ("brain", "brain", "tic_tac_toe", "^Mean return$")):
        screen.show(bus.wait(lambda: path_of(bus, kind, name)))
        screen.wait_for(sign)
        if page == "session":
            # Until there is something to be seen.
            path = path_of(bus, kind, name)
            first = bus.managed()[path]["EpisodeCount"]
            bus.wait(lambda: bus.managed()[path]["EpisodeCount"] > first + EPISODES)
        if page == "brain":
            screen.wait_for("^Mean return$", "image")
        draw(screen, page, size, look)
    if size == "narrow":
        screen.click("Back to the list")
        draw(screen, "list", size, look)


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
                with Bus(BUILD / "cli" / "simhost") as bus:
                    if draw_them is draw_all:
                        fill(bus)
                    with Screen(bus, monitor, width, height, look == "dark") as screen:
                        screen.run()
                        draw_them(bus, screen, size, look)


main()
