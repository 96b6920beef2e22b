# SPDX-License-Identifier: LGPL-2.1-or-later

"""A client of another library, python3-dbus, that trains brains and knows of them
only what the bus tells it.

  test-client.py SIMHOST PLUGIN-FOLDER"""

import json
import math
import sys
import urllib.error
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]

import dbus
import dbus.bus
import dbus.mainloop.glib

import tap
from bus import DEADLINE, NAME, ROOT
from curricula import ENDLESS
from runs import Home

SIMHOST, PLUGINS = sys.argv[1:]
# As sh-run-objects.h has it.
MAX_OVER = 32


class Mirror:
    """Every object as GetManagedObjects had it once, and as signals have changed it
    since."""

    def __init__(self, address):
        self.bus = dbus.bus.BusConnection(address, mainloop=dbus.mainloop.glib.DBusGMainLoop())
        self.objects, self.gone, self.finished = {}, [], []
        for name, handler in (("InterfacesAdded", self.on_added),
                              ("InterfacesRemoved", self.on_removed),
                              ("PropertiesChanged", self.on_changed),
                              ("RunFinished", self.on_finished)):
            self.bus.add_signal_receiver(handler, name, bus_name=NAME, path_keyword="path")
        self.manager = self.proxy(ROOT, "Manager")
        for path, interfaces in self.ask().items():
            self.on_added(path, interfaces)

    def close(self):
        self.bus.close()

    def proxy(self, path, interface):
        return dbus.Interface(self.bus.get_object(NAME, path), f"{NAME}.{interface}")

    def ask(self):
        return self.bus.get_object(NAME, ROOT).GetManagedObjects(
            dbus_interface="org.freedesktop.DBus.ObjectManager", timeout=DEADLINE)

    def on_added(self, added, interfaces, path=None):
        ours, = (it for name, it in interfaces.items() if name.startswith(NAME))
        self.objects[str(added)] = dict(ours)

    def on_removed(self, removed, interfaces, path):
        del self.objects[str(removed)]
        self.gone.append(str(removed))

    def on_changed(self, interface, changed, invalidated, path):
        # The manager's own are of no object below it.
        if str(path) in self.objects:
            self.objects[str(path)].update(changed)
        assert not invalidated, invalidated

    def on_finished(self, *arguments, path):
        self.finished.append(arguments)

    def of_kind(self, kind, **wanted):
        """The paths of those that are so."""
        return [path for path, it in self.objects.items() if f"/{kind}/" in path
                and all(it[key] == value for key, value in wanted.items())]

    def is_true(self):
        """Whether it is what the daemon says when it is asked."""
        def plain(objects):
            return {str(path): {str(key): "NaN" if isinstance(value, float) and math.isnan(value)
                                else value for key, value in it.items()}
                    for path, it in objects.items()}

        asked = {path: next(it for name, it in interfaces.items() if name.startswith(NAME))
                 for path, interfaces in self.ask().items()}
        return plain(asked) == plain(self.objects)


