# SPDX-License-Identifier: LGPL-2.1-or-later

"""Clients that mean ill, or die: they get errors, and cost nothing that lasts.

  test-hostile.py SIMHOST PLUGIN-FOLDER"""

import sys
import xml.etree.ElementTree as ET
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]

import tap
from bus import DEADLINE, NAME, ROOT, Bus, Gio, GLib
from costs import measure
from curricula import SHORT

SIMHOST, PLUGINS = sys.argv[1], Path(sys.argv[2])
# As sh-subscribers.h and sh-session-objects.h have them.
MAX_CLIENTS, MAX_SESSIONS = 64, 1024

WRONG = [None, GLib.Variant("(s)", ("x",)), GLib.Variant("(i)", (-1,)), GLib.Variant("(v)", (GLib.Variant("s", ""),)),
         GLib.Variant("(a{ss})", ({"a": "b"},)), GLib.Variant("(ao)", (["/"] * 1000,)),
         GLib.Variant("(xxxxxxxx)", (1,) * 8)]


def methods(bus, path):
    """Every method of ours at a path: its interface and name."""
    text, = bus.call(path, "org.freedesktop.DBus.Introspectable.Introspect", None)
    for interface in ET.fromstring(text).findall("interface"):
        if interface.get("name").startswith(NAME):
            for method in interface.findall("method"):
                yield interface.get("name"), method.get("name"), "".join(
                    argument.get("type") for argument in method.findall("arg")
                    if argument.get("direction") != "out")


def fails(bus, path, interface, method, parameters):
    try:
        bus.client.call_sync(NAME, path, interface, method, parameters, None, 0, DEADLINE * 1000, None)
    except GLib.Error as error:
        name = Gio.DBusError.get_remote_error(error)
        # What goes over the wire comes back in one piece, and short.
        assert name and len(error.message) < 1000, error.message[:200]
        return name
    raise AssertionError(f"{method} of {path} took {parameters.print_(True)[:100]}")


