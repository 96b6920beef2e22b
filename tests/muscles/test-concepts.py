# SPDX-License-Identifier: LGPL-2.1-or-later

"""Several learned concepts in a graph: one after another, stopped and gone on with, and the brain that they are.

Usage: test-concepts.py SIMHOST PLUGINS CURRICULA
"""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy
import onnx

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "plugins"))
sys.path.insert(0, str(HERE.parent / "store"))

import instep
import onnxrun
import tap

SIMHOST, PLUGINS, CURRICULA = sys.argv[1:4]
DEADLINE = 120

HEAD = """inkling "2.0"
using Number
type State { position: Number.Float32, velocity: Number.Float32, angle: Number.Float32, rotation: Number.Float32 }
type Action { command: Number.Int8<Left = 0, Right = 1> }
type Push { force: number<-1 .. 1> }
type Config { episode_length: Number.Int32, deque_size: Number.UInt32 }
simulator cartpole(action: Action, config: Config): State { }
"""

# Quick learns a number that another concept makes a command of; Calm is shown what
# Quick decides; the last one chooses among the two.
GRAPH = """
graph (input: State): Action {
  output concept Choose(input, Steer, Calm): Action {
    select Steer
    select Calm
    curriculum { source cartpole training { %(choose)s } }
  }
  concept Steer(Quick): Action {
    programmed function (p: Push): Action {
      if p.force > 0 { return { command: 1 } }
      return { command: 0 }
    }
  }
  concept Calm(input, Quick): Action {
    curriculum { source cartpole training { %(calm)s } }
  }
  concept Quick(input): Push {
    curriculum {
      source cartpole
      action function (p: Push): Action {
        if p.force > 0 { return { command: 1 } }
        return { command: 0 }
      }
      training { %(quick)s }
    }
  }
}
"""
ORDER = ["Quick", "Calm", "Choose"]
# A policy that knows nothing reaches that in some episode.
SOON = "EpisodeIterationLimit: 100, LessonRewardThreshold: 15, LessonAssessmentWindow: 5"
NEVER = "EpisodeIterationLimit: 100, LessonRewardThreshold: 1000000, NoProgressIterationLimit: 1000000000"
SHORT = NEVER + ", TotalIterationLimit: 3000"


def text(quick=SOON, calm=SOON, choose=SOON, graph=GRAPH, head=HEAD):
    return head + graph % {"quick": quick, "calm": calm, "choose": choose}


