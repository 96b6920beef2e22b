# SPDX-License-Identifier: LGPL-2.1-or-later

"""Sessions on a private bus: plugins compiled here, a real engine, real workers.

  test-sessions.py SIMHOST PLUGIN-API-FOLDER COMPILER..."""

import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]

import tap
from bus import DEADLINE, KEY, NAME, ROOT, Bus, GLib

SIMHOST, API, *COMPILER = sys.argv[1:]
PLUGIN, SESSION = f"{ROOT}/plugin/lift", f"{ROOT}/session/lift"


class House(Bus):
    """A bus with an engine beside it, and lifts made to measure."""

    def build(self, version, crash=0, *flags):
        """Compiles a plugin, beside the folders."""
        path = self.top / f"lift-{version}.so"
        subprocess.run([*COMPILER, "-shared", "-fPIC", f"-I{API}", f'-DLIFT_VERSION="{version}"',
                        f"-DLIFT_CRASH={crash}", *flags, HERE / "lift.c", "-o", path, "-lm"],
                       check=True, timeout=DEADLINE)
        return path

    def put(self, version, crash=0, *flags):
        return self.add(self.build(version, crash, *flags), "lift.so")

    def start_session(self, simulator="lift", **options):
        types = {"name": "s", "instances": "u", "engine": "s", "brain": "s", "mode": "s",
                 "version": "u", "accesskey": "s", "seed": "t", "set": "as", "restart": "s",
                 "memory": "t", "nice": "i"}
        return self.call(ROOT, "Manager.StartSession", "(sa{sv})", simulator,
                         {name: GLib.Variant(types[name], value)
                          for name, value in options.items()})[0]

    def get(self, path, interface="Session"):
        return self.call(path, "org.freedesktop.DBus.Properties.GetAll", "(s)",
                         f"{NAME}.{interface}")[0]

    def once(self, path, **wanted):
        """The session's properties, once they are so; a value may be a function."""
        found = {}

        def look():
            found.update(self.get(path))
            return all(value(found[name]) if callable(value) else found[name] == value
                       for name, value in wanted.items())

        self.wait(look)
        return found

    def listen(self, path, client=None):
        """Every signal of the object from now on, as (name, arguments)."""
        heard = []
        (client or self.client).signal_subscribe(
            NAME, None, None, path, None, 0,
            lambda connection, sender, path, interface, name, values:
                heard.append((name, values.unpack())))
        return heard


def is_gone(pid):
    return not os.path.exists(f"/proc/{pid}")


