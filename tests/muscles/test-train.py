# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost train by muscles, as a person or a script has it: brains, processes, ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "plugins"))

import tap

SIMHOST, PLUGINS, CURRICULA, PLAY_BRAIN = sys.argv[1:5]
CARTPOLE = Path(CURRICULA, "cartpole.ink").read_text(encoding="utf-8")
DEADLINE = 120

TOP = tempfile.mkdtemp(prefix="simhost-muscles-")


def environment(home):
    return os.environ | {
        "SIMHOST_DATA_HOME": os.path.join(TOP, home),
        "SIMHOST_PLUGIN_PATH": PLUGINS,
        "XDG_CACHE_HOME": os.path.join(TOP, "cache"),
    }


def simhost(home, *arguments):
    return subprocess.run(
        [SIMHOST, *arguments],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
    )


def events(text):
    return [json.loads(line) for line in text.splitlines()]


def program(name, training, text=CARTPOLE):
    """CartPole's with other limits."""
    path = os.path.join(TOP, name + ".ink")
    assert "EpisodeIterationLimit: 500," in text
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("EpisodeIterationLimit: 500,", f"EpisodeIterationLimit: 500, {training}"))
    return path


def train(home, file, *arguments):
    done = simhost(home, "train", file, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    return events(done.stdout)[-1]


def start(home, file, *arguments):
    return subprocess.Popen(
        [SIMHOST, "train", file, "--json", *arguments],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def children(pid):
    """Process numbers, with when they began: numbers are used again."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(") ")[2].split()
            except OSError:
                continue
            if int(fields[1]) == pid:
                found.append((int(entry.name), fields[19]))
    return found


def is_there(process):
    pid, began = process
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return False
    return fields[19] == began and fields[0] not in "ZX"


def check_gone(processes):
    until = time.monotonic() + 20
    while any(map(is_there, processes)):
        assert time.monotonic() < until, processes
        os.sched_yield()


def wait_for(training, *kinds):
    for line in training.stdout:
        event = json.loads(line)
        if event["event"] in kinds and event.get("episodes", 1) > 0:
            return event
    raise AssertionError(kinds)


@tap.case("/train/muscles/same-seed-same-brain-bit-for-bit")
def same_brain():
    short = program("short", "TotalIterationLimit: 5000,")
    for muscles in "123":
        brains = []
        for home in ("a", "b"):
            finished = train(home, short, "--seed", "7", "--muscles", muscles, "--instances", "6", "--brain", "m" + muscles)
            assert finished["iterations"] == 5000 and finished["reason"] == "iteration-limit", finished
            folder = Path(TOP, home, "brains", "m" + muscles, "1")
            # All that is learnt; when it was saved, and how long it took, differ.
            files = [name for name in os.listdir(folder) if name != "brain.json"]
            assert "program.ink" in files and len(files) >= 2, files
            brains.append({name: (folder / name).read_bytes() for name in files})
        assert brains[0] == brains[1], muscles


@tap.case("/train/muscles/other-seed-other-brain")
def other_brain():
    short = program("short", "TotalIterationLimit: 5000,")
    policies = []
    for seed in "12":
        train("seed" + seed, short, "--seed", seed)
        policies.append([Path(TOP, "seed" + seed, "brains", "short", "1", name).read_bytes() for name in sorted(os.listdir(Path(TOP, "seed" + seed, "brains", "short", "1"))) if name.startswith("policy")])
    assert policies[0] and policies[0] != policies[1]


@tap.case("/train/muscles/plays-as-over-a-websocket")
def same_returns():
    short = program("half", "TotalIterationLimit: 1500,")
    train("half", short, "--seed", "3")
    done = simhost("half", "predict", "half", "--simulator", "cartpole", "--episodes", "12", "--seed", "40", "--json")
    assert done.returncode == 0, done.stderr
    by_websocket = [event["return"] for event in events(done.stdout) if event["event"] == "episode"]
    played = subprocess.run(
        [PLAY_BRAIN, os.path.join(TOP, "half"), "half", os.path.join(PLUGINS, "cartpole.so"), "cartpole", "40", "12"],
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE,
    )
    assert [float(line) for line in played.stdout.split()] == by_websocket
    assert len(set(by_websocket)) > 2, by_websocket


@tap.case("/train/muscles/plays-numbers-as-over-a-websocket")
def same_continuous_returns():
    text = Path(CURRICULA, "pendulum.ink").read_text(encoding="utf-8")
    path = os.path.join(TOP, "swing.ink")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("EpisodeIterationLimit: 200,", "EpisodeIterationLimit: 200, TotalIterationLimit: 3000,"))
    train("swing", path, "--seed", "3")
    done = simhost("swing", "predict", "swing", "--simulator", "pendulum", "--episodes", "4", "--seed", "9", "--json")
    assert done.returncode == 0, done.stderr
    by_websocket = [event["return"] for event in events(done.stdout) if event["event"] == "episode"]
    played = subprocess.run(
        [PLAY_BRAIN, os.path.join(TOP, "swing"), "swing", os.path.join(PLUGINS, "pendulum.so"), "pendulum", "9", "4"],
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE,
    )
    assert [float(line) for line in played.stdout.split()] == by_websocket


@tap.case("/train/muscles/die-with-their-conductor")
def conductor_killed():
    endless = program("endless", "NoProgressIterationLimit: 40000000,", CARTPOLE.replace("475", "100000"))
    with start("killed", endless, "--muscles", "3") as training:
        wait_for(training, "progress")
        muscles = children(training.pid)
        assert len(muscles) == 3, muscles
        training.kill()
        training.wait(DEADLINE)
    check_gone(muscles)


@tap.case("/train/muscles/one-killed-comes-back")
def muscle_killed():
    endless = program("endless", "NoProgressIterationLimit: 40000000,", CARTPOLE.replace("475", "100000"))
    with start("one", endless, "--muscles", "2") as training:
        before = wait_for(training, "progress")["iterations"]
        victim = children(training.pid)[0]
        os.kill(victim[0], signal.SIGKILL)
        check_gone([victim])
        # It is not done without the one that was killed.
        while wait_for(training, "progress")["iterations"] < before + 20000:
            pass
        muscles = children(training.pid)
        assert len(muscles) == 2 and victim not in muscles, muscles
        training.send_signal(signal.SIGINT)
        finished = events(training.stdout.read())[-1]
        assert training.wait(DEADLINE) == 0
    assert finished["reason"] == "interrupted" and finished["version"] == 1, finished
    check_gone(muscles)


@tap.case("/train/muscles/lesson-is-saved-at-its-end")
def saved_at_lesson():
    lessons = CARTPOLE.replace("LessonRewardThreshold: 475,", "LessonAssessmentWindow: 10,").replace(
        "LessonAssessmentWindow: 100,", ""
    )
    first = lessons.index("lesson balance {")
    scenario = "scenario { episode_length: -1, deque_size: 1 }"
    lessons = (
        lessons[:first]
        + f"lesson easy {{ {scenario} training {{ LessonRewardThreshold: 15 }} }}\n"
        + f"lesson endless {{ {scenario} training {{ LessonRewardThreshold: 100000 }} }}\n}}\n}}\n}}\n"
    )
    with start("lessons", program("lessons", "NoProgressIterationLimit: 40000000,", lessons)) as training:
        assert wait_for(training, "lesson")["lesson"] == "easy"
        # Told when the lesson is over; saved by then.
        wait_for(training, "progress")
        muscles = children(training.pid)
        training.kill()
        training.wait(DEADLINE)
    check_gone(muscles)
    done = simhost("lessons", "brain", "list", "--json")
    brains = events(done.stdout)
    assert len(brains) == 1 and brains[0]["reason"] == "none" and brains[0]["iterations"] > 0, done
    played = simhost("lessons", "predict", "lessons", "--simulator", "cartpole", "--episodes", "1", "--json")
    assert played.returncode == 0, played.stderr


@tap.case("/train/muscles/is-saved-every-ten-seconds")
def saved_on_the_way():
    endless = program("endless", "NoProgressIterationLimit: 40000000,", CARTPOLE.replace("475", "100000"))
    with start("ticks", endless) as training:
        begun = time.monotonic()
        while not simhost("ticks", "brain", "list", "--json").stdout:
            assert wait_for(training, "progress")["seconds"] < 60
        assert time.monotonic() - begun >= 5
        training.kill()
        training.wait(DEADLINE)
    assert simhost("ticks", "predict", "endless", "--simulator", "cartpole", "--episodes", "1").returncode == 0


@tap.case("/train/muscles/bad/usage")
def usage():
    for arguments, says in (
        (("--muscles", "0"), "1 to 64"),
        (("--muscles", "65"), "1 to 64"),
        (("--muscles", "-1"), "1 to 64"),
        (("--muscles", "two"), "two"),
    ):
        done = simhost("usage", "train", program("short", ""), *arguments)
        assert done.returncode == 2 and says in done.stderr and len(done.stderr.splitlines()) == 1, done


@tap.case("/train/muscles/bad/by-hand")
def by_hand():
    for arguments in ((), ("x.so",), (os.path.join(PLUGINS, "cartpole.so"), "cartpole", "cartpole.ink")):
        done = simhost("hand", "muscle", *arguments)
        assert done.returncode == 2 and "simhost train" in done.stderr, done
        assert len(done.stderr.splitlines()) == 1 and done.stdout == "", done


try:
    tap.run()
finally:
    shutil.rmtree(TOP)