class Home:
    def __enter__(self):
        self.path = Path(tempfile.mkdtemp(prefix="simhost-concepts-"))
        self.environment = os.environ | {
            "SIMHOST_DATA_HOME": str(self.path),
            "SIMHOST_PLUGIN_PATH": PLUGINS,
            "XDG_CACHE_HOME": str(self.path / "cache"),
        }
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def write(self, name="team.ink", **limits):
        path = self.path / name
        path.write_text(text(**limits), encoding="utf-8")
        return str(path)

    def write_in_step(self, **limits):
        """For start_in_step."""
        path = Path(self.write(**limits))
        changed, n = re.subn(r"training \{ .*? \}", rf"\g<0> lesson {instep.LESSON} {{ }}", path.read_text())
        assert n == 3
        path.write_text(changed)
        return str(path)

    def run(self, *arguments, given=None):
        return subprocess.run(
            [SIMHOST, *arguments],
            env=self.environment,
            input=given if given is not None else "",
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )

    def does(self, *arguments, given=None):
        done = self.run(*arguments, given=given)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fails(self, says, *arguments):
        done = self.run(*arguments)
        assert done.returncode != 0, done.stdout
        assert done.stderr.count("\n") == 1 and says in done.stderr, done.stderr

    def train(self, *arguments):
        return [json.loads(line) for line in self.does("train", *arguments, "--json").splitlines()]

    def start(self, *arguments):
        return subprocess.Popen(
            [SIMHOST, "train", *arguments, "--json"],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def start_in_step(self, file, name, *arguments):
        return instep.start(
            [SIMHOST, "train", file, "--brain", name, "--json", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill_in(self, concept, how, *arguments):
        return self.kill_at(concept, how, self.start(*arguments))

    @staticmethod
    def kill_at(concept, how, child):
        """Ends a training when it is at that concept; the events until then."""
        events = []
        for line in child.stdout:
            events.append(json.loads(line))
            if events[-1]["event"] == "progress" and events[-1]["concept"] == concept and events[-1]["episodes"] > 0:
                break
        child.send_signal(how)
        # Not by communicate, which knows nothing of what has been read ahead.
        rest = child.stdout.read()
        child.wait(DEADLINE)
        child.stdout.close()
        if how == signal.SIGINT:
            assert child.returncode == 0
            events += [json.loads(line) for line in rest.splitlines()]
        return events

    def show(self, name="team"):
        return json.loads(self.does("brain", "show", name, "--json"))

    def folder(self, name="team", version=1):
        return self.path / "brains" / name / str(version)

    def files(self, *arguments):
        folder = self.folder(*arguments)
        return {name: (folder / name).read_bytes() for name in sorted(os.listdir(folder)) if name != "brain.json"}


def concepts(events):
    """In the order in which something is told of them."""
    found = []
    for event in events:
        name = event.get("concept")
        if name is not None and name not in found[-1:]:
            found.append(name)
    return found


def policies(files):
    return [name for name in files if name.endswith(".onnx")]


@tap.case("/concepts/each-is-trained-after-those-that-it-takes")
def trained():
    with Home() as home:
        events = home.train(home.write(), "--seed", "3")
        assert concepts(events) == ORDER, concepts(events)
        assert [event["event"] for event in events].count("started") == 1
        assert events[0]["concepts"] == ORDER and events[0]["algorithm"] == "PPO", events[0]
        begun = [(event["concept"], event["algorithm"]) for event in events if event["event"] in ("started", "concept")]
        assert [name for name, _ in begun] == ORDER, begun
        ends = [(event["concept"], event["reason"]) for event in events if event["event"] == "lesson"]
        assert ends == [(name, "threshold") for name in ORDER], ends
        last = events[-1]
        assert (last["event"], last["reason"], last["untrained"]) == ("finished", "curriculum-met", []), last
        # What is told is of the whole training.
        told = [event["iterations"] for event in events if "iterations" in event]
        assert told == sorted(told), told
        shown = home.show()
        assert (shown["concepts"], shown["policies"], shown["concept"]) == (ORDER, 3, "Choose"), shown
        assert (shown["iterations"], shown["reason"]) == (last["iterations"], "curriculum-met"), shown
        assert sorted(home.files()) == sorted(
            ["program.ink"] + [kind % n for n in (1, 2, 3) for kind in ("policy-%d.onnx", "learner-%d.bin")]
        ), home.files().keys()
        with sqlite3.connect(home.path / "history.db") as database:
            lessons = [row[0] for row in database.execute("SELECT name FROM lesson ORDER BY number")]
            episodes = [row[0] for row in database.execute("SELECT episode FROM point WHERE metric = 0 ORDER BY number")]
            runs = database.execute("SELECT concept, reason, episodes FROM run").fetchall()
        assert lessons == [f"{name}: default" for name in ORDER], lessons
        assert episodes == list(range(1, len(episodes) + 1)), episodes
        assert runs == [("Choose", "curriculum-met", len(episodes))], runs


@tap.case("/concepts/same-seed-same-brain-bit-for-bit")
def same_brain():
    with Home() as home:
        path = home.write(choose=SHORT)
        found = []
        for name in ("one", "two"):
            home.train(path, "--seed", "7", "--muscles", "2", "--instances", "6", "--brain", name)
            found.append(home.files(name))
        assert found[0] == found[1] and len(policies(found[0])) == 3
        home.train(path, "--seed", "8", "--muscles", "2", "--instances", "6", "--brain", "three")
        other = home.files("three")
        assert all(found[0][name] != other[name] for name in policies(other))


@tap.case("/concepts/the-brain-acts-as-its-policies-together")
def together():
    """Each policy by an implementation of ONNX of its own, put together as the program says."""
    with Home() as home:
        home.train(home.write(), "--seed", "5")
        home.does("brain", "export", "team", str(home.path / "team.onnx"))
        models = {}
        for number, name in enumerate(ORDER, 1):
            model = onnx.load(home.path / f"team-{number}.onnx")
            onnx.checker.check_model(model, full_check=True)
            assert any(name == each.value for each in model.metadata_props), model.metadata_props
            models[name] = model
        assert not (home.path / "team.onnx").exists()
        generator = random.Random(1)
        states = [
            {name: generator.gauss(0, 1) for name in ("position", "velocity", "angle", "rotation")} for _ in range(400)
        ]
        answers = home.does("predict", "team", "--stdin", given="".join(json.dumps(state) + "\n" for state in states))
        seen = numpy.array([list(state.values()) for state in states], numpy.float32)
        force = onnxrun.run(models["Quick"], seen)
        calm = onnxrun.run(models["Calm"], numpy.concatenate([seen, force.astype(numpy.float32)], axis=1))[:, 0]
        choice = onnxrun.run(models["Choose"], seen)[:, 0]
        steer = force[:, 0] > 0
        wanted = numpy.where(choice == 0, steer, calm)
        found = [json.loads(line)["command"] for line in answers.splitlines()]
        # A sum in another order may be on the other side of a boundary.
        assert (numpy.array(found) == wanted).mean() > 0.99
        assert len(set(choice)) == 2 or len(set(found)) == 2, "nothing differs: the test shows nothing"


# What Hold sees is so large that only its own normaliser makes it fit. Whatever Idle
# decides, it is Hold who acts.
HELD = """
type Large { position: number, velocity: number, angle: number, rotation: number }
graph (input: State): Action {
  concept Enlarge(input): Large {
    programmed function (s: State): Large {
      return { position: 900 + 50 * s.position, velocity: 900 + 50 * s.velocity,
               angle: -800 + 300 * s.angle, rotation: -800 + 50 * s.rotation }
    }
  }
  concept Hold(Enlarge): Action {
    curriculum {
      source cartpole
      training { EpisodeIterationLimit: 200, LessonRewardThreshold: 120, LessonAssessmentWindow: 10 }
    }
  }
  concept Idle(input): Push {
    curriculum { source cartpole training { EpisodeIterationLimit: 200, LessonRewardThreshold: 1000000, TotalIterationLimit: 4000 } }
  }
  output concept Act(Hold, Idle): Action {
    programmed function (a: Action, p: Push): Action { return { command: a.command } }
  }
}
"""


@tap.case("/concepts/what-was-learned-acts-as-it-did")
def acts_as_before():
    with Home() as home:
        path = home.path / "team.ink"
        path.write_text(HEAD + HELD)
        events = home.train(path, "--seed", "2", "--muscles", "2")
        assert events[-1]["concept"] == "Idle" and events[-1]["mean_return"] > 90, events[-1]
        out = home.does("predict", "team", "--simulator", "cartpole", "--episodes", "10", "--seed", "1", "--json")
        end = json.loads(out.splitlines()[-1])
        assert end["mean_return"] > 90, end


@tap.case("/concepts/a-whole-brain-plays")
def plays():
    with Home() as home:
        home.train(home.write(), "--seed", "5")
        out = home.does("predict", "team", "--simulator", "cartpole", "--episodes", "5", "--seed", "1", "--json")
        assert len(out.splitlines()) >= 5, out


@tap.case("/concepts/killed-in-the-first-and-gone-on-with")
def killed_first():
    with Home() as home:
        lessons = "lesson one { } lesson two { training { %s } }" % NEVER
        path = home.path / "team.ink"
        path.write_text(text().replace("training { %s }\n    }\n  }\n}" % SOON, "training { %s } %s\n    }\n  }\n}" % (SOON, lessons)))
        assert "lesson two" in path.read_text()
        # A brain is saved at the end of a lesson.
        child = home.start(str(path), "--seed", "4")
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] == "progress" and event["lesson"] == "two":
                break
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=DEADLINE)
        shown = home.show()
        assert (shown["policies"], shown["concept"], shown["reason"]) == (1, "Quick", "none"), shown
        home.fails("its concept 'Calm' has not been trained yet", "predict", "team", "--stdin")
        events = home.kill_in("Quick", signal.SIGINT, str(path), "--resume")
        assert events[-1]["reason"] == "interrupted" and events[-1]["untrained"] == ["Calm", "Choose"], events[-1]
        assert {event["lesson"] for event in events if event["event"] == "progress"} == {"two"}
        assert events[-1]["iterations"] > shown["iterations"] > 0
        assert policies(home.files()) == ["policy-1.onnx"]


@tap.case("/concepts/killed-in-the-second-and-gone-on-with")
def killed_second():
    with Home() as home:
        path = home.write_in_step(calm=SHORT.replace("3000", "4000"))
        # Before its limit is reached, which it tells first.
        events = home.kill_at("Calm", signal.SIGKILL, home.start_in_step(path, "team", "--seed", "4"))
        shown = home.show()
        assert concepts(events) == ["Quick", "Calm"], concepts(events)
        before = home.files()
        assert shown["reason"] == "none" and shown["iterations"] > 0, shown
        events = home.train(path, "--resume")
        assert concepts(events)[0] == "Calm" and "Quick" not in concepts(events), concepts(events)
        assert (events[0]["event"], events[0]["concept"]) == ("started", "Calm"), events[0]
        # Its limit comes before its end: nothing follows, and that is said.
        assert events[-1]["reason"] == "iteration-limit" and events[-1]["untrained"] == ["Choose"], events[-1]
        after = home.files()
        assert after["policy-1.onnx"] == before["policy-1.onnx"] and after["learner-1.bin"] == before["learner-1.bin"]
        assert policies(after) == ["policy-1.onnx", "policy-2.onnx"]
        assert events[-1]["iterations"] > shown["iterations"]
        for command in (("predict", "team", "--stdin"), ("predict", "team", "--simulator", "cartpole", "--episodes", "1")):
            home.fails("its concept 'Choose' has not been trained yet", *command)
        out = home.does("train", home.write(calm=SHORT), "--brain", "plain")
        assert "plain: iteration-limit" in out and "cannot act yet, as its concept Choose has not been trained" in out, out


@tap.case("/concepts/killed-between-two-goes-on-with-the-next")
def between():
    with Home() as home:
        path = home.write_in_step(choose=SHORT)
        child = home.start_in_step(path, "team", "--seed", "9")
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] == "concept" and event["concept"] == "Calm":
                break
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=DEADLINE)
        shown = home.show()
        assert shown["policies"] == 1, shown
        events = home.train(path, "--resume")
        assert "Quick" not in concepts(events) and concepts(events)[-1] == "Choose", concepts(events)
        assert len(policies(home.files())) == 3
        # What was learned by the way is what is learned at once.
        home.train(path, "--seed", "9", "--brain", "once")
        assert home.files("once") == home.files()