def is_deaf(pid):
    """Whether the process has blocked SIGTERM."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False  # it has ended
    blocked = re.search(r"^SigBlk:\s*(\w+)$", status, re.M)[1]
    return int(blocked, 16) >> (signal.SIGTERM - 1) & 1


def changes(heard):
    return [values[1] for name, values in heard if name == "PropertiesChanged"]


@tap.case("/daemon/story/from-a-file-to-a-training-through-all-that-can-befall-it")
def story():
    with House(SIMHOST) as house:
        house.manager()
        daemon = house.pid()
        notified = house.desktop()
        house.put("1.0.0")
        house.wait(lambda: PLUGIN in house.managed())
        url = house.serve("lift")
        path = house.start_session(engine=url, accesskey=KEY)
        assert path == SESSION
        heard = house.listen(path)
        # It is registered before it is told what reward is wanted.
        first = house.once(path, State="running", Connected=1, Objective="near")
        assert first["Engine"] == url and first["Brain"] == "lift" and first["Mode"] == "train"
        assert first["SimulatorObject"] == f"{ROOT}/simulator/lift", first
        assert len(first["SimIds"]) == 1, first
        # It trains, and says so.
        counts = lambda: [it["EpisodeCount"] for it in changes(heard) if "EpisodeCount" in it]
        house.wait(lambda: len(counts()) >= 3)
        assert counts() == sorted(set(counts())), counts()
        assert any("IterationRate" in it for it in changes(heard))

        # A newer one: another worker, by itself.
        house.put("2.0.0")
        newer = house.once(path, State="running", Pid=lambda pid: pid not in (0, first["Pid"]))
        assert house.get(PLUGIN, "Plugin")["PluginVersion"] == "2.0.0" and is_gone(first["Pid"])
        assert newer["Restarts"] >= 1 and newer["IterationCount"] >= first["IterationCount"], newer

        # One that crashes: it is given up, with the reason.
        house.put("3.0.0", crash=50)
        failed = house.once(path, State="failed")
        assert re.search("'lift' crashed in advance: segmentation fault", failed["LastError"]), failed
        assert failed["Pid"] == 0 and failed["Memory"] == 0 and failed["LastErrorTime"] > 0, failed
        assert failed["Restarts"] > newer["Restarts"], failed
        states = [it["State"] for it in changes(heard) if "State" in it]
        assert "restarting" in states or "starting" in states, states
        log = [text for _, text in house.call(path, "Session.GetLog", "(ua{sv})", 500, {})[0]]
        assert sum("segmentation fault" in text for text in log) >= 5, log
        house.wait(lambda: notified)
        (title, body), = notified
        assert title == "Session 'lift' has failed" and "5 deaths" in body, notified

        # Garbage: the plugin has failed, its simulator is gone, the session stays.
        house.plugins.joinpath("lift.so").write_bytes(b"garbage")
        house.wait(lambda: house.get(PLUGIN, "Plugin")["State"] == "failed")
        assert house.get(PLUGIN, "Plugin")["Failure"] and f"{ROOT}/simulator/lift" not in house.managed()
        garbage = house.once(path, SimulatorObject="/")
        assert garbage["State"] in ("failed", "waiting"), garbage

        house.plugins.joinpath("lift.so").unlink()
        house.wait(lambda: PLUGIN not in house.managed())
        assert house.get(path)["State"] in ("failed", "waiting")

        # And it comes back.
        house.put("4.0.0")
        again = house.once(path, State="running", IterationCount=lambda n: n > 0)
        assert again["SimulatorObject"] == f"{ROOT}/simulator/lift" and again["Pid"] > 0
        # Neither garbage nor removal was worth a notification.
        assert len(notified) == 1, notified
        assert house.pid() == daemon


@tap.case("/daemon/sessions/stop-start-restart-delete")
def verbs():
    # More than a sanitizer's shadow memory takes.
    memory = 1 << 45
    with House(SIMHOST) as house:
        house.put("1.0.0")
        url = house.serve("lift")
        path = house.start_session(engine=url, accesskey=KEY, name="my-lift", instances=3,
                                   restart="never", nice=5, memory=memory, seed=7,
                                   set=["load=0.5"])
        assert path == f"{ROOT}/session/my_2dlift", path
        running = house.once(path, State="running", Connected=3,
                             Memory=lambda memory: memory > 1 << 20)
        assert running["Name"] == "my-lift" and running["Instances"] == 3, running
        assert running["Restart"] == "never" and not running["Configured"], running
        assert len(set(running["SimIds"])) == 3, running
        assert os.getpriority(os.PRIO_PROCESS, running["Pid"]) >= 5
        assert resource.prlimit(running["Pid"], resource.RLIMIT_DATA) == (memory, memory)
        # Twice is once.
        house.call(path, "Session.Start")
        assert house.once(path, State="running")["Pid"] == running["Pid"]

        house.call(path, "Session.Restart", "(a{sv})", {"now": GLib.Variant("b", True)})
        second = house.once(path, State="running", Pid=lambda pid: pid not in (0, running["Pid"]))
        house.call(path, "Session.Restart")
        third = house.once(path, State="running", Pid=lambda pid: pid not in (0, second["Pid"]))

        house.call(path, "Session.Stop")
        assert house.get(path)["State"] in ("stopping", "stopped")
        stopped = house.once(path, State="stopped")
        assert stopped["Pid"] == 0 and stopped["SimIds"] == [] and is_gone(third["Pid"])
        assert stopped["LastError"] == "", stopped
        house.call(path, "Session.Start")
        assert house.get(path)["State"] in ("starting", "connecting", "running")
        house.call(path, "Session.Restart", "(a{sv})", {"now": GLib.Variant("b", True)})
        assert house.get(path)["State"] in ("restarting", "starting", "connecting", "running")
        fourth = house.once(path, State="running")

        house.call(path, "Session.Delete")
        assert path not in house.managed()
        house.wait(lambda: is_gone(fourth["Pid"]))
        # The name is free again.
        assert house.start_session(name="my-lift") == path


@tap.case("/daemon/sessions/names-are-made-unique")
def names():
    with House(SIMHOST) as house:
        house.put("1.0.0")
        paths = [house.start_session() for _ in range(3)]
        its = [house.get(path) for path in paths]
        assert [it["Name"] for it in its] == ["lift", "lift-2", "lift-3"]
        assert len(set(paths)) == 3
        # No engine is known, and that is said from the beginning.
        assert all(it["State"] == "waiting" and it["Pid"] == 0 for it in its), its


@tap.case("/daemon/sessions/wrong-orders")
def wrong_orders():
    with House(SIMHOST) as house:
        house.put("1.0.0")
        house.start_session(name="taken")
        before = house.managed()

        def start(simulator, **options):
            return house.refused(ROOT, "Manager.StartSession", "(sa{sv})", simulator,
                                 {name: GLib.Variant(*value) for name, value in options.items()})

        for simulator, error, said in [
            ("lyft", "NotFound", "did you mean 'lift'?"),
            ("", "Usage|NotFound", ""),
            ("/etc/passwd", "NotFound|Usage", ""),
            (str(house.plugins / "lift.so"), "NotFound|Usage", ""),
            ("../plugins/lift.so:lift", "NotFound|Usage", ""),
            ("x" * 5000, "Limit", "4096"),
            ("a\nb", "Usage", "control character"),
        ]:
            name, message = start(simulator)
            assert re.fullmatch(error, name) and said in message and len(message) < 500, (name, message)
        for options, error, said in [
            ({"name": ("s", "taken")}, "Busy", "taken"),
            ({"name": ("s", "a/b")}, "Usage", "a/b"),
            ({"name": ("s", "n" * 65)}, "Usage", ""),
            ({"name": ("u", 5)}, "Usage", "has the type 's', not 'u'"),
            ({"nome": ("s", "x")}, "Usage", "no option 'nome'; there are: name"),
            ({"instances": ("u", 0)}, "Usage", "instances"),
            ({"instances": ("u", 100000)}, "Usage", "instances"),
            ({"engine": ("s", "nonsense"), "accesskey": ("s", "k")}, "Usage", "nonsense"),
            ({"engine": ("s", "http://127.0.0.1:1")}, "Usage", "accesskey"),
            ({"mode": ("s", "play")}, "Usage", "'train' or 'predict'"),
            ({"restart": ("s", "sometimes")}, "Usage", "on-failure"),
            ({"nice": ("i", -5)}, "Usage", "nice"),
            ({"nice": ("i", 20)}, "Usage", "nice"),
            ({"memory": ("t", 1)}, "Usage", "memory"),
            ({"version": ("u", 3)}, "Usage", "version"),
            ({"set": ("as", ["load"])}, "Usage", "FIELD=VALUE"),
            ({"set": ("as", ["a=1"] * 1000)}, "Limit", "set"),
            ({"set": ("s", "load=1")}, "Usage", "'as'"),
            ({"brain": ("s", "b" * 5000)}, "Limit", "brain"),
        ]:
            name, message = start("lift", **options)
            assert name == error and said in message and "\n" not in message, (options, name, message)
        after = house.managed()
        assert after.keys() == before.keys(), after.keys()
        assert house.refused(f"{ROOT}/session/taken", "Session.Restart", "(a{sv})",
                             {"later": GLib.Variant("b", True)})[0] == "Usage"


@tap.case("/daemon/sessions/log-goes-to-those-who-asked")
def log():
    with House(SIMHOST) as house:
        house.put("1.0.0", crash=50)
        url = house.serve("lift")
        path = house.start_session(engine=url, accesskey=KEY, restart="always")
        other = house.connect()
        mine, others = house.listen(path), house.listen(path, other)
        house.call(path, "Session.Subscribe")
        lines = lambda heard: [text for name, values in heard if name == "Log"
                               for _, text in values[0]]
        house.wait(lambda: any("segmentation fault" in text for text in lines(mine)))
        assert lines(others) == []
        house.call(path, "Session.Unsubscribe")
        house.take_in()
        seen = len(lines(mine))
        # A call of its own, behind what was under way.
        house.call(path, "Session.Stop")
        house.once(path, State="stopped")
        assert len(lines(mine)) == seen
        # In the right order, and what GetLog has.
        whole = house.call(path, "Session.GetLog", "(ua{sv})", 1000, {})[0]
        assert [time for time, _ in whole] == sorted(time for time, _ in whole)
        assert house.call(path, "Session.GetLog", "(ua{sv})", 2, {})[0] == whole[-2:]
        other.close_sync()


@tap.case("/daemon/sessions/episodes-go-to-those-who-asked")
def episodes():
    with House(SIMHOST) as house:
        house.put("1.0.0")
        path = house.start_session(engine=house.serve("lift"), accesskey=KEY, instances=2)
        other = house.connect()
        mine, others = house.listen(path), house.listen(path, other)
        house.once(path, State="running")
        house.call(path, "Session.Subscribe")
        house.call(path, "Session.Subscribe", client=other)
        house.call(path, "Session.Unsubscribe", client=other)
        told = lambda heard: [values for name, values in heard if name == "Episodes"]
        house.take_in()
        before = len(told(others))
        # The one may have connected long before the other.
        house.wait(lambda: len(told(mine)) >= 4
                   and len({it[0] for values in told(mine) for it in values[0]}) == 2)
        assert len(told(others)) == before, (len(told(others)), before)
        house.call(path, "Session.Stop")
        last = house.once(path, State="stopped")
        all_told = [it for values in told(mine) for it in values[0]]
        assert {it[0] for it in all_told} == {0, 1}, all_told
        for instance in (0, 1):
            numbers = [it[1] for it in all_told if it[0] == instance]
            assert numbers == sorted(set(numbers)), numbers
        # The reward of a step is not above 0, and a lift goes on for 20 at most.
        assert all(it[2] <= 0 and 1 <= it[3] <= 20 for it in all_told), all_told
        assert all(len(values[0]) <= 100 for values in told(mine))
        assert last["LastReturn"] <= 0 and last["MeanReturn"] <= 0, last
        other.close_sync()


@tap.case("/daemon/sessions/changes-are-told-no-more-often-than-promised")
def paced():
    with House(SIMHOST) as house:
        house.put("1.0.0")
        url = house.serve("lift")
        paths = [house.start_session(engine=url, accesskey=KEY) for _ in range(30)]
        house.wait(lambda: all(house.managed()[path]["State"] == "running" for path in paths))
        told = {path: 0 for path in paths}

        def on_told(connection, sender, path, *_):
            told[path] += 1

        house.client.signal_subscribe(NAME, "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                      None, None, 0, on_told)
        # What is counted is sent between the two times, however slow all else is: what was
        # sent before, but is still on its way, comes before the answer.
        start = time.monotonic()
        house.manager()
        house.take_in()
        told.update(dict.fromkeys(paths, 0))
        house.wait(lambda: sum(told.values()) >= 300 and min(told.values()) > 0)
        counts, seconds = dict(told), time.monotonic() - start
        assert sum(counts.values()) <= 100 * seconds + 5, (counts, seconds)
        assert max(counts.values()) <= 4 * seconds + 1, (counts, seconds)


@tap.case("/daemon/conf/sessions-come-change-and-go")
def conf():
    with House(SIMHOST) as house:
        house.put("1.0.0")
        url = house.serve("lift")
        file = house.top / "config" / "simhost" / "simhost.conf"
        file.parent.mkdir(parents=True)

        def write(text):
            beside = file.with_suffix(".new")
            beside.write_text(text)
            beside.chmod(0o600)
            beside.rename(file)

        engine = f"[engine]\nurl={url}\naccesskey={KEY}\n"
        write(engine + "[session one]\nsimulator=lift\n[session two]\nsimulator=lift\n"
              "autostart=false\n[session three]\nsimulator=not_there\n")
        one, two, three = (f"{ROOT}/session/{name}" for name in ("one", "two", "three"))
        first = house.once(one, State="running")
        assert first["Configured"] and first["Autostart"] and first["Engine"] == url, first
        second = house.get(two)
        assert second["State"] == "stopped" and not second["Autostart"] and second["Configured"]
        assert house.once(three, State="waiting")["SimulatorObject"] == "/"
        assert house.manager()["Warnings"] == [], house.manager()
        house.call(two, "Session.Start")
        house.once(two, State="running")
        name, said = house.refused(one, "Session.Delete")
        assert name == "Usage" and "simhost.conf" in said, said

        # Other settings, one more, one less, and something that makes no sense.
        write(engine + "[session one]\nsimulator=lift\ninstances=3\n[session four]\n"
              "simulator=lift\nflavour=sweet\n")
        changed = house.once(one, State="running", Connected=3)
        assert changed["Pid"] != first["Pid"], changed
        house.once(f"{ROOT}/session/four", State="running")
        sessions = {path for path in house.managed() if "/session/" in path}
        assert sessions == {one, f"{ROOT}/session/four"}, sessions
        warning, = house.manager()["Warnings"]
        assert "flavour" in warning and str(file) in warning, warning

        # What cannot be read changes nothing but the warnings.
        write("#" * (8 << 20))
        house.wait(lambda: "flavour" not in "".join(house.manager()["Warnings"]))
        warning, = house.manager()["Warnings"]
        assert str(file) in warning, warning
        assert house.get(one)["Pid"] == changed["Pid"]

        # One that a client made stays; all others go with the file.
        mine = house.start_session(name="mine")
        file.unlink()
        house.wait(lambda: {path for path in house.managed() if "/session/" in path} == {mine})
        house.once(mine, State="waiting")


@tap.case("/daemon/sessions/end-with-the-daemon")
def end():
    with House(SIMHOST) as house:
        house.put("1.0.0")
        child = house.start()
        url = house.serve("lift")
        paths = [house.start_session(engine=url, accesskey=KEY) for _ in range(4)]
        pids = [house.once(path, State="running")["Pid"] for path in paths]
        child.send_signal(signal.SIGTERM)
        assert child.wait(DEADLINE) == 0
        assert all(map(is_gone, pids))
        # Killed: they go with it all the same.
        child = house.start()
        path = house.start_session(engine=url, accesskey=KEY)
        pid = house.once(path, State="running")["Pid"]
        child.kill()
        child.wait(DEADLINE)
        house.wait(lambda: is_gone(pid))


@tap.case("/daemon/sessions/end-with-the-login-deaf-as-they-may-be")
def logout():
    with House(SIMHOST) as house:
        house.put("1.0.0", 0, "-DLIFT_DEAF")
        child = house.start()
        url = house.serve("lift")
        paths = [house.start_session(engine=url, accesskey=KEY) for _ in range(3)]
        pids = [house.once(path, Pid=lambda pid: pid and is_deaf(pid))["Pid"] for path in paths]
        # The bus goes, and nobody says SIGTERM.
        house.client.close_sync()
        house.stop_bus()
        assert child.wait(DEADLINE) == 0
        assert all(map(is_gone, pids))


tap.run()
