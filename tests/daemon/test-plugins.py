# SPDX-License-Identifier: LGPL-2.1-or-later

"""Plugins and simulators on a private bus, and the daemon that shows them there.

  test-plugins.py SIMHOST PLUGIN-FOLDER BAD-PLUGIN-FOLDER"""

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]

import tap
from bus import DEADLINE, NAME, ROOT, Bus, Gio, GLib

SIMHOST, PLUGINS, BAD = sys.argv[1], *map(Path, sys.argv[2:4])
CARTPOLE, COUNTER = PLUGINS / "cartpole.so", PLUGINS / "counter.so"
CRASHES = BAD / "crash-init.so"


def one_line(child, status):
    """A program that ended, and said one line."""
    out, said = child.communicate(timeout=DEADLINE)
    assert child.returncode == status and not out, (child.returncode, said)
    assert said.count("\n") == 1 and said.startswith("simhost: daemon: "), said
    return said


def of_kind(objects, kind):
    return {path: properties for path, properties in objects.items() if f"/{kind}/" in path}


def objects_once(bus, true):
    """What the objects are, once `true (objects)`."""
    objects = {}

    def look():
        objects.clear()
        objects.update(bus.managed())
        return true(objects)

    bus.wait(look)
    return objects


@tap.case("/daemon/bus/activates-the-daemon")
def activates():
    with Bus(SIMHOST) as bus:
        assert bus.pid() == 0
        manager = bus.manager()
        version = bus.run("--version").stdout.split()[1]
        assert manager["Version"] == version, manager
        assert manager["PluginFolders"][:2] == [str(bus.plugins), str(bus.others)], manager
        assert manager["ConfigFile"] == str(bus.top / "config" / "simhost" / "simhost.conf")
        assert manager["EngineState"] == "off" and manager["Warnings"] == [], manager
        assert bus.managed() == {}
        # It goes with its bus.
        pid = bus.pid()
        bus.client.close_sync()
        bus.stop_bus()
        bus.wait(lambda: not os.path.exists(f"/proc/{pid}"))


@tap.case("/daemon/bus/one-at-a-time")
def one_at_a_time():
    with Bus(SIMHOST) as bus:
        first = bus.start()
        said = one_line(bus.start(wait=False), 1)
        assert "another daemon is running" in said and "--replace" in said, said
        assert bus.pid() == first.pid
        second = bus.start("--replace")
        assert first.wait(DEADLINE) == 0 and bus.pid() == second.pid
        second.send_signal(signal.SIGTERM)
        assert second.wait(DEADLINE) == 0