class Engine:
    """The daemon's own, as its clients by HTTP see it."""

    def __init__(self, url, key):
        self.url, self.key = url, key

    def ask(self, path, method="GET"):
        """The status, and the page as JSON."""
        request = urllib.request.Request(self.url + path, method=method, data=None,
                                         headers={"Authorization": self.key})
        try:
            with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
                return answer.status, json.loads(answer.read() or "null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or "null")


class House(Home):
    """A home with an engine, and a mirror."""

    def __init__(self):
        super().__init__(SIMHOST, PLUGINS)

    def __enter__(self):
        super().__enter__()
        self.mirror = Mirror(self.address)
        self.mirror.manager.StartEngine({}, timeout=DEADLINE)
        self.engine = Engine(*map(str, self.mirror.manager.GetEngine({})))
        return self

    def __exit__(self, *exception):
        self.mirror.close()
        super().__exit__(*exception)

    def once(self, path, **wanted):
        """What the mirror has of the object, once it is so."""
        def look():
            it = self.mirror.objects.get(path)
            return it if it and all(value(it[key]) if callable(value) else it[key] == value
                                    for key, value in wanted.items()) else None
        return self.wait(look)

    def the(self, kind, **wanted):
        """The one object that is so, once there is one."""
        (path,) = self.wait(lambda: self.mirror.of_kind(kind, **wanted))
        return path

    def teach(self, brain):
        """Has the engine get a brain, as its clients do."""
        file = self.top / "endless.ink"
        file.write_text(ENDLESS)
        self.run("brain", "create", brain, file, "--url", self.engine.url,
                 "--accesskey", self.engine.key)


def message(call):
    """The name of the error, and what it says."""
    try:
        call()
    except dbus.DBusException as error:
        return error.get_dbus_name().removeprefix(f"{NAME}.Error."), error.get_dbus_message()
    raise AssertionError("it was not refused")


@tap.case("/daemon/client/trains-stops-goes-on-and-deletes")
def story():
    with House() as house:
        mirror = house.mirror
        file = house.top / "pole.ink"
        file.write_text(ENDLESS)
        path = str(mirror.manager.Train(file.read_text(), {"brain": "pole", "muscles": dbus.UInt32(1)},
                                        timeout=DEADLINE))
        brain = house.the("brain", Name="pole")
        first = dict(house.once(path, State="running", Lesson="hard", BrainObject=brain))
        assert house.once(brain, Run=path, State="training")["Simulator"] == "cartpole"
        house.once(path, Iterations=lambda count: count > first["Iterations"])
        run = mirror.proxy(path, "Run")
        for call in (lambda: mirror.manager.Train(ENDLESS, {"brain": "pole"}),
                     lambda: mirror.proxy(brain, "Brain").Delete({}),
                     lambda: mirror.proxy(brain, "Brain").Train({})):
            name, said = message(call)
            assert name == "Busy" and "being trained" in said, (name, said)
        run.Stop({})
        house.once(path, State="finished", Reason="interrupted", Pid=0)
        house.wait(lambda: mirror.finished)
        assert mirror.finished[0][:5] == (path, "pole", 1, "interrupted", ""), mirror.finished
        # What is known of the brain is of its last save.
        saved = house.once(brain, State="stopped", Run="/")["Iterations"]
        assert saved == mirror.objects[path]["Iterations"] > 0, (saved, mirror.objects[path])

        # Further, from there.
        second = str(mirror.proxy(brain, "Brain").Train({"muscles": dbus.UInt32(1)}, timeout=DEADLINE))
        house.once(second, State="running", Version=1, Iterations=lambda count: count > saved)
        mirror.proxy(second, "Run").Stop({})
        house.once(second, State="finished")
        house.once(brain, State="stopped", Iterations=lambda count: count > saved)
        house.wait(lambda: len(mirror.finished) == 2)
        house.wait(mirror.is_true)

        # The engine has the same brain, until it is deleted.
        status, page = house.engine.ask("/v1/local/pole")
        assert status == 200 and page["name"] == "pole", (status, page)
        mirror.proxy(brain, "Brain").Delete({})
        house.wait(lambda: brain in mirror.gone)
        assert house.engine.ask("/v1/local/pole")[0] == 404
        house.once(second, BrainObject="/")
        house.wait(mirror.is_true)


@tap.case("/daemon/client/follows-what-the-engine-trains")
def served():
    with House() as house:
        mirror = house.mirror
        house.teach("pole")
        brain = house.the("brain", Name="pole", State="empty")
        answer = house.engine.ask("/v1/local/pole/train", "PUT")
        assert answer[0] == 200, answer
        first = house.the("run", Brain="pole", State="running")
        session = str(mirror.manager.StartSession("cartpole", {"brain": "pole"}))
        house.once(session, State="running", IterationCount=lambda count: count > 0)
        house.once(first, Lesson="hard", BrainObject=brain)
        house.once(brain, Version=1, State="training", Run=first)
        name, said = message(lambda: mirror.proxy(brain, "Brain").Delete({}))
        assert name == "Busy" and "being trained" in said, (name, said)
        mirror.proxy(first, "Run").Stop({})
        house.once(first, State="finished", Reason="interrupted")
        house.once(brain, State="stopped", Run="/")
        house.once(session, State="finished")
        house.wait(lambda: mirror.finished)
        assert mirror.finished[0][:5] == (first, "pole", 1, "interrupted", ""), mirror.finished

        # The oldest of many that are over goes.
        for count in range(2, MAX_OVER + 2):
            assert first in mirror.objects
            assert house.engine.ask("/v1/local/pole/train", "PUT")[0] == 200
            path = house.the("run", State="running")
            assert house.engine.ask("/v1/local/pole/stop", "PUT")[0] == 200
            house.once(path, State="finished")
            house.wait(lambda: len(mirror.finished) == count)
        house.wait(lambda: first in mirror.gone)
        assert len(mirror.of_kind("run")) == MAX_OVER, mirror.of_kind("run")
        house.wait(mirror.is_true)


tap.run()