@tap.case("/concepts/interrupted-in-the-second-is-whole-up-to-there")
def interrupted():
    with Home() as home:
        path = home.write(calm=NEVER)
        events = home.kill_in("Calm", signal.SIGINT, path, "--seed", "4")
        assert events[-1]["reason"] == "interrupted" and events[-1]["concept"] == "Calm", events[-1]
        shown = home.show()
        assert (shown["policies"], shown["reason"]) == (2, "interrupted"), shown
        events = home.kill_in("Calm", signal.SIGINT, path, "--resume")
        assert events[-1]["iterations"] > shown["iterations"], events[-1]
        text = home.does("brain", "show", "team")
        for line in ("1. Quick, trained", "2. Calm, begun", "3. Choose, not trained"):
            assert line in text, text


@tap.case("/concepts/interrupted-between-two-is-interrupted")
def interrupted_between():
    with Home() as home:
        path = home.write_in_step()
        # A signal is taken by a thread of its own: where that was so late that all was
        # learned, once more.
        for attempt in range(20):
            team = f"team{attempt}"
            child = home.start_in_step(path, team, "--seed", "4")
            events = []
            for line in child.stdout:
                events.append(json.loads(line))
                if [event["event"] for event in events].count("lesson") == 1 and events[-1]["event"] == "lesson":
                    child.send_signal(signal.SIGINT)
            child.wait(timeout=DEADLINE)
            child.stdout.close()
            assert child.returncode == 0
            if events[-1]["reason"] != "curriculum-met":
                break
        assert (events[-1]["event"], events[-1]["reason"]) == ("finished", "interrupted"), events[-1]
        shown = home.show(team)
        assert shown["reason"] == "interrupted", shown
        events = home.train(path, "--resume", "--brain", team)
        assert events[-1]["reason"] == "curriculum-met", events[-1]