@tap.case("/daemon/bus/there-is-none")
def no_bus():
    with Bus(SIMHOST) as bus:
        bus.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={bus.top}/nothing"
        assert "no session bus" in one_line(bus.start(wait=False), 1)
        bus.environment["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={bus.top}/nothing"
        assert "no system bus" in one_line(bus.start("--system", wait=False), 1)


@tap.case("/daemon/bus/flags")
def flags():
    with Bus(SIMHOST) as bus:
        for words in (["--bogus"], ["more"]):
            assert "--help" in one_line(bus.start(*words, wait=False), 2), words


@tap.case("/daemon/plugins/shown-as-list-shows-them")
def as_list():
    with Bus(SIMHOST) as bus:
        for source in (CARTPOLE, COUNTER, CRASHES):
            bus.add(source)
        bus.add(CARTPOLE, folder=bus.others)
        listed = [json.loads(line) for line in bus.run("list", "--json").stdout.splitlines()]
        # All is there before the daemon answers to its name.
        objects = bus.managed()
        plugins, simulators = of_kind(objects, "plugin"), of_kind(objects, "simulator")
        assert len(plugins) == 4 and len(simulators) == 3, objects.keys()
        shown = {(plugins[it["Plugin"]]["File"], it["Name"]): it for it in simulators.values()}
        for entry in listed:
            if "failure" in entry:
                plugin = next(it for it in plugins.values() if it["File"] == entry["file"])
                assert plugin["State"] == "failed" and plugin["Failure"] == entry["failure"]
                assert plugin["Output"] == entry["output"] and plugin["Simulators"] == []
                continue
            it = shown[entry["file"], entry["name"]]
            plugin = plugins[it["Plugin"]]
            assert plugin["State"] == "usable" and plugin["Failure"] == "", plugin
            assert simulators[plugin["Simulators"][0]] is it, plugin
            told = json.loads(it["Schemas"])
            assert told == {key: entry[key] for key in told}, told
            assert it["Description"] == entry["description"]
            assert it["Flags"] == entry["flags"] and it["Extensions"] == entry["extensions"]
            assert it["Rewards"] == [reward["name"] for reward in entry["rewards"]]
            assert it["DefaultReward"] in it["Rewards"]
            assert it["Shadowed"] == (entry["shadowed_by"] is not None), it
            assert plugin["Id"] == entry["plugin"]["id"], entry["plugin"]
        # The daemon itself has loaded none of them.
        loaded = Path(f"/proc/{bus.pid()}/maps").read_text()
        assert "/simhost" in loaded and str(bus.top) not in loaded, loaded


@tap.case("/daemon/plugins/come-change-and-go")
def come_and_go():
    with Bus(SIMHOST) as bus:
        bus.manager()
        pid = bus.pid()
        seen = []
        bus.client.signal_subscribe(
            NAME, None, None, None, None, 0,
            lambda connection, sender, path, interface, name, parameters:
                seen.append((name, parameters.unpack(), path)))
        file = bus.add(COUNTER, "thing.so")
        objects = objects_once(bus, lambda objects: len(objects) == 2)
        plugin, = of_kind(objects, "plugin")
        simulator, = of_kind(objects, "simulator")
        assert objects[simulator]["Name"] == "counter" and plugin.endswith("/plugin/thing")
        bus.wait(lambda: sum(name == "InterfacesAdded" for name, _, _ in seen) >= 2)
        added = dict(values for name, values, _ in seen if name == "InterfacesAdded")
        assert sorted(added) == [plugin, simulator], seen
        # What it says at once is all there is.
        assert added[plugin][f"{NAME}.Plugin"] == objects[plugin], added

        # Another plugin in its place: the file's object stays, its simulator does not.
        bus.add(CARTPOLE, "thing.so")
        objects = objects_once(bus, lambda objects: any(
            it["Name"] == "cartpole" for it in of_kind(objects, "simulator").values()))
        assert list(of_kind(objects, "plugin")) == [plugin] and simulator not in objects
        bus.wait(lambda: any(name == "PropertiesChanged" and path == plugin and "Id" in values[1]
                             for name, values, path in seen))

        # Garbage: it says why.
        file.write_bytes(b"no shared object at all")
        objects = objects_once(
            bus, lambda objects: [it["State"] for it in objects.values() if "State" in it] == ["failed"])
        assert list(objects) == [plugin], objects
        assert "thing.so" in objects[plugin]["Failure"], objects

        file.unlink()
        assert objects_once(bus, lambda objects: not objects) == {}
        gone = []
        bus.wait(lambda: gone.clear() or gone.extend(
            values[0] for name, values, _ in seen if name == "InterfacesRemoved") or plugin in gone)
        assert gone.count(plugin) == 1 and gone.count(simulator) == 1, gone
        assert bus.pid() == pid


@tap.case("/daemon/plugins/a-folder-comes")
def folder_comes():
    with Bus(SIMHOST) as bus:
        bus.others.rmdir()
        assert bus.managed() == {}
        bus.others.mkdir()
        bus.add(CARTPOLE, folder=bus.others)
        bus.add(CARTPOLE)
        objects = objects_once(bus, lambda objects: len(objects) == 4)
        shadowed = {objects[it["Plugin"]]["File"]: it["Shadowed"]
                    for it in of_kind(objects, "simulator").values()}
        assert shadowed == {str(bus.plugins / CARTPOLE.name): False,
                            str(bus.others / CARTPOLE.name): True}, shadowed


@tap.case("/daemon/plugins/rescan-looks-again-at-what-failed")
def rescan():
    with Bus(SIMHOST) as bus:
        bus.plugins.chmod(0o777)
        bus.add(CARTPOLE)
        plugin, = bus.managed().values()
        assert plugin["State"] == "failed" and "chmod" in plugin["Failure"], plugin
        bus.plugins.chmod(0o755)
        bus.call(ROOT, "Manager.Rescan")
        objects = objects_once(bus, lambda objects: len(objects) == 2)
        assert {it.get("State", "usable") for it in objects.values()} == {"usable"}, objects


@tap.case("/daemon/simulators/curriculum")
def curriculum():
    with Bus(SIMHOST) as bus:
        bus.add(CARTPOLE)
        bus.manager()
        objects = bus.wait(lambda: of_kind(bus.managed(), "simulator"))
        path, = objects
        text, = bus.call(path, "Simulator.GetCurriculum")
        assert text == bus.run("inspect", "cartpole", "--inkling").stdout, text


@tap.case("/daemon/bus/wrong-calls")
def wrong_calls():
    with Bus(SIMHOST) as bus:
        manager = bus.manager()
        assert bus.refused(ROOT, "Manager.Rescan", "(a{sv})", {"all": GLib.Variant("b", True)}) == (
            "Usage", "Rescan takes no option 'all'; it has none")
        long = "x" * 1_000_000 + "\n"
        name, said = bus.refused(ROOT, "Manager.Rescan", "(a{sv})", {long: GLib.Variant("b", True)})
        assert name == "Usage" and len(said) < 200, (name, len(said))
        for signature, arguments in ("(s)", ["x"]), ("(a{ss})", [{"a": "b"}]), (None, []):
            name, _ = bus.refused(ROOT, "Manager.Rescan", signature, *arguments)
            assert name == "org.freedesktop.DBus.Error.InvalidArgs", (signature, name)
        name, _ = bus.refused(ROOT, "org.freedesktop.DBus.Properties.Set", "(ssv)",
                              f"{NAME}.Manager", "Version", GLib.Variant("s", "2"))
        assert name == "org.freedesktop.DBus.Error.InvalidArgs", name
        name, _ = bus.refused(ROOT + "/session/none", "Session.Start")
        assert name == "org.freedesktop.DBus.Error.UnknownMethod", name
        assert bus.manager() == manager


@tap.case("/daemon/bus/tools-of-others")
def tools():
    with Bus(SIMHOST) as bus:
        bus.add(CARTPOLE)
        bus.manager()
        bus.wait(lambda: len(bus.managed()) == 2)

        def tool(*words):
            done = subprocess.run(words, env=bus.environment, capture_output=True, text=True,
                                  timeout=DEADLINE)
            assert done.returncode == 0, done
            return done.stdout

        tree = tool("busctl", f"--address={bus.address}", "--list", "tree", NAME).split()
        assert f"{ROOT}/plugin/cartpole" in tree and f"{ROOT}/simulator/cartpole" in tree, tree
        told = tool("gdbus", "introspect", "--session", "--dest", NAME, "--object-path", ROOT)
        assert re.search(r"Version = '[0-9.]+'", told) and "GetManagedObjects" in told, told
        told = tool("/usr/bin/python3", "-c", f"""
import dbus
proxy = dbus.SessionBus().get_object("{NAME}", "{ROOT}/simulator/cartpole")
print(proxy.Get("{NAME}.Simulator", "Name", dbus_interface=dbus.PROPERTIES_IFACE))
""")
        assert told == "cartpole\n", told


tap.run()
