# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost train --resume and --from.

Usage: test-resume.py SIMHOST PLUGINS CURRICULA
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "plugins"))

import tap

SIMHOST, PLUGINS, CURRICULA = sys.argv[1:4]
CARTPOLE = Path(CURRICULA, "cartpole.ink").read_text(encoding="utf-8")
DEADLINE = 120


class Home:
    def __enter__(self):
        self.path = tempfile.mkdtemp(prefix="simhost-resume-")
        self.environment = os.environ | {
            "SIMHOST_DATA_HOME": self.path,
            "SIMHOST_PLUGIN_PATH": PLUGINS,
            "XDG_CACHE_HOME": os.path.join(self.path, "cache"),
        }
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path)

    def write(self, name, *changes, base=CARTPOLE):
        for before, after in changes:
            assert before in base
            base = base.replace(before, after)
        path = os.path.join(self.path, name)
        Path(path).write_text(base, encoding="utf-8")
        return path

    def start(self, *arguments):
        return subprocess.Popen(
            [SIMHOST, "train", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def train(self, *arguments):
        child = self.start("--json", *arguments)
        out, errors = child.communicate(timeout=DEADLINE)
        assert child.returncode == 0, errors
        return [json.loads(line) for line in out.splitlines()]

    def fails(self, message, *arguments, status=1):
        child = self.start(*arguments)
        _, errors = child.communicate(timeout=DEADLINE)
        assert child.returncode == status, (arguments, errors)
        assert errors.count("\n") == 1 and message in errors, (message, errors)

    def brain(self, *arguments):
        done = subprocess.run(
            [SIMHOST, "brain", *arguments, "--json"],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]


SHORT = ("EpisodeIterationLimit: 500,", "EpisodeIterationLimit: 500, TotalIterationLimit: 4000,")
ENDLESS = ("LessonRewardThreshold: 475,", "LessonRewardThreshold: 1000000, NoProgressIterationLimit: 1000000000,")


@tap.case("/resume/goes-on-with-the-same-version")
def _():
    with Home() as home:
        path = home.write("pole.ink", SHORT)
        first = home.train(path, "--seed", "1")[-1]
        assert (first["reason"], first["version"]) == ("iteration-limit", 1), first
        (before,) = home.brain("list", "pole")
        events = home.train(path, "--resume")
        (after,) = home.brain("list", "pole")
        # What is told is of the whole training.
        told = [event["iterations"] for event in events if event["event"] in ("progress", "finished")]
        assert before["iterations"] < told[0] and told == sorted(told), (before, told)
        for member in ("iterations", "episodes", "mean_return"):
            assert events[-1][member] == after[member], (member, events[-1], after)
        assert events[-1]["seconds"] > before["seconds"], (events[-1], before)
        assert after["version"] == 1 and after["seed"] == 1, after
        assert after["iterations"] > before["iterations"] >= 4000, (before, after)
        assert after["episodes"] > before["episodes"], (before, after)
        with sqlite3.connect(os.path.join(home.path, "history.db")) as database:
            episodes = [row[0] for row in database.execute("SELECT episode FROM point WHERE metric = 0 ORDER BY number")]
        assert episodes == list(range(1, len(episodes) + 1)), episodes
        assert len(episodes) == after["episodes"]


@tap.case("/resume/has-what-is-left-of-the-limit")
def _():
    with Home() as home:
        path = home.write("pole.ink", SHORT)
        home.train(path, "--seed", "1")
        # As if it had reached the limit of 4000, gone on, and been interrupted.
        about = Path(home.path, "brains", "pole", "1", "brain.json")
        text = about.read_text(encoding="utf-8")
        assert text.count('"iterations": 4000,') == 1, text
        about.write_text(text.replace('"iterations": 4000,', '"iterations": 6500,'), encoding="utf-8")
        last = home.train(path, "--resume")[-1]
        assert (last["reason"], last["iterations"]) == ("iteration-limit", 8000), last


@tap.case("/resume/same-seed-same-brain-both-ways")
def _():
    with Home() as one, Home() as other:
        learnt = []
        for home in (one, other):
            path = home.write("pole.ink", SHORT)
            for flags in (["--seed", "7"], ["--resume"], ["--resume"]):
                home.train(path, "--muscles", "2", *flags)
            learnt.append(Path(home.path, "brains", "pole", "1", "policy.onnx").read_bytes())
        assert learnt[0] == learnt[1]


@tap.case("/resume/after-a-kill-goes-on-in-the-lesson")
def _():
    lessons = "lesson easy { training { LessonRewardThreshold: 20, LessonAssessmentWindow: 5 } scenario { episode_length: -1 } }\n"
    with Home() as home:
        path = home.write("pole.ink", ENDLESS, ("lesson balance {", lessons + "lesson balance {"))
        child = home.start("--json", path)
        for line in child.stdout:
            event = json.loads(line)
            # A brain is saved at the end of a lesson.
            if event["event"] == "progress" and event["lesson"] == "balance":
                break
        child.send_signal(signal.SIGKILL)
        child.communicate(timeout=DEADLINE)
        (before,) = home.brain("list", "pole")
        assert before["iterations"] > 0 and before["reason"] == "none", before
        child = home.start("--json", path, "--resume")
        for line in child.stdout:
            event = json.loads(line)
            if event["event"] == "progress":
                break
        assert event["lesson"] == "balance", event
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=DEADLINE)
        assert child.returncode == 0
        (after,) = home.brain("list", "pole")
        assert after["iterations"] > before["iterations"], (before, after)


@tap.case("/resume/refused")
def _():
    with Home() as home:
        path = home.write("pole.ink", ENDLESS)
        home.fails("no brain 'pole'", path, "--resume")
        child = home.start("--json", path)
        for line in child.stdout:
            if json.loads(line)["event"] == "progress":
                break
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=DEADLINE)
        other = home.write("other.ink", SHORT)
        home.fails("is not the program that brain 'pole' was trained with", other, "--brain", "pole", "--resume", status=2)
        home.fails("not both", path, "--resume", "--from", "pole", status=2)
        home.fails("--resume goes on with the seed", path, "--resume", "--seed", "1", status=2)
        child = home.start("--json", path, "--resume")
        for line in child.stdout:
            if json.loads(line)["event"] == "progress":
                break
        home.fails("is being trained by somebody else", path, "--resume")
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=DEADLINE)
        state = Path(home.path, "brains", "pole", "1", "learner.bin")
        *most, last = state.read_bytes()
        state.write_bytes(bytes([*most, last ^ 1]))
        home.fails("learner.bin is damaged", path, "--resume")
        state.unlink()
        home.fails("learner.bin", path, "--resume")