@tap.case("/concepts/starting-from-what-concepts-of-the-same-name-know")
def start_from():
    with Home() as home:
        home.train(home.write(), "--seed", "4")
        first = home.files()
        events = home.train(home.write("again.ink", quick=SOON, calm=SHORT), "--from", "team", "--seed", "4", "--brain", "team")
        assert events[-1]["version"] == 2 and concepts(events) == ["Quick", "Calm"], events[-1]
        second = home.files("team", 2)
        assert set(policies(second)) == {"policy-1.onnx", "policy-2.onnx"}
        home.train(home.write("fresh.ink", quick=SOON, calm=SHORT), "--seed", "4", "--brain", "fresh")
        fresh = home.files("fresh")
        assert second["policy-2.onnx"] != fresh["policy-2.onnx"], "Calm began with nothing"
        # One of another shape begins with nothing, and that is said.
        other = text(calm=SHORT).replace("concept Calm(input, Quick)", "concept Calm(input)")
        path = home.path / "other.ink"
        path.write_text(other)
        done = home.run("train", str(path), "--from", "team:1", "--seed", "4", "--brain", "other")
        assert done.returncode == 0 and "concept 'Calm' begins with nothing" in done.stderr, done.stderr
        assert first != second
        home.fails("there is no brain 'nobody'", "train", home.write(), "--from", "nobody", "--brain", "x")


