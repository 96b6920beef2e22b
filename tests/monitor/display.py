# SPDX-License-Identifier: LGPL-2.1-or-later

"""A display as a window manager sees it, which asks windows whether they still answer."""

import ctypes
import select
import time

X = ctypes.CDLL("libX11.so.6")
ID, POINTER = ctypes.c_ulong, ctypes.POINTER
CLIENT_MESSAGE = 33
SUBSTRUCTURE_NOTIFY, SUBSTRUCTURE_REDIRECT = 1 << 19, 1 << 20
# Seconds until a window is asked again; it may have gone before it was asked.
AGAIN = 2


class Message(ctypes.Structure):
    """XClientMessageEvent."""

    _fields_ = [("type", ctypes.c_int), ("serial", ID), ("sent", ctypes.c_int),
                ("display", ctypes.c_void_p), ("window", ID), ("kind", ID),
                ("format", ctypes.c_int), ("data", ctypes.c_long * 5)]


class Event(ctypes.Union):
    """XEvent."""

    _fields_ = [("message", Message), ("room", ctypes.c_long * 24)]


for name, result, *arguments in (
        ("XOpenDisplay", ctypes.c_void_p, ctypes.c_char_p),
        ("XCloseDisplay", ctypes.c_int, ctypes.c_void_p),
        ("XConnectionNumber", ctypes.c_int, ctypes.c_void_p),
        ("XDefaultRootWindow", ID, ctypes.c_void_p),
        ("XInternAtom", ID, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int),
        ("XSelectInput", ctypes.c_int, ctypes.c_void_p, ID, ctypes.c_long),
        ("XQueryTree", ctypes.c_int, ctypes.c_void_p, ID, POINTER(ID), POINTER(ID),
         POINTER(POINTER(ID)), POINTER(ctypes.c_uint)),
        ("XGetWMProtocols", ctypes.c_int, ctypes.c_void_p, ID, POINTER(POINTER(ID)),
         POINTER(ctypes.c_int)),
        ("XSendEvent", ctypes.c_int, ctypes.c_void_p, ID, ctypes.c_int, ctypes.c_long,
         POINTER(Event)),
        ("XPending", ctypes.c_int, ctypes.c_void_p),
        ("XNextEvent", ctypes.c_int, ctypes.c_void_p, POINTER(Event)),
        ("XFree", ctypes.c_int, ctypes.c_void_p)):
    function = getattr(X, name)
    function.restype, function.argtypes = result, arguments


@ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
def ignore_error(display, error):
    """A window that is asked may have gone."""
    return 0


class Display:
    """`with Display(":1") as display`."""

    def __init__(self, name):
        self.name = name
        self.asked = 0

    def __enter__(self):
        X.XSetErrorHandler(ignore_error)
        self.display = X.XOpenDisplay(self.name.encode())
        assert self.display, f"there is no display {self.name}"
        self.root = X.XDefaultRootWindow(self.display)
        self.protocols, self.ping = (X.XInternAtom(self.display, name, False)
                                     for name in (b"WM_PROTOCOLS", b"_NET_WM_PING"))
        X.XSelectInput(self.display, self.root, SUBSTRUCTURE_NOTIFY)
        return self

    def __exit__(self, *exception):
        X.XCloseDisplay(self.display)

    def ids(self, call, window, *before):
        """What `call` gives of a window, as a list."""
        found, count = POINTER(ID)(), ctypes.c_uint()
        if not call(self.display, window, *before, ctypes.byref(found),
                    ctypes.cast(ctypes.byref(count), call.argtypes[-1])):
            return []
        ids = found[:count.value]
        if found:
            X.XFree(found)
        return ids

    def answering(self):
        """A window that answers when it is asked, or None."""
        unused = ID()
        return next((it for it in self.ids(X.XQueryTree, self.root, unused, unused)
                     if self.ping in self.ids(X.XGetWMProtocols, it)), None)

    def ask(self, window):
        self.asked += 1
        event = Event(message=Message(type=CLIENT_MESSAGE, window=window, kind=self.protocols,
                                      format=32, data=(self.ping, self.asked, window)))
        X.XSendEvent(self.display, window, False, 0, ctypes.byref(event))

    def answered(self):
        event = Event()
        while X.XPending(self.display):
            X.XNextEvent(self.display, ctypes.byref(event))
            it = event.message
            if (it.type, it.kind, it.data[0], it.data[1]) == (
                    CLIENT_MESSAGE, self.protocols, self.ping, self.asked):
                return True
        return False

    def sync(self, seconds):
        """Waits until the program that has windows on the display has taken in all that it was
        sent, keys among it, and the display all that the program has asked it for, such as
        to show a window or to take it away; or until no window is left."""
        deadline = time.monotonic() + seconds
        while (window := self.answering()) is not None:
            self.ask(window)
            again = time.monotonic() + AGAIN
            while not self.answered():
                left = again - time.monotonic()
                if left <= 0:
                    break
                select.select([X.XConnectionNumber(self.display)], [], [], left)
            else:
                return
            assert time.monotonic() < deadline, f"the windows do not answer within {seconds} s"
