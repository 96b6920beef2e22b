# SPDX-License-Identifier: LGPL-2.1-or-later

"""What a daemon has, and that it does not grow."""

import os
from pathlib import Path

# Bytes that a heap may grow by without reason.
NOISE = 2 << 20


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

    def check_again(self, bus):
        """Whether it has no more now; what it has."""
        pid = bus.pid()
        print(f"# {n_descriptors(bus, pid)} descriptors, {self.descriptors} before", flush=True)
        # A look at the brains may be held up as long as one likes.
        bus.wait(lambda: n_descriptors(bus, pid) <= self.descriptors)
        after = Costs(bus)
        assert after.sanitized or after.bytes < self.bytes + NOISE, (self.bytes, after.bytes)
        return after


def measure(round, bus, rounds=4):
    """Nothing is left of some rounds that was not of the first."""
    round(bus)
    before = Costs(bus)
    pid = bus.pid()
    for _ in range(rounds):
        round(bus)
    before.check_again(bus)
    assert bus.pid() == pid
