# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost start, stop, restart, status and logs, and the daemon that they ask.

  test-verbs.py SIMHOST PLUGIN-FOLDER COMPLETION"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]

import tap
from bus import DEADLINE, KEY, NAME, ROOT, Bus

SIMHOST, PLUGINS, COMPLETION = sys.argv[1], *map(Path, sys.argv[2:4])


def failure(done):
    """The one line that a command failed with."""
    assert not done.stdout and done.stderr.count("\n") == 1, done
    return done.stderr


@tap.case("/daemon/verbs/from-start-to-stop")
def story():
    with Bus(SIMHOST) as bus:
        bus.add(PLUGINS / "cartpole.so")
        url = bus.serve("cartpole")
        # The bus starts the daemon.
        assert bus.pid() == 0
        done = bus.run("status")
        assert not done.stdout and "no sessions" in done.stderr, done
        daemon = bus.pid()
        assert daemon > 0

        done = bus.run("start", "cartpole", "--url", url, "--instances", "2", "--json",
                       SIMHOST_ACCESS_KEY=KEY)
        session = json.loads(done.stdout)
        assert session["name"] == "cartpole" and session["instances"] == 2 and not done.stderr, done
        assert "mean_return" in session and "simulator_object" not in session, session
        # What it is then, not what it was before.
        assert session["state"] != "stopped", session
        running = lambda: json.loads(bus.run("status", "cartpole", "--json").stdout)["state"] == "running"
        bus.wait(running)
        done = bus.run("start", "cartpole", "--name", "other", "--url", url, "--accesskey", KEY,
                       "--set", "episode_length=50", "--restart", "never", "--memory", "40000G",
                       "--nice", "3", "--seed", "5")
        assert not done.stdout and done.stderr.startswith("session 'other': "), done
        heads, *rows = bus.run("status").stdout.splitlines()
        assert heads.split()[:3] == ["SESSION", "STATE", "SIMULATOR"], heads
        assert [row.split()[0] for row in rows] == ["cartpole", "other"], rows
        assert KEY not in bus.run("status", "--json").stdout

        pid = json.loads(bus.run("status", "other", "--json").stdout)["pid"]
        bus.run("restart", "other", "--now")
        bus.wait(lambda: json.loads(bus.run("status", "other", "--json").stdout)["pid"]
                 not in (0, pid))

        done = bus.run("stop", "cartpole", "other", "--json")
        stopped = [json.loads(line) for line in done.stdout.splitlines()]
        assert [(it["name"], it["state"], it["pid"]) for it in stopped] == [
            ("cartpole", "stopped", 0), ("other", "stopped", 0)], stopped
        # It is there still, with its settings.
        assert bus.run("start", "cartpole").stderr in {
            f"session 'cartpole': {state}\n" for state in ("starting", "connecting", "running")}
        bus.wait(running)
        assert json.loads(bus.run("status", "cartpole", "--json").stdout)["instances"] == 2
        assert bus.pid() == daemon