@tap.case("/concepts/every-simulator-is-looked-for-before-the-first-is-trained")
def simulators():
    with Home() as home:
        path = home.path / "team.ink"
        wrong = text().replace(
            "curriculum { source cartpole training { %s } }\n  }\n  concept Steer" % SOON,
            "curriculum { source cartpoles training { %s } }\n  }\n  concept Steer" % SOON,
        ).replace("simulator cartpole(", "simulator cartpoles(action: Action, config: Config): State { }\nsimulator cartpole(", 1)
        assert "source cartpoles" in wrong
        path.write_text(wrong)
        home.fails("concept 'Choose'", "train", str(path))
        assert not (home.path / "brains" / "team").exists() or os.listdir(home.path / "brains" / "team") == []
        home.fails("not trained on the same simulator", "train", str(path), "--simulator", "cartpole")


OWN = """inkling "2.0"
type State { value: number, step: Number.Int32 }
type Action { delta: Number.Int32<0, 1, 2>, gain: Number.Float32<0.5 .. 1> }
type Config { limit: number, start: Number.Float32 }
simulator counter(action: Action, config: Config): State { }
simulator counter_events(action: Action, config: Config): State { }
simulator counter_external(action: Action, config: Config): State { }
graph (input: State): Action {
  concept Plain(input): Action { curriculum { source counter training { %s } lesson one { scenario { limit: 9, start: 1 } } } }
  concept Events(input, Plain): Action {
    curriculum { source counter_events training { %s } lesson two { scenario { limit: 9, start: 2 } } }
  }
  output concept External(input, Plain, Events): Action {
    select Plain
    select Events
    curriculum { source counter_external training { %s } lesson three { scenario { limit: 9, start: 3 } } }
  }
}
"""


@tap.case("/concepts/each-on-a-simulator-of-its-own")
def own_simulators():
    """One is played by muscles, the others have a loop of their own: an engine and a worker."""
    with Home() as home:
        path = home.path / "own.ink"
        path.write_text(OWN % ((SOON.replace("15", "3"),) * 3))
        events = home.train(path, "--seed", "1")
        begun = [(event["concept"], event["simulator"]) for event in events if event["event"] in ("started", "concept")]
        assert begun == [("Plain", "counter"), ("Events", "counter_events"), ("External", "counter_external")], begun
        assert (events[-1]["reason"], events[-1]["untrained"]) == ("curriculum-met", []), events[-1]
        answers = home.does("predict", "own", "--stdin", given='{"value":1,"step":0}\n' * 3).splitlines()
        assert len(set(answers)) == 1 and json.loads(answers[0])["delta"] in (0, 1, 2), answers


