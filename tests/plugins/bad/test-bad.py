#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The corpus does what its names say: each copy is played for two episodes in a
child, and what became of the child is compared with the file's name.

    test-bad.py COPY...
"""

import ctypes
import json
import os
import pathlib
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))

import plugin
from tap import case, run

CALLS = (
    "load init describe get-extension create set-properties reset start advance get-state reward render get-size save restore stop destroy deinit".split()
)
STATUSES = {
    "warning": plugin.WARNING,
    "discard": plugin.DISCARD,
    "error": plugin.ERROR,
    "fatal": plugin.FATAL,
    "silent-error": plugin.ERROR,
    "garbage-error": plugin.ERROR,
    "nonsense-status": 99,
}
SIGNALS = {"crash": signal.SIGSEGV, "overflow-stack": signal.SIGSEGV, "abort": signal.SIGABRT, "kill": signal.SIGKILL}


class Announcer:
    """A simulator that says each call before it is made."""

    def __init__(self, simulator, say):
        self.simulator, self.say = simulator, say

    def __getattr__(self, name):
        value = getattr(self.simulator, name)
        call = name.replace("_", "-")
        if call not in CALLS or not value:
            return value
        return lambda *arguments: (self.say(call), value(*arguments))[1]


def show(instance, seen, say):
    """A picture, and a snapshot there and back."""
    before = instance.observe()
    table = instance.extension("simhost.snapshot/1")
    instance.extension("simhost.render/1")
    say("render")
    picture = instance.render(20, 10, gap=12)
    seen["blank"] = not any(picture.data[:80])
    seen["meddled"] = seen.get("meddled", False) or instance.observe() != before
    say("get-size")
    seen["size"] = table.get_size(instance.self)
    if seen["size"] not in range(8, 1000):
        return
    say("save")
    saved = instance.save()
    seen["tag"] = saved[:8].hex()
    seen["meddled"] |= instance.observe() != before
    # Once: an episode that is put back each time never ends.
    if seen["states"] or seen["tag"] == "0" * 16:
        return
    say("restore")
    seen["forgot"] = instance.restore(saved) != before
    try:
        instance.restore(saved[:20])
        seen["trusts"] = True
    except plugin.Refused as refused:
        seen["trusts"] = refused.status != plugin.DISCARD
    seen["meddled"] |= instance.observe() != before


def play(path, say):
    """Two episodes with seed 1; what a host would see, for JSON."""
    seen = {"starts": [], "states": [], "rewards": [], "terminals": []}
    say("load")
    ctypes.CDLL(path)
    say("describe")
    table, simulators = plugin.load(path)
    say("init")
    errors = []
    host = plugin.Host(
        struct_size=ctypes.sizeof(plugin.Host),
        log=plugin.Log(lambda host, level, line: None),
        set_error=plugin.SetError(lambda host, line: errors.append(line.decode(errors="replace"))),
        get_extension=plugin.GetExtension(lambda host, name: None),
    )
    status = table.init(ctypes.byref(host))
    if status != plugin.OK:
        raise plugin.Refused("init", status, errors and errors[-1])
    with plugin.Instance(Announcer(simulators["bad"], say)) as instance:
        instance.set_properties(limit=3)
        for _ in range(2):
            seen["starts"].append(instance.begin(1))
            terminal = False
            while not terminal:
                state, terminal = instance.advance(push=0.25)
                show(instance, seen, say)
                say("reward")
                seen["states"].append(state)
                seen["rewards"].append(instance.reward("score"))
            instance.stop()
    say("deinit")
    table.deinit()
    return seen


def child(path, pipe):
    def say(call):
        os.write(pipe, (json.dumps(call) + "\n").encode())

    # What of the process a plugin may have changed.
    def process():
        status = dict(line.split(":\t") for line in open("/proc/self/status").read().splitlines())
        return {
            "ignored": int(status["SigIgn"], 16),
            "threads": int(status["Threads"]),
            "descriptors": len(os.listdir("/proc/self/fd")),
            "children": open("/proc/self/task/%d/children" % os.getpid()).read().split(),
            "rounding": ctypes.CDLL("libm.so.6").fegetround(),
            "locale": ctypes.string_at(setlocale(6, None)).decode(),
        }

    setlocale = ctypes.CDLL(None).setlocale
    setlocale.restype = ctypes.c_void_p
    out = os.memfd_create("out")
    os.dup2(out, 1)
    os.dup2(out, 2)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    before = process()
    outcome = {}
    try:
        outcome = play(path, say)
    except plugin.Refused as refused:
        outcome = {"refused": [str(refused).split()[0].replace("_", "-"), refused.status, refused.reason]}
    except Exception as error:
        outcome = {"error": repr(error)}
    after = process()
    outcome["changed"] = [name for name in before if before[name] != after[name]]
    for pid in after["children"]:
        os.kill(int(pid), signal.SIGKILL)
    outcome["printed"] = os.lseek(1, 0, os.SEEK_CUR)
    say(outcome)
    os._exit(0)


def sleeps(pid):
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0] == "S"


def watch(path):
    """Plays in a child: (how it ended, the last call or its report)."""
    reader, writer = os.pipe()
    # Out of reach for a plugin that closes all descriptors.
    os.dup2(writer, 300)
    os.close(writer)
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        child(path, 300)
    os.close(300)
    deed, call = pathlib.Path(path).stem, None
    with os.fdopen(reader) as lines:
        for line in lines:
            call = json.loads(line)
            if deed.startswith("hang") and isinstance(call, str) and deed.endswith("-" + call):
                deadline = time.monotonic() + 20
                while not sleeps(pid) and time.monotonic() < deadline:
                    time.sleep(0.001)
                os.kill(pid, signal.SIGKILL)
                status = os.waitpid(pid, 0)[1]
                return "hang" if status == signal.SIGKILL else f"status {status}", call
    status = os.waitpid(pid, 0)[1]
    if os.WIFSIGNALED(status):
        return os.WTERMSIG(status), call
    return f"exit {os.WEXITSTATUS(status)}", call


def expect(name, ended, last):
    deed, call = name, None
    for candidate in sorted(CALLS, key=len, reverse=True):
        if name.endswith("-" + candidate):
            deed, call = name[: -len(candidate) - 1], candidate
            break
    if name in VALUES:
        assert ended == "exit 0", ended
        assert VALUES[name](last), last
    elif deed in SIGNALS:
        assert (ended, last) == (SIGNALS[deed], call)
    elif deed in ("hang", "hang-deaf"):
        assert (ended, last) == ("hang", call)
    elif deed == "exit":
        assert (ended, last) == ("exit 7", call)
    elif deed in STATUSES:
        refused = last["refused"]
        assert refused[:2] == [call, STATUSES[deed]], refused
        assert bool(refused[2]) == (deed not in ("silent-error", "nonsense-status")), refused
    else:
        assert ended == "exit 0", ended
        assert CHANGES[deed](last), last


# What differs in what the functions give.
VALUES = {
    "nothing": lambda seen: not seen["meddled"] and not seen["forgot"] and not seen["trusts"] and not seen["blank"] and not seen["changed"] and not seen["printed"] and seen["starts"][0] == seen["starts"][1],
    "overrun-state": lambda seen: "past" in seen["error"],
    "underrun-state": lambda seen: "before" in seen["error"],
    "nan-state": lambda seen: all(state["value"] != state["value"] for state in seen["states"]),
    "out-of-range-state": lambda seen: all(state["value"] > 1000 for state in seen["states"]),
    "unterminated-string": lambda seen: "ValueError" in seen["error"],
    "invalid-utf8": lambda seen: "UnicodeDecodeError" in seen["error"],
    "wrong-terminal": lambda seen: "terminal" in seen["error"],
    "nan-reward": lambda seen: all(reward != reward for reward in seen["rewards"]),
    "infinite-reward": lambda seen: all(reward == float("inf") for reward in seen["rewards"]),
    "unrepeatable": lambda seen: seen["starts"][0] != seen["starts"][1],
    "blank-frame": lambda seen: seen["blank"],
    "overrun-frame": lambda seen: "past" in seen["error"],
    "underrun-frame": lambda seen: "before" in seen["error"],
    "no-stride-frame": lambda seen: "between rows" in seen["error"],
    "wrong-size-frame": lambda seen: "past" in seen["error"],
    "meddling-frame": lambda seen: seen["meddled"],
    "huge-snapshot": lambda seen: seen["size"] > 2**63,
    "empty-snapshot": lambda seen: seen["size"] == 0,
    "untagged-snapshot": lambda seen: seen["tag"] == "0" * 16 and not seen["meddled"],
    "overrun-snapshot": lambda seen: "past" in seen["error"],
    "meddling-snapshot": lambda seen: seen["meddled"],
    "meddling-refusal": lambda seen: seen["meddled"] and not seen["trusts"],
    "trusting-snapshot": lambda seen: seen["trusts"],
    "forgetful-snapshot": lambda seen: seen["forgot"],
    # Nothing to see in an episode whose properties are the same.
    "forgetful-properties": lambda seen: not seen["forgot"],
    "leak": lambda seen: not seen["changed"],
}

# What differs in the process.
CHANGES = {
    "print": lambda seen: seen["printed"] > 0,
    "flood-stderr": lambda seen: seen["printed"] > 2000000,
    "flood-log": lambda seen: not seen["changed"],
    "locale": lambda seen: "locale" in seen["changed"],
    "rounding": lambda seen: seen["changed"] == ["rounding"],
    "signals": lambda seen: seen["changed"] == ["ignored"],
    "close-descriptors": lambda seen: seen["changed"] == ["descriptors"],
    "thread": lambda seen: "threads" in seen["changed"],
    "fork": lambda seen: "children" in seen["changed"],
    # There is enough here.
    "exhaust": lambda seen: not seen["changed"],
}

for path in sys.argv[1:]:

    @case("/plugins/bad/" + pathlib.Path(path).stem)
    def as_named(path=path):
        expect(pathlib.Path(path).stem, *watch(path))


run()