@tap.case("/daemon/hostile/wrong-types")
def wrong_types():
    with Bus(SIMHOST) as bus:
        bus.add(PLUGINS / "cartpole.so")
        bus.manager()
        session, = bus.call(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole", {})
        run, = bus.call(ROOT, "Manager.Train", "(sa{sv})", SHORT, {})
        brain = bus.wait(lambda: (it := bus.managed().get(run, {})).get("State") == "finished"
                         and it["BrainObject"] != "/" and it["BrainObject"])
        paths = [ROOT, session, run, brain, f"{ROOT}/plugin/cartpole", f"{ROOT}/simulator/cartpole"]
        called = [(path, *it) for path in paths for it in methods(bus, path)]
        assert len(called) >= 19, called

        def round(bus):
            for path, interface, method, signature in called:
                for parameters in WRONG:
                    if parameters is None or parameters.get_type_string() != f"({signature})":
                        name = fails(bus, path, interface, method, parameters)
                        assert name == "org.freedesktop.DBus.Error.InvalidArgs", (method, name)

        measure(round, bus)


@tap.case("/daemon/hostile/huge-strings-and-paths")
def huge():
    with Bus(SIMHOST) as bus:
        bus.add(PLUGINS / "cartpole.so")
        (bus.top / "outside.so").write_bytes((PLUGINS / "cartpole.so").read_bytes())
        huge = "x" * (2 << 20)
        outside = [str(bus.top / "outside.so"), "../outside.so", f"{bus.top}/outside.so:cartpole",
                   "/etc/passwd", "outside.so", "cartpole.so", ".", "/", "%n%s", "\u202e", huge]

        def round(bus):
            for simulator in outside:
                assert bus.refused(ROOT, "Manager.StartSession", "(sa{sv})", simulator, {})[0] in (
                    "NotFound", "Usage", "Limit"), simulator[:100]
            for key, value in [
                (huge, GLib.Variant("s", "")), ("name", GLib.Variant("s", huge)),
                ("brain", GLib.Variant("s", huge)), ("engine", GLib.Variant("s", "file:///etc/passwd")),
                ("set", GLib.Variant("as", [huge])), ("set", GLib.Variant("as", ["a=b"] * 100000)),
                ("name", GLib.Variant("s", "../../etc/passwd")), ("seed", GLib.Variant("s", "1")),
                ("record", GLib.Variant("s", "/etc/passwd")), ("file", GLib.Variant("s", "/etc/passwd")),
            ]:
                name, said = bus.refused(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole", {key: value})
                assert name in ("Usage", "Limit") and len(said) < 1000, (key[:20], name, said[:200])
            for curriculum in (huge, "(" * 1000000, "{" * 1000000, "/*" * 500000, "1" * 1000000,
                               "\U0010ffff" * 250000, "/etc/passwd", f"{bus.top}/lift.ink"):
                name, said = bus.refused(ROOT, "Manager.Train", "(sa{sv})",
                                         f'inkling "2.0"\n{curriculum}', {})
                assert name in ("Syntax", "Limit") and len(said) < 1000, (name, said[:200])
            # No object of ours has such a path.
            for path in (f"{ROOT}/session/" + "a" * 500, "/", "/org", f"{ROOT}/plugin"):
                fails(bus, path, f"{NAME}.Session", "Start", GLib.Variant("(a{sv})", ({},)))

        measure(round, bus, 2)
        assert len(bus.managed()) == 2


@tap.case("/daemon/hostile/many-sessions")
def many_sessions():
    with Bus(SIMHOST) as bus:
        bus.add(PLUGINS / "cartpole.so")

        def round(bus):
            paths = [bus.call(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole", {})[0]
                     for _ in range(MAX_SESSIONS)]
            assert len(set(paths)) == MAX_SESSIONS
            name, said = bus.refused(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole", {})
            assert name == "Limit" and str(MAX_SESSIONS) in said, (name, said)
            for path in paths:
                bus.call(path, "Session.Delete")
            bus.wait(lambda: len(bus.managed()) == 2)

        measure(round, bus, 1)


@tap.case("/daemon/hostile/subscribers-that-vanish")
def subscribers():
    with Bus(SIMHOST) as bus:
        bus.add(PLUGINS / "cartpole.so")
        bus.manager()
        path, = bus.call(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole", {})

        def round(bus):
            clients = [bus.connect() for _ in range(MAX_CLIENTS)]
            for client in clients:
                for _ in range(3):
                    bus.call(path, "Session.Subscribe", client=client)
            name, said = bus.refused(path, "Session.Subscribe")
            assert name == "Limit" and str(MAX_CLIENTS) in said, (name, said)
            names = [client.get_unique_name() for client in clients]
            for client in clients:
                client.close_sync()
            # The bus tells the daemon of each that is gone, before it takes the next call.
            for name in names:
                bus.wait(lambda: not bus.ask_bus("NameHasOwner", GLib.Variant("(s)", (name,)), "(b)")[0])

            def is_free():
                try:
                    bus.call(path, "Session.Subscribe")
                except GLib.Error:
                    return False
                return True

            bus.wait(is_free)
            bus.call(path, "Session.Unsubscribe")
            # Never asked.
            bus.call(path, "Session.Unsubscribe")

        measure(round, bus)


@tap.case("/daemon/hostile/clients-that-leave-with-their-calls")
def leave():
    with Bus(SIMHOST) as bus:
        bus.add(PLUGINS / "cartpole.so")
        bus.manager()

        def round(bus):
            for _ in range(20):
                client = bus.connect()
                for _ in range(20):
                    client.call(NAME, ROOT, f"{NAME}.Manager", "Rescan",
                                GLib.Variant("(a{sv})", ({},)), None, 0, -1, None, None)
                    client.call(NAME, ROOT, "org.freedesktop.DBus.ObjectManager",
                                "GetManagedObjects", None, None, 0, -1, None, None)
                client.flush_sync()
                client.close_sync()
            # Behind all of these.
            assert len(bus.managed()) == 2

        measure(round, bus)


@tap.case("/daemon/hostile/thousands-of-matches")
def matches():
    with Bus(SIMHOST) as bus:
        bus.manager()

        def round(bus):
            client = bus.connect()
            for number in range(2000):
                client.signal_subscribe(NAME, f"{NAME}.X{number}", None, None, None, 0, lambda *_: None)
            client.flush_sync()
            client.close_sync()
            bus.manager()

        measure(round, bus)


tap.run()
