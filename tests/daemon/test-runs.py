# SPDX-License-Identifier: LGPL-2.1-or-later

"""Trainings that are started, watched and stopped on a private bus.

  test-runs.py SIMHOST PLUGIN-FOLDER"""

import json
import math
import os
import signal
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]

import tap
from bus import DEADLINE, NAME, ROOT, GLib
from curricula import ENDLESS, LIMITED, SHORT
from runs import Home, variants

SIMHOST, PLUGINS = sys.argv[1:]


@tap.case("/daemon/runs/train-until-it-is-met")
def met():
    with Home(SIMHOST, PLUGINS) as home:
        notified = home.desktop()
        path = home.train(SHORT, brain="pole", seed=7)
        it = home.run_of(path, State="finished")
        assert it["Reason"] == "curriculum-met" and it["Message"] == "" and it["Progress"] == 1, it
        assert it["Brain"] == "pole" and it["Version"] == 1 and it["Seed"] == 7, it
        assert it["Simulator"] == "cartpole" and it["Algorithm"] == "PPO" and it["Pid"] == 0, it
        assert 0 < it["StartTime"] < it["EndTime"], it
        newest, = home.listed("pole")
        assert it["Iterations"] == newest["iterations"] and it["Episodes"] == newest["episodes"]
        assert it["MeanReturn"] == newest["mean_return"], (it, newest)
        home.wait(home.finished)
        assert home.finished() == [(path, "pole", 1, "curriculum-met", "", it["MeanReturn"])]
        home.wait(lambda: notified)
        assert notified == [("Brain 'pole' has learnt its curriculum",
                             f"Its mean return is {it['MeanReturn']:.6g}.")], notified
        brain = home.wait(lambda: home.brain("pole"))
        assert home.run_of(path, BrainObject=brain["path"]) and brain["Run"] == "/", brain
        assert home.files() == []
        # The same seed elsewhere gives the same brain.
        (home.top / "pole.ink").write_text(SHORT)
        home.run("train", home.top / "pole.ink", "--brain", "twin", "--seed", "7",
                 "--muscles", "1", "--instances", "4")
        brains = home.top / "home" / "brains"
        assert (brains / "pole/1/policy.onnx").read_bytes() == \
            (brains / "twin/1/policy.onnx").read_bytes()


@tap.case("/daemon/runs/stop-saves-and-train-goes-on")
def stop():
    with Home(SIMHOST, PLUGINS) as home:
        path = home.train(ENDLESS, brain="pole")
        it = home.learning(path)
        assert it["State"] == "running" and it["Progress"] == 0.5 and it["Reason"] == "", it
        assert it["Pid"] > 0 and os.path.exists(f"/proc/{it['Pid']}"), it
        brain = home.wait(lambda: home.brain("pole"))
        assert brain["Run"] == path and brain["State"] == "training", brain
        for refused in (lambda: home.train_refused(SHORT, brain="Pole"),
                        lambda: home.refused(brain["path"], "Brain.Train"),
                        lambda: home.refused(brain["path"], "Brain.Delete")):
            name, said = refused()
            assert name == "Busy" and "being trained" in said, (name, said)
        home.call(path, "Run.Stop")
        assert home.managed()[path]["State"] in ("stopping", "finished")
        first = home.run_of(path, State="finished")
        assert first["Reason"] == "interrupted" and first["Iterations"] >= it["Iterations"], first
        brain = home.wait(lambda: (it := home.brain("pole")) and it["State"] == "stopped" and it)
        assert brain["Iterations"] == first["Iterations"], (brain, first)
        # Stopped again nothing happens.
        home.call(path, "Run.Stop")

        second, = home.call(brain["path"], "Brain.Train", "(a{sv})",
                            variants(muscles=1, instances=4))
        assert second != path
        it = home.run_of(second, Lesson="hard", State="running")
        assert it["Version"] == 1 and it["Seed"] == first["Seed"], (it, first)
        home.wait(lambda: home.managed()[second]["Iterations"] > first["Iterations"])
        home.call(second, "Run.Stop")
        it = home.run_of(second, State="finished", Reason="interrupted")
        newest, = home.listed("pole")
        assert newest["iterations"] == it["Iterations"] > first["Iterations"], (newest, first, it)
        # From what it knows, but a version of its own.
        third = home.train(LIMITED, brain="pole", **{"from": "pole:1"})
        it = home.run_of(third, State="finished")
        assert it["Version"] == 2 and it["Reason"] == "iteration-limit", it


@tap.case("/daemon/runs/curve")
def curve():
    with Home(SIMHOST, PLUGINS) as home:
        path = home.train(ENDLESS)
        home.learning(path)
        home.wait(lambda: len(home.call(path, "Run.GetCurve")[0]) > 5)
        points, tests, lessons = home.call(path, "Run.GetCurve")
        counts = [iterations for iterations, _, _ in points]
        assert counts == sorted(set(counts)) and len(counts) <= 1000, counts
        assert all(0 < mean <= 500 and math.isnan(success) for _, mean, success in points), points
        assert [name for _, name in lessons] == ["easy"] and lessons[0][0] <= counts[-1], lessons
        # The history is written once a second.
        home.wait(lambda: home.call(path, "Run.GetCurve")[1])
        assert home.managed()[path]["Brain"] == "Balance"
        name, said = home.refused(path, "Run.GetCurve", "(a{sv})", {"all": GLib.Variant("b", True)})
        assert name == "Usage" and "'all'" in said, said


