# SPDX-License-Identifier: LGPL-2.1-or-later

"""What a daemon has, and that it does not grow."""

import os
from pathlib import Path

# Bytes that a heap may grow by without reason.
NOISE = 2 << 20
# Times that it may look as if it had grown. How much of what is freed stays with a heap
# depends on what else was there at that moment: it may come to be more, but not each time.
CHANCES = 4


def n_descriptors(bus, pid):
    bus.manager()
    return len(os.listdir(f"/proc/{pid}/fd"))


class Costs:
    """What the daemon has: descriptors, and bytes unless a sanitizer keeps what was
    freed."""

    def __init__(self, bus):
        bus.manager()
        pid = bus.pid()
        # Some are there for a moment only, as of a look at the brains.
        self.descriptors = min(n_descriptors(bus, pid) for _ in range(10))
        self.sanitized = "libasan" in Path(f"/proc/{pid}/maps").read_text()
        status = Path(f"/proc/{pid}/status").read_text()
        self.bytes = int(status.split("VmRSS:")[1].split()[0]) * 1024

    def has_no_more(self, bus):
        """Now, once it has no more descriptors: a look at the brains may be held up as long as
        one likes."""
        pid = bus.pid()
        bus.wait(lambda: n_descriptors(bus, pid) <= self.descriptors)
        after = Costs(bus)
        print(f"# {after.descriptors} descriptors and {after.bytes} bytes, "
              f"{self.descriptors} and {self.bytes} before", flush=True)
        return after.descriptors <= self.descriptors and (
            after.sanitized or after.bytes < self.bytes + NOISE)


def measure(round, bus, rounds=4):
    """Nothing is left of some rounds that was not of those before."""
    round(bus)
    pid = bus.pid()
    for _ in range(CHANCES):
        before = Costs(bus)
        for _ in range(rounds):
            round(bus)
        assert bus.pid() == pid
        if before.has_no_more(bus):
            return
    raise AssertionError("it grows")