@tap.case("/from/starts-with-what-a-brain-knows")
def _():
    with Home() as home:
        home.train(home.write("teacher.ink"), "--seed", "1")
        pupil = home.write("pupil.ink", ("EpisodeIterationLimit: 500,", "EpisodeIterationLimit: 500, TotalIterationLimit: 8000,"))
        fresh = home.train(pupil, "--seed", "1", "--brain", "fresh")[-1]
        taught = home.train(pupil, "--seed", "1", "--from", "teacher:1")[-1]
        assert taught["mean_return"] > 2 * fresh["mean_return"], (fresh, taught)
        assert taught["mean_return"] > 300, taught
        names = {(brain["brain"], brain["version"]) for brain in home.brain("list")}
        assert names == {("teacher", 1), ("fresh", 1), ("pupil", 1)}, names


@tap.case("/from/refused")
def _():
    with Home() as home:
        path = home.write("pole.ink", SHORT)
        home.train(path)
        home.fails("no brain 'ghost'", path, "--from", "ghost")
        home.fails("no version 9", path, "--from", "pole:9")
        home.fails("NAME:VERSION", path, "--from", "pole:x", status=2)
        wide = home.write(
            "wide.ink", ("source cartpole", 'algorithm { Algorithm: "PPO", HiddenLayers: [{ Size: 8 }] }\nsource cartpole')
        )
        home.fails("cannot go on from brain 'pole'", wide, "--from", "pole")
        assert {brain["brain"] for brain in home.brain("list")} == {"pole"}


tap.run()