@tap.case("/daemon/runs/changes-are-told")
def changes():
    with Home(SIMHOST, PLUGINS) as home:
        path = home.train(ENDLESS)
        home.learning(path)
        # Whether the properties were asked for before they were told is chance.
        home.wait(lambda: any("Iterations" in parameters[1] for at, name, parameters in home.seen
                              if name == "PropertiesChanged" and at == path))
        added = [parameters for _, name, parameters in home.seen
                 if name == "InterfacesAdded" and parameters[0] == path]
        assert len(added) == 1 and added[0][1][f"{NAME}.Run"]["Version"] == 1, added


@tap.case("/daemon/runs/what-cannot-be-is-refused")
def refused():
    with Home(SIMHOST, PLUGINS) as home:
        home.manager()
        file = home.plugins / "cartpole.so"
        cases = [
            (SHORT.replace("Balance", "Bal ance"), {}, "Syntax", "curriculum:23:"),
            ("", {}, "Syntax", "curriculum:1:"),
            (SHORT + " " * (1 << 20), {}, "Limit", "1048576"),
            (SHORT.replace("simulator cartpole", "simulator lift").replace("source cartpole", "source lift"),
             {}, "NotFound", "'lift'"),
            (SHORT, {"simulator": str(file)}, "NotFound", "there is no simulator"),
            (SHORT, {"simulator": "../plugins/cartpole.so"}, "NotFound", "there is no simulator"),
            (SHORT.replace("rotation: Number.Float32", "spin: Number.Float32"), {}, "Schema", "spin"),
            (SHORT, {"brain": "../../pole"}, "Usage", "brain's name"),
            (SHORT, {"brain": "x" * 65}, "Usage", "brain's name"),
            (SHORT, {"muscles": 65}, "Usage", "1 to 64"),
            (SHORT, {"instances": 5000}, "Usage", "1 to 1024"),
            (SHORT, {"from": "nothing"}, "Failed", "nothing"),
            (SHORT, {"from": "--help"}, "Failed", "--help"),
            (SHORT, {"simulator": "x" * 5000}, "Limit", "4096"),
            (SHORT, {"colour": "red"}, "Usage", "'colour'"),
        ]
        for text, options, kind, words in cases:
            name, said = home.train_refused(text, **options)
            assert name == kind and words in said and "\n" not in said, (options, name, said)
        name, _ = home.refused(ROOT, "Manager.Train", "(sa{sv})", SHORT,
                               {"seed": GLib.Variant("s", "7")})
        assert name == "Usage", name
        # Nothing of it stays.
        assert not [path for path in home.managed() if "/run/" in path or "/brain/" in path]
        assert home.files() == [] and home.finished() == []


@tap.case("/daemon/runs/muscles-come-and-go")
def muscles():
    with Home(SIMHOST, PLUGINS) as home:
        path = home.train(ENDLESS, brain="pole", muscles=1)
        home.run_of(path, State="running", Muscles=1)
        for count in (3, 2):
            home.call(path, "Run.SetMuscles", "(ua{sv})", count, {})
            home.run_of(path, Muscles=count)
        for count in (0, 1 << 20):
            name, said = home.refused(path, "Run.SetMuscles", "(ua{sv})", count, {})
            assert name == "Usage" and "from 1 to" in said, (name, said)
        home.call(path, "Run.Stop")
        home.run_of(path, State="finished")
        name, said = home.refused(path, "Run.SetMuscles", "(ua{sv})", 1, {})
        assert name == "Busy" and "finished" in said, (name, said)


@tap.case("/daemon/runs/a-process-that-is-killed")
def killed():
    with Home(SIMHOST, PLUGINS) as home:
        path = home.train(ENDLESS, brain="pole")
        it = home.learning(path)
        os.kill(it["Pid"], signal.SIGKILL)
        it = home.run_of(path, State="failed")
        assert it["Reason"] == "failed" and "SIGKILL" in it["Message"] and it["Pid"] == 0, it
        home.wait(home.finished)
        assert home.finished()[0][3] == "failed" and "SIGKILL" in home.finished()[0][4]
        brain = home.wait(lambda: (it := home.brain("pole")) and it["State"] == "stopped" and it)
        # What was saved can be gone on with.
        second, = home.call(brain["path"], "Brain.Train", "(a{sv})", variants(muscles=1))
        home.run_of(second, State="running")


@tap.case("/daemon/runs/as-many-as-there-may-be-are-saved-at-the-end")
def many():
    with Home(SIMHOST, PLUGINS) as home:
        daemon = home.start()
        paths = [home.train(ENDLESS, brain=f"pole-{i}", instances=1) for i in range(8)]
        assert len(set(paths)) == 8
        name, said = home.train_refused(SHORT)
        assert name == "Limit" and "8 trainings" in said, (name, said)
        for path in paths:
            home.learning(path)
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(DEADLINE) == 0
        listed = [json.loads(line) for line in home.run("brain", "list", "--json").stdout.splitlines()]
        assert len(listed) == 8 and {it["reason"] for it in listed} == {"interrupted"}, listed


@tap.case("/daemon/runs/a-daemon-that-dies-takes-none-with-it-unsaved")
def dies():
    with Home(SIMHOST, PLUGINS) as home:
        daemon = home.start()
        it = home.learning(home.train(ENDLESS, brain="pole"))
        daemon.kill()
        daemon.wait(DEADLINE)
        home.wait(lambda: not os.path.exists(f"/proc/{it['Pid']}"))
        newest, = home.listed("pole")
        assert newest["reason"] == "interrupted" and newest["iterations"] >= it["Iterations"], newest


tap.run()