# Whatever is chosen against a mask divides by zero, which ends the run: Choose among
# functions, as it learns and as it is asked, and Shift where it is asked.
MASKED = """
function Lean(s: State) { return s.angle < 0 }
function Sure(is: Number.Bool) { return 1 / is }
graph (input: State): Action {
  concept Left(input): Action { programmed function (s: State): Action { if Sure(Lean(s)) { return { command: 0 } } return { command: 1 } } }
  concept Right(input): Action { programmed function (s: State): Action { if Sure(not Lean(s)) { return { command: 1 } } return { command: 0 } } }
  concept Choose(input, Left, Right): Action {
    select Left { mask Lean }
    select Right { mask function (s: State) { return not Lean(s) } }
    curriculum { source cartpole algorithm { Algorithm: "%(algorithm)s" } training { %(soon)s } }
  }
  concept Shift(input): Action {
    curriculum {
      source cartpole
      algorithm { Algorithm: "%(algorithm)s" }
      mask function (s: State) { return constraint Action { command: number<mask [Lean(s), not Lean(s)]> } }
      training { %(soon)s }
    }
  }
  concept Check(input, Shift): Action {
    programmed function (s: State, a: Action): Action { if Sure(Lean(s) != a.command) { return a } return { command: 0 } }
  }
  output concept Last(input, Check, Choose): Action { curriculum { source cartpole training { %(soon)s } } }
}
"""


@tap.case("/concepts/what-masks-forbid-is-never-chosen")
def masked():
    with Home() as home:
        for algorithm in ("PPO", "APEX"):
            path = home.path / f"{algorithm}.ink"
            path.write_text(HEAD + MASKED % {"algorithm": algorithm, "soon": SOON})
            events = home.train(path, "--seed", "2", "--muscles", "2", "--instances", "4")
            assert (events[-1]["reason"], events[-1]["untrained"]) == ("curriculum-met", []), events[-1]
            lessons = [event["concept"] for event in events if event["event"] == "lesson"]
            assert lessons == ["Choose", "Shift", "Last"], lessons
            generator = random.Random(3)
            states = [
                {name: generator.gauss(0, 1) for name in ("position", "velocity", "angle", "rotation")} for _ in range(400)
            ]
            answers = home.does("predict", algorithm, "--stdin", given="".join(json.dumps(state) + "\n" for state in states))
            found = [json.loads(line) for line in answers.splitlines()]
            assert len(found) == 400 and all(answer.get("command") in (0, 1) for answer in found), answers
        # It does end the run: without the masks of what is selected it goes wrong.
        path.write_text(path.read_text().replace("{ mask Lean }", ""))
        home.fails("in function 'Sure': division by zero", "train", str(path), "--brain", "free")


@tap.case("/concepts/what-is-damaged-is-named")
def damaged():
    with Home() as home:
        path = home.write()
        home.train(path, "--seed", "4")
        for number, name in enumerate(("policy-1.onnx", "policy-3.onnx", "learner-1.bin", "learner-3.bin"), 2):
            shutil.copytree(home.folder(), home.folder("team", number))
            file = home.folder("team", number) / name
            data = bytearray(file.read_bytes())
            data[len(data) // 2] ^= 0x20
            file.write_bytes(data)
            where = f"team/{number}/{name}"
            if name.startswith("policy"):
                home.fails(where, "predict", "team", "--stdin")
                home.fails("version 1 is whole, ask for that one" if number == 2 else "is whole", "predict", "team", "--stdin")
                home.fails(where, "brain", "export", f"team:{number}", str(home.path / "x.onnx"))
            else:
                home.does("predict", "team", "--stdin")
            home.fails(where, "train", path, "--resume")
        # A file too many, or one too few.
        shutil.copytree(home.folder(), home.folder("team", 9))
        brain = home.folder("team", 9) / "brain.json"
        document = json.loads(brain.read_text())
        for change in (
            lambda it: it["files"].pop("policy-2.onnx"),
            lambda it: it.update(concepts=["Quick", "Choose", "Calm"]),
            lambda it: it.update(concepts=["Quick"]),
            lambda it: it.update(concepts=[]),
            lambda it: it.update(concepts=["Quick", 7, None]),
            lambda it: it.pop("concepts"),
            lambda it: it["files"].update({"policy.onnx": "0" * 64}),
        ):
            changed = json.loads(json.dumps(document))
            change(changed)
            brain.write_text(json.dumps(changed))
            home.fails("team/9", "predict", "team:9", "--stdin")


tap.run()