@tap.case("/daemon/verbs/logs")
def logs():
    with Bus(SIMHOST) as bus:
        bus.add(PLUGINS / "cartpole.so")
        url = bus.serve("cartpole")
        bus.run("start", "cartpole", "--url", url, "--accesskey", KEY)
        bus.wait(lambda: "running" in bus.run("status", "cartpole").stdout)
        lines = bus.run("logs", "cartpole").stdout.splitlines()
        assert len(lines) >= 2 and all(line[:4].isdigit() and line[4] == "-" for line in lines), lines
        assert bus.run("logs", "cartpole", "--lines", "1").stdout.splitlines() == lines[-1:]
        told = [json.loads(line) for line in
                bus.run("logs", "cartpole", "--json").stdout.splitlines()]
        assert [it["text"] for it in told] == [line.split(" ", 2)[2] for line in lines]
        assert all(it["time"].endswith("Z") for it in told), told

        follower = subprocess.Popen([bus.simhost, "logs", "cartpole", "--follow", "--lines", "1"],
                                    env=bus.environment, stdout=subprocess.PIPE,
                                    stderr=subprocess.PIPE, text=True)
        bus.children.append(follower)
        assert follower.stdout.readline().strip() == lines[-1]
        bus.run("stop", "cartpole")
        for line in follower.stdout:
            if line.endswith("stopped\n"):
                break
        follower.send_signal(signal.SIGINT)
        assert follower.wait(DEADLINE) == 0 and not follower.stderr.read()
        follower.stdout.close()

        # Nobody waits for the next line when the output takes none.
        with subprocess.Popen([bus.simhost, "logs", "cartpole", "--follow"], env=bus.environment,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as follower:
            follower.stdout.readline()
            follower.stdout.close()
            assert (follower.wait(DEADLINE), follower.stderr.read()) == (0, b"")
        with open("/dev/full", "w") as full:
            done = subprocess.run([bus.simhost, "logs", "cartpole", "--follow"], env=bus.environment,
                                  stdout=full, stderr=subprocess.PIPE, text=True, timeout=DEADLINE)
        assert done.returncode == 1 and "could not be written" in done.stderr, done

        # A session, or a daemon, that ends is said to.
        bus.run("start", "cartpole", "--name", "other")
        for name, end, said in [
            ("other", lambda: bus.call(f"{ROOT}/session/other", "Session.Delete"), "the session was deleted"),
            ("cartpole", lambda: os.kill(bus.pid(), signal.SIGTERM), "the daemon has ended"),
        ]:
            follower = subprocess.Popen([bus.simhost, "logs", name, "--follow"],
                                        env=bus.environment, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
            bus.children.append(follower)
            follower.stdout.readline()
            end()
            assert follower.wait(DEADLINE) == 1
            assert follower.stderr.read() == f"simhost: logs: {said}\n"
            follower.stdout.close()


@tap.case("/daemon/verbs/used-wrongly")
def wrongly():
    with Bus(SIMHOST) as bus:
        bus.add(PLUGINS / "cartpole.so")
        for words, status, said in [
            (["start"], 2, "which simulator"),
            (["start", "cartpole", "more"], 2, "'more' is too much"),
            (["start", "cartpol"], 1, "did you mean 'cartpole'?"),
            (["start", bus.plugins / "cartpole.so"], 1, "there is no simulator"),
            (["start", "cartpole", "--instances", "0"], 2, "--instances=0: expected a whole number from 1 to 1024"),
            (["start", "cartpole", "--instances", "9999"], 2, "instances"),
            (["start", "cartpole", "--nice", "40"], 2, "nice"),
            (["start", "cartpole", "--memory", "much"], 2, "--memory=much"),
            (["start", "cartpole", "--memory", "1G1"], 2, "--memory=1G1"),
            (["start", "cartpole", "--memory", "99999999999G"], 2, "--memory="),
            (["start", "cartpole", "--seed", "x"], 2, "--seed=x"),
            (["start", "cartpole", "--restart", "now"], 2, "on-failure"),
            (["start", "cartpole", "--url", "http://127.0.0.1:1"], 2, "accesskey"),
            (["start", "cartpole", "--name", "a b"], 2, "a b"),
            (["start", "cartpole", "--version", "2"], 2, "predict"),
            (["stop"], 2, "which session"),
            (["restart"], 2, "which session"),
            (["logs"], 2, "which session"),
            (["stop", "none"], 1, "there is no session 'none', nor any other"),
            (["status", "none"], 1, "there is no session 'none'"),
            (["logs", "none"], 1, "there is no session 'none'"),
            (["logs", "none", "--lines", "-1"], 2, "--lines=-1"),
            (["status", "a", "b"], 2, "'b' is too much"),
            (["status", "--bogus"], 2, "--help"),
        ]:
            line = failure(bus.run(*words, status=status))
            assert line.startswith(f"simhost: {words[0]}: ") and said in line, (words, line)
        assert bus.run("status", "--json").stdout == ""
        bus.run("start", "cartpole")
        line = failure(bus.run("start", "cartpole", "--instances", "2", status=2))
        assert "which has its settings" in line, line
        line = failure(bus.run("start", "cartpole", "--name", "cartpole", status=1))
        assert "already" in line, line


@tap.case("/daemon/verbs/nobody-to-ask")
def nobody():
    with Bus(SIMHOST) as bus:
        (bus.top / "data" / "dbus-1" / "services" / f"{NAME}.service").unlink()
        bus.ask_bus("ReloadConfig", None, "()")
        for words in (["status"], ["start", "x"], ["stop", "x"], ["restart", "x"], ["logs", "x"]):
            line = failure(bus.run(*words, status=1))
            assert "the daemon is not running" in line and "'simhost daemon'" in line, line
            line = failure(bus.run(*words, status=1,
                                   DBUS_SESSION_BUS_ADDRESS=f"unix:path={bus.top}/none"))
            assert "no session bus" in line, line


@tap.case("/daemon/verbs/completion")
def completion():
    with Bus(SIMHOST) as bus:
        bus.add(PLUGINS / "cartpole.so")

        def complete(*words):
            done = subprocess.run(
                ["bash", "-c",
                 'simhost () { "$SIMHOST" "$@"; }; . "$1"; shift; COMP_WORDS=("$@");'
                 ' COMP_CWORD=$(($# - 1)); _simhost; printf "%s\\n" "${COMPREPLY[@]}"',
                 "bash", str(COMPLETION), "simhost", *words],
                env=bus.environment | {"SIMHOST": bus.simhost}, cwd=bus.top / "run",
                capture_output=True, text=True, timeout=DEADLINE)
            assert done.returncode == 0 and not done.stderr, done
            return done.stdout.split()

        assert complete("start", "cart") == ["cartpole"]
        complete("stop", "")
        # To complete a word is no reason to start it.
        assert bus.pid() == 0
        bus.run("start", "cartpole", "--name", "mine")
        for command in ("stop", "restart", "status", "logs"):
            assert complete(command, "mi") == ["mine"], command
        assert sorted(complete("start", "")) == ["cartpole", "mine"]


tap.run()
