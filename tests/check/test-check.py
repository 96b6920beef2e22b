#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""`simhost check` finds every fault of the corpus by its name, and none in the
simulators that are shipped.

    test-check.py SIMHOST MANUAL_FOLDER PLUGIN_FOLDER BAD_PLUGIN...
"""

import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "plugins"))

from tap import case, run

SIMHOST, MANUAL, PLUGINS, BAD = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]), pathlib.Path(sys.argv[4]).parent

# What is no fault: a plugin may warn in init, has no log while it is loaded, and
# has memory enough here.
VALID = {"nothing", "slow", "warning-init", "flood-log-load", "exhaust-advance"}

# The function of a name's end, as it is called in plugin.h, and the check that
# runs it first.
CALLS = {
    "load": ("load", "loads"),
    "init": ("init", "loads"),
    "describe": ("get_simulator", "loads"),
    "deinit": ("deinit", "loads"),
    "create": ("create", "create-destroy"),
    "destroy": ("destroy", "create-destroy"),
    "set-properties": ("set_properties", "episode"),
    "reset": ("reset", "episode"),
    "start": ("start", "episode"),
    "advance": ("advance", "episode"),
    "get-state": ("get_state", "episode"),
    "reward": ("reward", "episode"),
    "stop": ("stop", "episode"),
    "get-extension": ("get_extension", "render"),
    "render": ("render", "render"),
    "get-size": ("get_size", "snapshot"),
    "save": ("save", "snapshot"),
    "restore": ("restore", "snapshot"),
}

# Seconds that a call may take which is to hang: the calls before it must not, on
# a machine that is busy.
PATIENCE = 8

# Faults that end a call for good: words, after the function's name.
ENDS = {
    "crash": "crashed in {}: segmentation fault",
    "overflow-stack": "crashed in {}: segmentation fault",
    "abort": "crashed in {}: aborted",
    "kill": "killed in {}: SIGKILL",
    "exit": "ended the process in {} (exit status 7)",
    "hang": f"did not return from {{}} within {PATIENCE} s",
    "hang-deaf": f"did not return from {{}} within {PATIENCE} s",
}

# What changes in the process: the check, and words of its reason.
CHANGES = {
    "print": ("no-stdout", "not a word of this belongs here"),
    "flood-stderr": ("quiet", "flooded"),
    "flood-log": ("quiet", "flooded"),
    "locale": ("locale-kept", "changed the locale"),
    "rounding": ("fp-mode-kept", "rounding"),
    "signals": ("signal-handlers-kept", "SIGINT"),
    "close-descriptors": ("descriptors-kept", "closed descriptor"),
    "thread": ("no-threads-left", "still run"),
    "fork": ("no-fork", "started a process"),
}

STATUSES = {
    "warning": "SIMHOST_WARNING: it was told to warn",
    "discard": "SIMHOST_DISCARD, which only advance may",
    "error": "SIMHOST_ERROR: it was told to fail",
    "fatal": "SIMHOST_FATAL: it was told to give up",
}

# What the functions give, and faults of other kinds.
OTHERS = {
    "overrun-state": ("within-struct", "beyond its state struct of 40 bytes"),
    "underrun-state": ("within-struct", "before its state struct"),
    "nan-state": ("finite-state", "'value' is not a finite number"),
    "out-of-range-state": ("declared-ranges", "above its max 1000"),
    "unterminated-string": ("texts-and-images", "does not end"),
    "invalid-utf8": ("texts-and-images", "not UTF-8"),
    "null-pixels": ("texts-and-images", "2 x 2 without pixels"),
    "huge-image": ("texts-and-images", "without pixels"),
    "wrong-terminal": ("episode", "*terminal to 7"),
    "nan-reward": ("finite-rewards", "'score' is not"),
    "infinite-reward": ("finite-rewards", "'score' is not"),
    "unrepeatable": ("seed-repeats", "another initial state"),
    "leak": ("no-leaks", "bytes behind"),
    "discard-advance": ("statuses", "refused each of"),
    "silent-error-advance": ("statuses", "did not say why"),
    "garbage-error-advance": ("statuses", "of two lines, 100%s  %n"),
    "nonsense-status-advance": ("statuses", "99, which is no status"),
}

# Extensions: found by their checks.
EXTENSIONS = {
    "short-render": ("render", "struct_size is 8"),
    "null-render": ("render", "no render function"),
    "unordered-frame-sizes": ("render", "65x6 <= 64x48 <= 640x480 are not in order"),
    "zero-frame-size": ("render", "8x0"),
    "huge-frame-size": ("render", "4294967295x480"),
    "nan-step-time": ("render", "step_time"),
    "blank-frame": ("render", "it drew nothing"),
    "overrun-frame": ("render", "beyond its frame"),
    "underrun-frame": ("render", "before its frame"),
    "no-stride-frame": ("render", "between rows 0 and 1"),
    "wrong-size-frame": ("render", "8x6: it wrote beyond its frame"),
    "meddling-frame": ("render", "another one than without"),
    "error-render": ("render", "returned 3: it was told to fail"),
    "fatal-render": ("render", "returned 4: it was told to give up"),
    "short-snapshot": ("snapshot", "struct_size is 8"),
    "null-get-size": ("snapshot", "no get_size function"),
    "null-save": ("snapshot", "no save function"),
    "null-restore": ("snapshot", "no restore function"),
    "huge-snapshot": ("snapshot", "18446744073709551615 bytes"),
    "empty-snapshot": ("snapshot", "it says 0 bytes"),
    "untagged-snapshot": ("snapshot", "do not begin with their tag"),
    "overrun-snapshot": ("snapshot", "beyond its 24 bytes"),
    "meddling-snapshot": ("snapshot", "does not go on as the saved one"),
    "meddling-refusal": ("snapshot", "goes on as another one"),
    "trusting-snapshot": ("snapshot", "for no bytes"),
    "forgetful-snapshot": ("snapshot", "the state is not the one that was saved"),
    "forgetful-properties": ("snapshot", "does not go on as the saved one"),
    "error-save": ("snapshot", "returned 3: it was told to fail"),
    "fatal-save": ("snapshot", "returned 4: it was told to give up"),
    "error-restore": ("snapshot", "returned 3"),
    "fatal-restore": ("snapshot", "returned 4"),
}

# What stands in the tables: all found while loading.
TABLES = {
    "no-symbol": "no symbol 'simhost_plugin'",
    "wrong-magic": "magic",
    "newer-major": "version 2.0",
    "newer-minor": "version 1.1",
    "short-plugin": "struct_size of 'simhost_plugin' is 16",
    "null-id": "no id",
    "null-get-n-simulators": "no get_n_simulators function",
    "null-get-simulator": "no get_simulator function",
    "null-simulator": "returned NULL",
    "no-simulators": "0 simulators",
    "too-many-simulators": "4294967295 simulators",
    "duplicate-simulator": "name is taken",
    "short-simulator": "struct_size is 16",
    "null-name": "no name",
    "wrong-name": "'two words' is no name",
    "null-create": "no create function",
    "null-destroy": "no destroy function",
    "null-set-properties": "no set_properties function",
    "null-reset": "no reset function",
    "null-advance": "no advance function",
    "null-get-state": "no get_state function",
    "no-action-fields": "action: has no fields",
    "no-state-fields": "state: has no fields",
    "null-rewards": "rewards is missing",
    "too-many-rewards": "268435456 rewards",
    "short-reward": "16 bytes for a reward",
    "null-reward-name": "reward 1: has no name",
    "wrong-reward-name": "'a-b' is no name",
    "duplicate-reward": "name is taken",
    "two-default-rewards": "both the default",
    "null-evaluate": "no evaluate function",
    "short-schema": "16 bytes for a schema",
    "short-field": "16 bytes for a field",
    "null-schema-name": "state: has no name",
    "wrong-schema-name": "'a-b' is no name",
    "huge-struct": "4294967280 bytes",
    "null-fields": "fields is missing",
    "too-many-fields": "268435456 fields",
    "null-field-name": "field 1: has no name",
    "wrong-field-name": "'2nd' is no name",
    "duplicate-field": "name is taken",
    "unknown-type": "unknown type 99",
    "zero-count": "no elements",
    "wrong-count": "3 of int32",
    "huge-count": "1073741825 of int32",
    "wrong-size": "3 bytes",
    "offset-past-end": "ends at byte 44",
    "huge-offset": "ends at byte 4294967296",
    "overlapping-fields": "overlap",
    "min-above-max": "min 2 is above max 1",
    "nan-range": "min is not a finite number",
    "zero-step": "step 0 is not positive",
    "null-values": "values are missing",
    "unordered-values": "must increase",
    "duplicate-values": "name is taken",
}


def expectation(name):
    """The check that must fail, and words of its reason."""
    if name in OTHERS:
        return OTHERS[name]
    if name in EXTENSIONS:
        return EXTENSIONS[name]
    if name in TABLES:
        return "loads", TABLES[name]
    call = max((call for call in CALLS if name.endswith("-" + call)), key=len)
    deed = name[: -len(call) - 1]
    function, check = CALLS[call]
    if deed in ENDS:
        return check, ENDS[deed].format(function)
    if deed in CHANGES:
        return CHANGES[deed]
    if call == "init":
        return "loads", "init failed: it was told to"
    return ("create-destroy" if call == "create" and deed != "warning" else "statuses"), STATUSES[deed]


def simhost(*arguments, status=0):
    done = subprocess.run([SIMHOST, *map(str, arguments)], capture_output=True, timeout=600)
    assert done.returncode == status, done
    return done.stdout.decode(), done.stderr.decode()


def check(path, *arguments, status=0):
    """What was said of each check, and the summary."""
    out, err = simhost("check", path, "--json", "--seed", "1", *arguments, status=status)
    assert err == "", err
    events = [json.loads(line) for line in out.splitlines()]
    *results, summary = events
    assert summary["event"] == "summary" and all(event["event"] == "check" for event in results)
    counts = {"pass": "passed", "fail": "failed", "not-applicable": "not_applicable"}
    for result, count in counts.items():
        assert summary[count] == sum(event["result"] == result for event in results), summary
    for event in results:
        assert (event["reason"] is None) == (event["result"] == "pass"), event
        assert ("replay" in event) == (event["result"] == "fail"), event
    return {event["check"]: event for event in results}


def look(name):
    expected, words = expectation(name)
    event = check(BAD / f"{name}.so", "--only", expected, "--timeout", PATIENCE if "hang" in name else 10, status=1)[expected]
    return event, words


names = sorted(path.stem for path in BAD.glob("*.so"))
# Much of the time is spent waiting for what hangs; what takes longest begins first.
pool = concurrent.futures.ThreadPoolExecutor(8)
whole = {path: pool.submit(check, path) for path in [BAD / f"{name}.so" for name in sorted(VALID)] + sorted(PLUGINS.glob("*.so"))}
looks = {name: pool.submit(look, name) for name in names if name not in VALID}

for name in looks:

    @case("/check/bad/" + name)
    def caught(name=name):
        event, words = looks[name].result()
        assert event["result"] == "fail" and words in event["reason"], event


for path in whole:

    @case("/check/good/" + path.stem)
    def passes(path=path):
        failed = [event for event in whole[path].result().values() if event["result"] == "fail"]
        assert not failed, failed


@case("/check/corpus-is-whole")
def corpus_is_whole():
    assert len(looks) > 150 and len(whole) >= 12, (len(looks), len(whole))


@case("/check/what-needs-another-is-not-tried")
def needs():
    results = check(BAD / "crash-create.so", status=1)
    assert results["create-destroy"]["result"] == "fail"
    assert results["episode"]["reason"] == "not tried, for 'create-destroy' has not passed"
    assert sum(event["result"] == "fail" for event in results.values()) == 1


@case("/check/replay")
def replay():
    """The command that is printed fails in the same way."""
    path = BAD / "out-of-range-state.so"
    out, _ = simhost("check", path, "--seed", "77", status=1)
    assert "\nFAIL  declared-ranges " in out and "1 failed" in out.splitlines()[-1], out
    (command,) = re.findall(r"again: simhost (check .*)", out)
    assert command == f"check '{path}' --only declared-ranges --seed 77", command
    again, _ = simhost("check", path, *command.split()[2:], status=1)
    reason = [line for line in out.splitlines() if line.startswith("FAIL")]
    assert [line for line in again.splitlines() if line.startswith("FAIL")] == reason


@case("/check/what-is-no-plugin-fails-once")
def no_plugin():
    with tempfile.TemporaryDirectory(prefix="simhost-check-") as folder:
        path = pathlib.Path(folder) / "notes.so"
        for content in b"", b"no plugin", bytes(5000):
            path.write_bytes(content)
            out, err = simhost("check", path, "--seed", "5", status=1)
            failed, again, others, blank, summary = out.splitlines()
            assert failed.startswith("FAIL  loads ") and "again: simhost check " in again and err == blank == "", out
            n = len(check(path, status=1)) - 1
            assert others == f"-     {n} others were not tried: they need what has not passed", out
            assert summary == f"0 passed, 1 failed, {n} not tried, 0 not applicable (seed 5)", out


@case("/check/text")
def text():
    out, err = simhost("check", BAD / "nothing.so", "--seed", "5")
    *lines, blank, summary = out.splitlines()
    assert err == "" and blank == "" and re.fullmatch(r"\d+ passed, 0 failed, \d+ not applicable \(seed 5\)", summary), out
    assert all(re.match(r"(pass|-)\s+[a-z-]+\s+\S", line) for line in lines), out


@case("/check/in-process")
def in_process():
    results = check(BAD / "nothing.so", "--in-process")
    assert all(event["result"] != "fail" for event in results.values()), results
    results = check(BAD / "nan-state.so", "--in-process", status=1)
    assert [name for name, event in results.items() if event["result"] == "fail"] == ["finite-state"]


@case("/check/only")
def only():
    event = check(PLUGINS / "cartpole.so", "--only", "loads", "--only", "episode")
    assert set(event) == {"loads", "episode"}


@case("/check/usage")
def usage():
    good = BAD / "nothing.so"
    for arguments, words in [
        ([], "one file is needed"),
        ([good, good], "one file is needed"),
        (["/nowhere/at-all.so"], "there is no such file"),
        ([BAD], "there is no such file"),
        ([good, "--only", "everything"], "there is no such check; there are loads, describes"),
        ([good, "--seed", "-1"], "a seed is a whole number"),
        ([good, "--seed", "x"], "a seed is a whole number"),
        ([good, "--timeout", "0"], "--timeout=0: expected a whole number from 1 to 3600"),
        ([good, "--wrong"], "--wrong"),
    ]:
        out, err = simhost("check", *arguments, status=2)
        assert out == "" and err.startswith("simhost: check: ") and words in err and err.count("\n") == 1, (arguments, err)
    simhost("check-one", "episode", "1", good, status=1)
    simhost("check-one", "nothing", "1", good, status=2)


@case("/check/no-plugin")
def no_plugin():
    with tempfile.TemporaryDirectory(prefix="simhost-check-") as folder:
        path = pathlib.Path(folder) / "text.so"
        path.write_text("no shared object")
        assert "not a shared object" in check(path, status=1)["loads"]["reason"]


@case("/check/manual")
def manual():
    page = (MANUAL / "simhost-check.1").read_text(encoding="utf-8").replace("\\-", "-")
    told = re.findall(r"^\.TP\n\.B ([a-z-]+)$", page.split(".SH CHECKS")[1].split(".SH")[0], re.M)
    assert told == list(check(BAD / "nothing.so")), told


run()
