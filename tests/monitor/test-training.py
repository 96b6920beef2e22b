# SPDX-License-Identifier: LGPL-2.1-or-later

"""Trainings in the monitor's window, from the choice of a curriculum to the end, against
a living daemon whose engine runs.

  test-training.py SIMHOST MONITOR PLUGIN-FOLDER"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "daemon"), str(HERE.parent / "plugins")]

import tap
from bus import ROOT, GLib
from screen import House

SIMHOST, MONITOR, PLUGINS = sys.argv[1], sys.argv[2], Path(sys.argv[3])


def of_kind(bus, kind):
    return {path: it for path, it in bus.managed().items() if f"/{kind}/" in path}


def start_engine(bus, screen):
    """By the menu; what the window says of it."""
    screen.choose_menu("Start the Engine")
    screen.wait_for("^The engine listens at http://127.0.0.1:")
    assert bus.manager()["EngineState"] == "running"


@tap.case("/monitor/training/with-a-curriculum-of-a-file")
def from_file():
    with House(SIMHOST, MONITOR) as (bus, screen):
        bus.add(PLUGINS / "cartpole.so")
        good = bus.endless("cartpole")
        binary, broken = bus.top / "binary.ink", bus.top / "broken.ink"
        binary.write_bytes(b"inkling \xff\xfe")
        broken.write_text('inkling "2.0"\n\ngraph (\n', encoding="utf-8")
        screen.point(150, 80)
        screen.click("Train a Brain")
        bus.wait(lambda: 'inkling "2.0"' in screen.text("^Text of the curriculum$"))
        own = screen.text("^Text of the curriculum$")

        # No text: the simulator's own stays.
        screen.choose_file(binary)
        screen.wait_for("binary.ink: is not text in UTF-8", "alert")
        assert screen.text("^Text of the curriculum$") == own

        # Text, but no curriculum: the daemon says why.
        screen.choose_file(broken)
        bus.wait(lambda: screen.text("^Text of the curriculum$") == broken.read_text())
        name, said = bus.refused(ROOT, "Manager.Train", "(sa{sv})", broken.read_text(), {})
        assert name == "Syntax", said
        screen.click("^Train$")
        bus.wait(lambda: said in [name for _, role, name in screen.walk() if role == "alert"])
        assert not of_kind(bus, "run")

        screen.choose_file(good)
        bus.wait(lambda: screen.text("^Text of the curriculum$") == good.read_text())
        screen.wait_for("^~/cartpole.ink$")
        screen.wait_gone(".", "alert")
        screen.fill("^Brain$", "pole")
        screen.click("^Train$")
        screen.wait_for("^Iteration rate: ", "list item")
        screen.wait_for("^Stop Training$", "button")
        brain, = bus.wait(lambda: of_kind(bus, "brain"))
        bus.wait(lambda: bus.managed()[brain]["Version"])
        assert bus.call(brain, "Brain.GetCurriculum", "(ua{sv})", 0, {})[0] == good.read_text()


@tap.case("/monitor/training/is-stopped-and-goes-on")
def further():
    with House(SIMHOST, MONITOR, start=False) as (bus, screen):
        conf = bus.top / "config" / "simhost" / "simhost.conf"
        conf.parent.mkdir(parents=True)
        conf.write_text("[engine]\nlisten=127.0.0.1:0\n", encoding="utf-8")
        bus.add(PLUGINS / "cartpole.so")
        notified = bus.desktop()
        screen.point(150, 80)
        screen.click("Start the Daemon")
        screen.wait_for("^Default reward: ", "list item")
        start_engine(bus, screen)
        run = bus.call(ROOT, "Manager.Train", "(sa{sv})",
                       bus.endless("cartpole").read_text(encoding="utf-8"),
                       {"brain": GLib.Variant("s", "pole"), "seed": GLib.Variant("t", 1)})[0]
        screen.show(run)
        screen.wait_for("^Brain pole: Training", "list item")
        bus.wait(lambda: bus.managed()[run]["Iterations"] > 1000)
        # Once something is saved the brain's page takes the place of the run's.
        screen.wait_for("^Newest version: 1$", "list item")
        screen.click("^Stop Training$")
        screen.wait_for("^Ended by: Interrupted$", "list item")
        screen.wait_for("^Brain pole: Stopped", "list item")
        screen.wait_gone("^Stop Training$", "button")
        # The run's state comes after the brain's.
        bus.wait(lambda: bus.managed()[run]["State"] == "finished")
        brain, = of_kind(bus, "brain")
        learnt = bus.managed()[brain]["Iterations"]
        assert learnt > 1000

        screen.click("^Train Further$")
        screen.wait_for("^Stop Training$", "button")
        screen.wait_gone("^Train Further$", "button")
        second, = of_kind(bus, "run").keys() - {run}
        # It counts on from what was learnt before.
        bus.wait(lambda: bus.managed()[second]["Iterations"] > learnt + 1000)
        screen.wait_for("^Iteration rate: ", "list item")
        screen.click("^Stop Training$")
        screen.wait_for("^Train Further$", "button")
        # It is the same brain that has learnt more.
        bus.wait(lambda: bus.managed()[brain]["Iterations"] > learnt + 1000)
        bus.wait(lambda: bus.managed()[second]["State"] == "finished")
        assert bus.managed()[second]["Reason"] == "interrupted"
        assert bus.manager()["EngineState"] == "running"

        # Who stops a training needs not to be told; who waits for one is.
        screen.choose("^Simulator cartpole")
        screen.click("Train a Brain")
        screen.fill("^Brain$", "awaited")
        bus.wait(lambda: 'inkling "2.0"' in screen.text("^Text of the curriculum$"))
        screen.click("^Train$")
        screen.wait_for("^Ended by: Curriculum met$", "list item")
        bus.wait(lambda: notified)
        assert [title for title, _ in notified] == ["Brain 'awaited' has learnt its curriculum"]


tap.run()
