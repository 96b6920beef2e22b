# SPDX-License-Identifier: LGPL-2.1-or-later

"""A private bus with folders of its own, `simhost daemon` on it, and a client."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

from gi.repository import Gio, GLib

NAME = "org.simhost.Host1"
ROOT = "/org/simhost/Host1"
# Of engines.
KEY = "not-a-secret"
# Seconds that anything may take; nothing waits that long when it works, but trainings
# take a while where all is slow.
DEADLINE = 240


class Bus:
    """`with Bus(simhost) as bus`: nothing runs on it until somebody asks."""

    def __init__(self, simhost):
        self.simhost = os.path.abspath(simhost)
        self.children = []
        self.daemon = None

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="simhost-test-")
        self.top = Path(self.folder.name)
        self.plugins, self.others = self.top / "plugins", self.top / "others"
        self.plugins.mkdir()
        self.others.mkdir()
        services = self.top / "data" / "dbus-1" / "services"
        services.mkdir(parents=True)
        (services / f"{NAME}.service").write_text(
            f"[D-BUS Service]\nName={NAME}\nExec={self.simhost} daemon\n")
        runtime = self.top / "run"
        runtime.mkdir(mode=0o700)
        self.environment = os.environ | {
            "HOME": str(self.top),
            "XDG_DATA_HOME": str(self.top / "data"),
            "XDG_CACHE_HOME": str(self.top / "cache"),
            "XDG_CONFIG_HOME": str(self.top / "config"),
            "XDG_RUNTIME_DIR": str(runtime),
            "SIMHOST_DATA_HOME": str(self.top / "home"),
            "SIMHOST_PLUGIN_PATH": f"{self.plugins}:{self.others}",
        }
        self.bus = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address"],
            env=self.environment, stdout=subprocess.PIPE, text=True)
        self.address = self.bus.stdout.readline().strip()
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.address
        self.client = self.connect()
        return self

    def __exit__(self, *exception):
        if not self.client.is_closed():
            self.client.close_sync()
        self.stop_bus()
        for child in self.children:
            child.kill()
            child.wait(DEADLINE)
        # Trainings save, and write to the folder, until they have ended.
        self.wait(lambda: not self.left())
        self.folder.cleanup()

    def connect(self):
        return Gio.DBusConnection.new_for_address_sync(
            self.address,
            Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION,
            None, None)

    def stop_bus(self):
        if self.bus.poll() is None:
            self.bus.send_signal(signal.SIGTERM)
        self.bus.wait(DEADLINE)
        self.bus.stdout.close()

    # ---- processes ----

    def left(self):
        """The processes of simhost that work in this folder."""
        home = os.fsencode(f"SIMHOST_DATA_HOME={self.top / 'home'}")
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "exe").samefile(self.simhost) and \
                        home in (process / "environ").read_bytes().split(b"\0"):
                    found.append(int(process.name))
            except OSError:
                continue  # it has ended, or is somebody else's
        return found

    def start(self, *flags, wait=True):
        """A daemon of the test's own; the others are started by the bus."""
        child = subprocess.Popen([self.simhost, "daemon", *flags], env=self.environment,
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
        self.children.append(child)
        if wait:
            self.wait(lambda: self.pid() == child.pid)
        return child

    def run(self, *arguments, status=0, **environment):
        done = subprocess.run([self.simhost, *map(str, arguments)],
                              env=self.environment | environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=DEADLINE)
        assert done.returncode == status, done
        return done

    def add(self, source, name=None, folder=None):
        """Puts a plugin into a folder, whole at once."""
        path = (folder or self.plugins) / (name or Path(source).name)
        beside = path.with_suffix(".new")
        shutil.copy(source, beside)
        beside.chmod(0o644)
        beside.rename(path)
        return path

    def endless(self, simulator):
        """A curriculum that trains on the simulator without an end: its file."""
        limit = "EpisodeIterationLimit:"
        program = self.run("inspect", simulator, "--inkling").stdout
        assert limit in program, program
        curriculum = self.top / f"{simulator}.ink"
        curriculum.write_text(program.replace(
            limit, f"NoProgressIterationLimit: 1000000000, TotalIterationLimit: 1000000000, {limit}"))
        return curriculum

    def serve(self, simulator):
        """Starts an engine with a curriculum that has no end, and the key KEY; gives its
        URL."""
        curriculum = self.endless(simulator)
        child = subprocess.Popen(
            [self.simhost, "serve", curriculum, "--listen", "127.0.0.1:0", "--accesskey", KEY,
             "--json"],
            env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.children.append(child)
        for line in child.stdout:
            if "url" in json.loads(line):
                # What it tells of the training is nobody's business.
                threading.Thread(target=child.stdout.read, daemon=True).start()
                return json.loads(line)["url"]
        raise AssertionError("the engine did not start")

    # ---- the client ----

    def ask_bus(self, method, parameters, reply):
        return self.client.call_sync("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                     "org.freedesktop.DBus", method, parameters,
                                     GLib.VariantType(reply), 0, DEADLINE * 1000, None).unpack()

    def pid(self):
        """The daemon's, or 0."""
        try:
            return self.ask_bus("GetConnectionUnixProcessID", GLib.Variant("(s)", (NAME,)),
                                "(u)")[0]
        except GLib.Error:
            return 0

    def call(self, path, member, signature="(a{sv})", *arguments, client=None):
        """Calls "Interface.Method" and gives what it answers; without arguments but
        the options."""
        interface, method = member.rsplit(".", 1)
        if interface.find(".") < 0:
            interface = f"{NAME}.{interface}"
        parameters = GLib.Variant(signature, arguments or ({},)) if signature else None
        return (client or self.client).call_sync(
            NAME, path, interface, method, parameters, None, 0, DEADLINE * 1000, None).unpack()

    def refused(self, *arguments, **keywords):
        """The name of the error that a call ends with, and what it says."""
        try:
            self.call(*arguments, **keywords)
        except GLib.Error as error:
            name = Gio.DBusError.get_remote_error(error)
            return (name.removeprefix(f"{NAME}.Error."),
                    error.message.removeprefix(f"GDBus.Error:{name}: "))
        raise AssertionError(f"{arguments} was not refused")

    def managed(self):
        """Every object: its path, and the properties of its one interface."""
        objects = self.call(ROOT, "org.freedesktop.DBus.ObjectManager.GetManagedObjects", None)[0]
        return {path: interfaces[f"{NAME}.{kind(path)}"] for path, interfaces in objects.items()}

    def manager(self):
        return self.call(ROOT, "org.freedesktop.DBus.Properties.GetAll", "(s)",
                         f"{NAME}.Manager")[0]

    def desktop(self):
        """Shows notifications from now on: a list of (title, body)."""
        name = "org.freedesktop.Notifications"
        method = Gio.DBusNodeInfo.new_for_xml(
            f"<node><interface name='{name}'><method name='Notify'>"
            + "".join(f"<arg type='{kind}' direction='in'/>"
                      for kind in ("s", "u", "s", "s", "s", "as", "a{sv}", "i"))
            + "<arg type='u' direction='out'/></method></interface></node>").interfaces[0]
        shown = []

        def notify(connection, sender, path, interface, method, parameters, invocation):
            shown.append(parameters.unpack()[3:5])
            invocation.return_value(GLib.Variant("(u)", (1,)))

        self.client.register_object("/org/freedesktop/Notifications", method, notify, None, None)
        self.ask_bus("RequestName", GLib.Variant("(su)", (name, 0)), "(u)")
        return shown

    def take_in(self):
        """What the bus said before the last answer, which came past the main loop."""
        while GLib.MainContext.default().iteration(False):
            pass

    def wait(self, true):
        """Until `true ()` is; what it gives. Looks again whenever the bus says
        something, and now and then."""
        result = true()
        timed_out = []
        deadline = GLib.timeout_add_seconds(DEADLINE, lambda: timed_out.append(True))
        tick = GLib.timeout_add(20, lambda: True)
        while not result:
            assert not timed_out, f"not so within {DEADLINE} s"
            GLib.MainContext.default().iteration(True)
            result = true()
        GLib.source_remove(deadline)
        GLib.source_remove(tick)
        return result


def kind(path):
    """The interface of an object."""
    return path.removeprefix(ROOT + "/").split("/")[0].capitalize()
