# SPDX-License-Identifier: LGPL-2.1-or-later

"""A screen that nobody sees, simhost-monitor on it, and how others see that window:
by the names that screen readers say, and by its pixels."""

import itertools
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent / "daemon"), str(HERE.parent / "plugins")]

import gi

gi.require_version("GdkPixbuf", "2.0")
from bus import DEADLINE, NAME, ROOT, Bus, Gio, GLib
from display import Display
from gi.repository import GdkPixbuf

# The colour of lines in plots, as style.css says.
LINE_LIGHT = (0x35, 0x84, 0xe4)
# Of Libadwaita's windows.
DARK = (0x24, 0x24, 0x24)
A11Y = "org.a11y.atspi"
# Pixels around a window, where there is no window manager.
FRAME = 5
# Of AtspiStateType.
STATE_FOCUSED, STATE_SENSITIVE, STATE_VISIBLE = 12, 24, 30
# Of AtspiCoordType.
COORD_WINDOW = 1
# Of AtspiKeySynthType.
KEY_SYM, KEY_LOCK, KEY_UNLOCK = 3, 5, 6
# X's numbers of keys and of those that are held meanwhile; of others it is the letter's.
KEYS = {"Tab": 0xff09, "Return": 0xff0d, "Escape": 0xff1b, "Left": 0xff51, "Up": 0xff52,
        "Down": 0xff54, "F5": 0xffc2, "F10": 0xffc7, "Delete": 0xffff, "space": 0x20, "period": 0x2e}
HELD = {"Shift": 1, "Ctrl": 4, "Alt": 8}


def has_state(states, state):
    return bool((states[0] | states[1] << 32) >> state & 1)


class House:
    """`with House(simhost, monitor) as (bus, screen)`: a bus, a screen, and the monitor
    on it, with a daemon unless `start` says that there is none."""

    def __init__(self, simhost, monitor, start=True, **screen):
        self.simhost, self.monitor, self.start, self.options = simhost, monitor, start, screen

    def __enter__(self):
        self.bus = Bus(self.simhost)
        self.bus.__enter__()
        self.screen = Screen(self.bus, self.monitor, **self.options)
        self.screen.__enter__()
        if self.start:
            self.bus.start()
        self.screen.run()
        return self.bus, self.screen

    def __exit__(self, *exception):
        try:
            self.screen.__exit__(*exception)
        finally:
            self.bus.__exit__(*exception)


