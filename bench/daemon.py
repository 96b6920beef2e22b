#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
What `simhost daemon` costs with many sessions, on a private bus: the processor
time that it takes while all of them step, in percent of one core, and how long
GetManagedObjects takes, by the clock and in the daemon's own processor time. The
first is to stay below 5 %, the second below 50 ms.

  ./dev bench daemon [SESSIONS] [SECONDS]      (default: 256 and 10)

The sessions, and the engine that trains on all of them, share the machine with
the daemon, so the clock says most about a call when they are at rest.
"""

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "daemon"))

from bus import KEY, ROOT, Bus, GLib

SIMHOST, PLUGINS = sys.argv[1], Path(sys.argv[2])
SESSIONS, SECONDS = (int(word) for word in (sys.argv[3:5] + ["256", "10"][len(sys.argv) - 3:]))
CALLS = 20


def processor_time(pid):
    """Of all threads, in seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def show(what, value, unit):
    print(f"{what:44} {value:10.2f} {unit}", flush=True)


def time_calls(bus, when):
    pid = bus.pid()
    walls, before = [], processor_time(pid)
    for _ in range(CALLS):
        start = time.perf_counter()
        bus.client.call_sync("org.simhost.Host1", ROOT, "org.freedesktop.DBus.ObjectManager",
                             "GetManagedObjects", None, None, 0, 60000, None)
        walls.append((time.perf_counter() - start) * 1000)
    show(f"GetManagedObjects, {when}, median", statistics.median(walls), "ms")
    show(f"GetManagedObjects, {when}, processor",
         (processor_time(pid) - before) / CALLS * 1000, "ms")


def count_steps(objects):
    return sum(it.get("IterationCount", 0) for it in objects.values())


def main():
    with Bus(SIMHOST) as bus:
        bus.add(PLUGINS / "cartpole.so")
        url = bus.serve("cartpole")
        bus.manager()
        pid = bus.pid()
        show(f"{SESSIONS} sessions, {SECONDS} s; idle daemon, memory", memory(pid), "MiB")
        paths = [
            bus.call(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole", {
                "engine": GLib.Variant("s", url), "accesskey": GLib.Variant("s", KEY),
                "nice": GLib.Variant("i", 10)})[0]
            for _ in range(SESSIONS)]
        bus.wait(lambda: sum(it.get("State") == "running" for it in bus.managed().values())
                 == SESSIONS)
        changes = []
        bus.client.signal_subscribe(
            None, "org.freedesktop.DBus.Properties", "PropertiesChanged", None, None, 0,
            lambda *_: changes.append(1))
        steps, before, start = count_steps(bus.managed()), processor_time(pid), time.monotonic()
        bus.wait(lambda: time.monotonic() - start > SECONDS)
        spent, seconds = processor_time(pid) - before, time.monotonic() - start
        show("steps of all sessions", (count_steps(bus.managed()) - steps) / seconds, "1/s")
        show("PropertiesChanged", len(changes) / seconds, "1/s")
        show("daemon while they step", 100 * spent / seconds, "% of a core")
        show("daemon with them, memory", memory(pid), "MiB")
        time_calls(bus, "stepping")
        for path in paths:
            bus.call(path, "Session.Stop")
        bus.wait(lambda: all(it.get("State", "stopped") in ("stopped", "usable")
                             for it in bus.managed().values()))
        time_calls(bus, "at rest")


def memory(pid):
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


main()