class Screen:
    """`with Screen(bus, monitor, width, height) as screen`: a display with room for a
    window of that size; the monitor runs once `run` was called."""

    def __init__(self, bus, monitor, width=980, height=720, dark=False, beside=0):
        self.bus, self.monitor = bus, os.path.abspath(monitor)
        self.width, self.height, self.beside = width, height, beside
        self.process = None
        self.roles = {}
        self.folder = bus.top / "screen"
        self.folder.mkdir(exist_ok=True)
        self.dark = dark
        self.errors = bus.top / "monitor-stderr"

    def __enter__(self):
        read, write = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0",
             f"{self.width + 2 * FRAME + self.beside}x{self.height + 2 * FRAME}x24",
             "-fbdir", str(self.folder), "-nolisten", "tcp", "-noreset",
             # A key that is released late does not repeat.
             "-r"],
            pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(write)
        with os.fdopen(read) as pipe:
            display = pipe.readline().strip()
        assert display, "Xvfb did not start"
        self.display = Display(f":{display}")
        self.display.__enter__()
        state = self.bus.top / "state" / "simhost"
        state.mkdir(parents=True, exist_ok=True)
        (state / "monitor.ini").write_text(
            f"[window]\nwidth={self.width + 2 * FRAME}\nheight={self.height + 2 * FRAME}\n")
        self.bus.environment |= {
            "DISPLAY": f":{display}",
            "XDG_STATE_HOME": str(self.bus.top / "state"),
            "GDK_BACKEND": "x11",
            "GSK_RENDERER": "cairo",
            "GTK_A11Y": "atspi",
            "GTK_USE_PORTAL": "0",
            "GSETTINGS_BACKEND": "memory",
            "ADW_DEBUG_COLOR_SCHEME": "prefer-dark" if self.dark else "prefer-light",
            "ADW_DISABLE_PORTAL": "1",
        }
        for name in ("GTK_THEME", "WAYLAND_DISPLAY", "XAUTHORITY"):
            self.bus.environment.pop(name, None)
        self.update_activation()
        return self

    def __exit__(self, *exception):
        try:
            self.close()
        finally:
            self.display.__exit__(*exception)
            self.server.terminate()
            self.server.wait(DEADLINE)

    def update_activation(self):
        """What the bus starts (for accessibility) is on this display, too."""
        names = ("DISPLAY", "XDG_RUNTIME_DIR", "HOME", "GSETTINGS_BACKEND")
        self.bus.ask_bus("UpdateActivationEnvironment",
                         GLib.Variant("(a{ss})", ({it: self.bus.environment[it] for it in names},)),
                         "()")

    def run(self):
        """Starts the monitor and waits until screen readers see its window, and eyes."""
        # The window of one that has ended is not taken for its window.
        self.bus.wait(lambda: self.display.answering() is None)
        self.a11y = self.connect_a11y()
        with open(self.errors, "w", encoding="utf-8") as errors:
            self.process = subprocess.Popen([self.monitor], env=self.bus.environment,
                                            stdin=subprocess.DEVNULL, stderr=errors)
        self.app = self.bus.wait(self.find_app)
        # Keys go to no window that is not there yet.
        self.bus.wait(lambda: any(map(any, self.rows())))

    def close(self):
        """Ends it; it must not have complained."""
        if self.process is None:
            return
        self.process.terminate()
        self.process.wait(DEADLINE)
        self.process = None
        said = self.errors.read_text(encoding="utf-8")
        assert not re.search("CRITICAL|WARNING", said), said

    # ---- what screen readers see ----

    def connect_a11y(self):
        address = self.bus.client.call_sync(
            "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None,
            GLib.VariantType("(s)"), 0, DEADLINE * 1000, None).unpack()[0]
        return Gio.DBusConnection.new_for_address_sync(
            address, Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT
            | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION, None, None)

    def ask(self, it, interface, method, parameters=None):
        name, path = it
        return self.a11y.call_sync(name, path, f"{A11Y}.{interface}", method, parameters, None, 0,
                                   DEADLINE * 1000, None).unpack()

    def get(self, it, name, interface="Accessible"):
        name_, path = it
        return self.a11y.call_sync(
            name_, path, "org.freedesktop.DBus.Properties", "Get",
            GLib.Variant("(ss)", (f"{A11Y}.{interface}", name)), None, 0, DEADLINE * 1000,
            None).unpack()[0]

    def find_app(self):
        assert self.process.poll() is None, self.errors.read_text(encoding="utf-8")
        root = ("org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root")
        for child in self.ask(root, "Accessible", "GetChildren")[0]:
            try:
                if self.ask(child, "Accessible", "GetChildren")[0]:
                    return tuple(child)
            except GLib.Error:
                continue
        return None

    def children(self, parents):
        """Of each of them, those that are shown; asked for together, since each answer
        takes a while on a busy machine."""
        answers = {}

        def done(connection, result, parent):
            try:
                answers[parent] = [tuple(it) for it in connection.call_finish(result).unpack()[0]]
            except GLib.Error:
                # It went meanwhile.
                answers[parent] = []

        for name, path in parents:
            self.a11y.call(name, path, f"{A11Y}.Accessible", "GetChildren", None, None, 0,
                           DEADLINE * 1000, None, done, (name, path))
        while len(answers) < len(parents):
            GLib.MainContext.default().iteration(True)
        return answers

    def items(self):
        """All that there is, shown or not, as AT-SPI's cache has it: by object."""
        return {item[0]: item for item in self.ask(
            (self.app[0], "/org/a11y/atspi/cache"), "Cache", "GetItems")[0]}

    def walk(self):
        """Everything that is shown, from the top: (object, role, name)."""
        children, level = {}, [self.app]
        while level:
            answers = self.children(level)
            children |= answers
            level = [it for found in answers.values() for it in found]
        items = self.items()

        def below(parent):
            for it in children[parent]:
                if it in items and has_state(items[it][9], STATE_VISIBLE):
                    yield it, self.name_role(it, items[it][7]), items[it][6]
                    yield from below(it)

        return list(below(self.app))

    def name_role(self, it, number):
        """None if it went meanwhile."""
        if number not in self.roles:
            name = self.unless_gone(lambda: self.ask(it, "Accessible", "GetRoleName")[0])
            if name is None:
                return None
            self.roles[number] = name
        return self.roles[number]

    def find(self, pattern, role=None):
        """The first one whose name matches `pattern`, or None."""
        for it, its_role, name in self.walk():
            if re.search(pattern, name) and (role is None or its_role == role):
                return it
        return None

    def wait_for(self, pattern, role=None):
        try:
            return self.bus.wait(lambda: self.find(pattern, role))
        except AssertionError:
            seen = "\n".join(f"{role}: {name}" for _, role, name in self.walk() if name)
            raise AssertionError(f"there is no {role or ''} '{pattern}', but\n{seen}") from None

    def wait_gone(self, pattern, role=None):
        self.bus.wait(lambda: self.find(pattern, role) is None)

    @staticmethod
    def unless_gone(look):
        """What `look ()` gives, or None if something that it looks at has gone meanwhile."""
        try:
            return look()
        except GLib.Error:
            return None

    def is_enabled(self, it):
        return has_state(self.ask(it, "Accessible", "GetState")[0], STATE_SENSITIVE)

    def click(self, pattern, role="button"):
        self.wait_for(pattern, role)

        # Another may have taken its place.
        def done():
            it = self.find(pattern, role)
            if it is None or not self.is_enabled(it):
                return False
            self.ask(it, "Action", "DoAction", GLib.Variant("(i)", (0,)))
            return True

        self.bus.wait(lambda: self.unless_gone(done))

    def fill(self, pattern, text):
        it = self.wait_for(pattern, "text box")
        self.ask(it, "EditableText", "SetTextContents", GLib.Variant("(s)", (text,)))

    def text(self, pattern):
        """All text of a text view, or "" if it is not there."""
        it = self.find(pattern, "text box") or self.find(pattern, "text")
        return self.unless_gone(lambda: it and self.ask(
            it, "Text", "GetText", GLib.Variant("(ii)", (0, -1)))[0]) or ""

    def description(self, pattern, role):
        """What is said of it besides its name, or "" if it is not there."""
        it = self.find(pattern, role)
        return self.unless_gone(lambda: it and self.get(it, "Description")) or ""

    def choose(self, pattern):
        """Selects a row of the sidebar."""
        sidebar = self.wait_for("^Simulators, sessions and brains")
        self.wait_for(pattern, "list item")

        def done():
            rows = [self.get(tuple(row), "Name")
                    for row in self.ask(sidebar, "Accessible", "GetChildren")[0]
                    if self.ask(tuple(row), "Accessible", "GetRoleName")[0] == "list item"]
            at = [i for i, name in enumerate(rows) if re.search(pattern, name)]
            if at:
                self.ask(sidebar, "Selection", "SelectChild", GLib.Variant("(i)", (at[0],)))
            return at

        self.bus.wait(lambda: self.unless_gone(done))

    def show(self, path):
        """As other programs do that want an object to be seen."""
        self.bus.client.call_sync(
            "org.simhost.Monitor", "/org/simhost/Monitor", "org.freedesktop.Application",
            "ActivateAction",
            GLib.Variant("(sava{sv})", ("show", [GLib.Variant("s", path)], {})), None, 0,
            DEADLINE * 1000, None)

    def windows(self):
        """The oldest first."""
        return [tuple(it) for it in self.ask(self.app, "Accessible", "GetChildren")[0]]

    def size(self, window=None):
        return self.ask(window or self.windows()[0], "Component", "GetSize")

    def extents(self, it):
        """In its window: x, y, width, height."""
        return self.ask(it, "Component", "GetExtents", GLib.Variant("(u)", (COORD_WINDOW,)))[0]

    # ---- what people do ----

    def controller(self, method, signature, *values):
        self.ask(("org.a11y.atspi.Registry", "/org/a11y/atspi/registry/deviceeventcontroller"),
                 "DeviceEventController", method, GLib.Variant(signature, values))

    def point(self, x, y):
        """Puts the pointer there. Where there is no window manager, keys go to the window
        below it."""
        self.controller("GenerateMouseEvent", "(iis)", x, y, "abs")

    def point_away(self):
        """To where there is nothing, on a display with `beside` pixels more."""
        self.point(self.width + 2 * FRAME + self.beside - 1, self.height // 2)

    def press(self, keys):
        """One key, or several at once: "Ctrl+Shift+r". It goes to what is seen when it is
        pressed, and has done what it does at once when this returns."""
        self.display.sync(DEADLINE)
        self.send(keys)
        self.display.sync(DEADLINE)

    def send(self, keys):
        """A key, for whatever is there when it is taken in."""
        *held, key = keys.split("+")
        mask = sum(HELD[name] for name in held)
        if mask:
            self.controller("GenerateKeyboardEvent", "(isu)", mask, "", KEY_LOCK)
        self.controller("GenerateKeyboardEvent", "(isu)", KEYS.get(key) or ord(key), "", KEY_SYM)
        if mask:
            self.controller("GenerateKeyboardEvent", "(isu)", mask, "", KEY_UNLOCK)

    def type(self, text):
        for letter in text:
            self.press({" ": "space", "+": "plus"}.get(letter, letter))

    def focused(self):
        """What keys go to, of the window that came last: (object, role, name), or None."""
        found = [(it, self.name_role(it, item[7]), item[6]) for it, item in self.items().items()
                 if has_state(item[9], STATE_FOCUSED) and has_state(item[9], STATE_VISIBLE)]
        if len(found) > 1:
            # One in each window, which have an order.
            found = [it for it in self.walk() if it in found]
        return found[-1] if found else None

    def tab(self):
        """To the next control: gives it."""
        before = self.focused()
        self.press("Tab")

        # What has the focus may change its name.
        def moved():
            now = self.focused()
            return now if now and (before is None or now[0] != before[0]) else None

        return self.bus.wait(moved)

    def wait_focused(self, pattern, role=None):
        """Until what keys go to has a name that matches `pattern`."""
        self.bus.wait(lambda: (it := self.focused()) and re.search(pattern, it[2])
                      and role in (None, it[1]))

    def tab_to(self, pattern):
        seen = []
        while not (seen and re.search(pattern, seen[-1])):
            assert len(seen) < 100, seen
            seen.append(self.tab()[2])

    def choose_menu(self, pattern):
        """An item of the main menu."""
        self.press("F10")
        self.click(pattern, "menu item")

    def choose_file(self, path):
        """A curriculum, in the file chooser, as somebody does who knows where it is."""
        self.click("^Choose a File")
        self.wait_for("^_Open", "button")
        self.press("/")
        self.fill("^GtkFileChooserEntry$", str(path))
        self.click("^_Open")
        self.wait_gone("^_Open", "button")

    # ---- what people see ----

    def rows(self):
        """Of the window, each as bytes: blue, green, red, nothing, and again."""
        data = (self.folder / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        size, stride, colors = header[0], header[12], header[19]
        start = size + colors * 12
        for row in range(FRAME, FRAME + self.height):
            at = start + row * stride
            yield data[at + 4 * FRAME:at + 4 * (FRAME + self.width)]

    def find_color(self, color):
        """Where the window has this colour: {(x, y), ...}."""
        pixel = bytes(reversed(color))
        return {(found.start() // 4, y) for y, row in enumerate(self.rows())
                for found in re.finditer(re.escape(pixel), row) if found.start() % 4 == 0}

    def settle(self, most):
        """Until nothing has changed for half a second, or for so many of these."""
        for _ in range(most):
            before = list(self.rows())
            done = []
            GLib.timeout_add(500, lambda: done.append(True))
            self.bus.wait(lambda: done)
            if list(self.rows()) == before:
                break

    def save(self, path):
        """The newest window; where there is no window manager it is in the corner."""
        width, height = self.size(self.windows()[-1])
        out = bytearray()
        for row in itertools.islice(self.rows(), height):
            line = bytearray(width * 3)
            for i in range(3):
                line[i::3] = row[2 - i:4 * width:4]
            out += line
        GdkPixbuf.Pixbuf.new_from_bytes(
            GLib.Bytes.new(bytes(out)), GdkPixbuf.Colorspace.RGB, False, 8, width, height,
            width * 3).savev(str(path), "png", ["compression"], ["9"])
