# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost train and predict --simulator, as a person or a script uses them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "plugins"))

import tap
from cartpole import CartPole

SIMHOST, PLUGINS, BAD, CURRICULA = sys.argv[1:5]
CARTPOLE = os.path.join(CURRICULA, "cartpole.ink")
DEADLINE = 120

HOME = tempfile.mkdtemp(prefix="simhost-train-")
ENVIRONMENT = os.environ | {
    "SIMHOST_DATA_HOME": HOME,
    "SIMHOST_PLUGIN_PATH": PLUGINS,
    "XDG_CACHE_HOME": os.path.join(HOME, "cache"),
}


def simhost(*arguments):
    done = subprocess.run(
        [SIMHOST, *arguments], env=ENVIRONMENT, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=DEADLINE
    )
    return done.returncode, done.stdout, done.stderr


def events(text):
    """Every line of --json output, each an object."""
    return [json.loads(line) for line in text.splitlines()]


def last_line(text):
    return text.rstrip("\n").rpartition("\n")[2]


def write(name, text):
    path = os.path.join(HOME, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def bad_program(simulator, limits="EpisodeIterationLimit: 100"):
    """A program for one of the plugins that misbehave: they share a shape."""
    described = simhost("inspect", simulator, "--inkling")
    assert described[0] == 0, described
    return described[1]


@tap.case("/train/cartpole/meets-its-curriculum")
def trains():
    status, out, err = simhost("train", CARTPOLE, "--seed", "1", "--json")
    assert status == 0, err
    told = events(out)
    started, finished = told[0], told[-1]
    assert started == {
        "event": "started",
        "brain": "cartpole",
        "version": 1,
        "simulator": "cartpole",
        "algorithm": "PPO",
        "seed": 1,
        "lessons": ["balance"],
    }, started
    assert any(event["event"] == "progress" for event in told), out
    assert {"event": "lesson", "lesson": "balance", "reason": "threshold"} in told, out
    assert finished["event"] == "finished" and finished["reason"] == "curriculum-met", finished
    assert finished["version"] == 1 and finished["mean_return"] >= 475, finished
    assert finished["iterations"] < 1_000_000, finished


@tap.case("/train/cartpole/plays-100-episodes")
def plays():
    status, out, err = simhost("predict", "cartpole", "--simulator", "cartpole", "--episodes", "100", "--seed", "7", "--json")
    assert status == 0, err
    *episodes, summary = events(out)
    assert [episode["seed"] for episode in episodes] == list(range(7, 107)), out
    returns = [episode["return"] for episode in episodes]
    for episode in episodes:
        assert episode["return"] == episode["length"] <= 500, episode
        assert episode["terminal"] == (episode["length"] < 500), episode
    mean = sum(returns) / 100
    deviation = (sum((value - mean) ** 2 for value in returns) / 100) ** 0.5
    assert summary["episodes"] == 100 and mean >= 475, summary
    assert abs(summary["mean_return"] - mean) < 1e-9, summary
    assert abs(summary["std_return"] - deviation) < 1e-6, summary


@tap.case("/train/cartpole/same-seed-same-episodes")
def repeats():
    play = ("predict", "cartpole", "--simulator", "cartpole", "--episodes", "5", "--seed", "3", "--json")
    assert simhost(*play)[1] == simhost(*play)[1] != ""


@tap.case("/train/cartpole/play-says-nothing-of-connections")
def says_what_counts():
    status, out, err = simhost("predict", "cartpole", "--simulator", "cartpole", "--episodes", "2", "--seed", "3")
    assert (status, err) == (0, ""), err
    lines = out.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["episode", "1"], ["episode", "2"]], out
    assert len(lines) == 3 and lines[2].startswith("2 episodes: mean return "), out


@tap.case("/train/cartpole/episodes-that-cannot-be-written")
def unwritten():
    play = (SIMHOST, "predict", "cartpole", "--simulator", "cartpole", "--episodes", "1000000", "--seed", "3")
    with open("/dev/full", "w") as full:
        child = subprocess.run(play, env=ENVIRONMENT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert child.returncode == 1, child
    assert child.stderr.endswith("cannot write what came of the episode: No space left on device\n"), child
    # A reader who leaves has had enough: nobody plays on for him.
    with subprocess.Popen(play, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        assert child.stdout.readline().startswith(b"episode 1 ")
        child.stdout.close()
        assert child.wait(60) == 1


@tap.case("/train/cartpole/holds-in-another-implementation")
def holds_elsewhere():
    with subprocess.Popen(
        [SIMHOST, "predict", "cartpole", "--stdin"],
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    ) as brain:
        world = CartPole(seed=20)
        total = 0
        for _ in range(100):
            state, over = world.reset(), False
            while not over:
                brain.stdin.write(json.dumps(state) + "\n")
                brain.stdin.flush()
                command = json.loads(brain.stdout.readline())["command"]
                state, over = world.step(command)
                total += 1
        brain.stdin.close()
        assert brain.wait(DEADLINE) == 0
    assert total / 100 >= 475, total / 100


@tap.case("/train/cartpole/versions-count")
def next_version():
    status, out, err = simhost("train", CARTPOLE, "--seed", "2")
    assert status == 0 and "version 2" in out, out + err
    status, out, err = simhost("brain", "list", "--json")
    assert [brain["version"] for brain in events(out)] == [1, 2], out


@tap.case("/train/find-center/learns-a-continuous-action")
def continuous():
    status, out, err = simhost("train", os.path.join(CURRICULA, "find_center.ink"), "--seed", "1", "--json")
    assert status == 0, err
    finished = events(out)[-1]
    assert finished["reason"] == "curriculum-met", finished
    status, out, err = simhost("predict", "find_center", "--simulator", "find_center", "--json", "--seed", "1")
    assert status == 0 and events(out)[-1]["event"] == "summary", out + err


@tap.case("/train/goal/learns-without-a-reward")
def goal():
    status, out, err = simhost("train", os.path.join(CURRICULA, "find_center_goal.ink"), "--seed", "1", "--json")
    assert status == 0, err
    finished = events(out)[-1]
    assert finished["reason"] == "curriculum-met" and finished["success_rate"] >= 0.95, finished
    objective = finished["objectives"][0]
    # The success rate is the test's, those of objectives are of training.
    assert objective["name"] == "Middle" and 0 < objective["success_rate"] <= 1, finished
    progress = next(event for event in events(out) if event["event"] == "progress")
    assert progress["objectives"][0]["success_rate"] == progress["success_rate"], progress
    # Kept in the history, and shown with the brain.
    status, out, err = simhost("brain", "show", "find_center_goal", "--json")
    assert status == 0, err
    rate = events(out)[-1]["success_rate"]
    assert 0.5 < rate <= 1, out
    status, out, err = simhost("brain", "show", "find_center_goal")
    assert f"success      {100 * rate:.1f} % of the last " in out, out
    status, out, err = simhost(
        "predict", "find_center_goal", "--simulator", "find_center", "--json", "--seed", "1", "--episodes", "50"
    )
    assert status == 0, err
    episodes, summary = events(out)[:-1], events(out)[-1]
    assert summary["success_rate"] == sum(e["success"] for e in episodes) / 50 >= 0.9, summary


@tap.case("/train/functions/reward-is-the-programs")
def functions():
    text = open(CARTPOLE, encoding="utf-8").read()
    functions = """source cartpole
            reward function (s: GameState, a: Action) { return 2 }
            terminal function (s: GameState) { return s.angle > 100 }
            state function (s: GameState): GameState {
                return { position: s.position, velocity: s.velocity, angle: s.angle * 10, rotation: s.rotation }
            }
            action function (a: Action): Action { return a }
"""
    program = write("functions.ink", text.replace("source cartpole\n", functions).replace("475", "60"))
    status, out, err = simhost("train", program, "--seed", "1", "--json")
    assert status == 0 and events(out)[-1]["reason"] == "curriculum-met", out + err
    status, out, err = simhost(
        "predict", "functions", "--simulator", "cartpole", "--json", "--seed", "1", "--episodes", "5"
    )
    for episode in events(out)[:-1]:
        # The simulator's end is none of the program's.
        assert episode["return"] == 2 * episode["length"] and not episode["terminal"], episode


@tap.case("/train/functions/failure-names-the-place")
def failing_function():
    text = open(CARTPOLE, encoding="utf-8").read()
    reward = "source cartpole\nreward function (s: GameState) { return 1 / (s.position - s.position) }\n"
    program = write("failing.ink", text.replace("source cartpole\n", reward))
    status, out, err = simhost("train", program, "--json")
    finished = events(out)[-1]
    assert status == 1 and finished["reason"] == "failed", out + err
    line = text[: text.index("source cartpole")].count("\n") + 2
    assert finished["message"].endswith(f"failing.ink:{line}: in the reward function: division by zero"), finished


def endless():
    text = open(CARTPOLE, encoding="utf-8").read()
    limits = "LessonRewardThreshold: 100000, NoProgressIterationLimit: 1000000000,"
    assert text.count("LessonRewardThreshold: 475,") == 1
    return text.replace("LessonRewardThreshold: 475,", limits)


def has_child(pid):
    """Whether the process has started another one."""
    try:
        return any(task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/children"))
    except OSError:
        return False  # a thread of it has ended


@tap.case("/train/interrupted-keeps-what-was-learnt")
def interrupted():
    for number, (kind, sign) in enumerate((("INT", signal.SIGINT), ("TERM", signal.SIGTERM)), 1):
        program = write("long.ink", endless())
        with subprocess.Popen(
            [SIMHOST, "train", program, "--json"], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
        ) as training:
            for line in training.stdout:
                event = json.loads(line)
                if event["event"] == "progress" and event["episodes"] > 0:
                    break
            training.send_signal(sign)
            finished = events(training.stdout.read())[-1]
            assert training.wait(DEADLINE) == 0, kind
        assert finished["reason"] == "interrupted" and finished["version"] == number, finished
        assert simhost("predict", "long", "--simulator", "cartpole", "--episodes", "1")[0] == 0


def interrupt_early(*arguments):
    """While the simulator is looked for, in a process of its own, as nothing is known of it yet: the process, what
    it said, and its errors."""
    environment = ENVIRONMENT | {"XDG_CACHE_HOME": os.path.join(HOME, f"knows-nothing-{arguments[0]}")}
    with subprocess.Popen(
        [SIMHOST, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        try:
            while not has_child(child.pid):
                assert child.poll() is None
            child.send_signal(signal.SIGINT)
            return child, *child.communicate(timeout=DEADLINE)
        finally:
            child.kill()


@tap.case("/train/interrupted-before-it-plays")
def interrupted_early():
    training, out, _ = interrupt_early("train", write("early.ink", endless()), "--json")
    assert training.returncode == 0 and events(out)[-1]["reason"] == "interrupted", out


@tap.case("/predict/interrupted-before-it-plays")
def predict_interrupted_early():
    """Of what the training before was interrupted in."""
    playing, _, errors = interrupt_early("predict", "long", "--simulator", "cartpole", "--episodes", "1000000000")
    assert playing.returncode == 1 and "interrupted before all episodes were played" in errors, (playing, errors)


@tap.case("/train/limits/iteration-limit")
def iteration_limit():
    text = open(CARTPOLE, encoding="utf-8").read()
    program = write("short.ink", text.replace("EpisodeIterationLimit: 500", "TotalIterationLimit: 3000, EpisodeIterationLimit: 500"))
    status, out, err = simhost("train", program, "--json")
    finished = events(out)[-1]
    assert status == 0 and finished["reason"] == "iteration-limit", out + err
    assert 3000 <= finished["iterations"] < 10000, finished


@tap.case("/train/bad/usage")
def usage():
    for arguments, says in (
        ((), "Inkling file"),
        (("a.ink", "b.ink"), "one Inkling file"),
        ((CARTPOLE, "--seed", "x"), "--seed=x"),
        ((CARTPOLE, "--instances", "0"), "--instances"),
        ((CARTPOLE, "--frobnicate"), "--frobnicate"),
    ):
        status, out, err = simhost("train", *arguments)
        assert status == 2 and out == "" and says in last_line(err), (arguments, err)


@tap.case("/train/bad/file")
def bad_file():
    status, out, err = simhost("train", os.path.join(HOME, "absent.ink"))
    assert status == 1 and out == "" and "absent.ink" in err, err


@tap.case("/train/bad/program")
def bad_program_text():
    text = open(CARTPOLE, encoding="utf-8").read()
    program = write("wrong.ink", text.replace("source cartpole", "source cartpol"))
    status, out, err = simhost("train", program)
    row = next(number for number, line in enumerate(text.splitlines(), 1) if "source cartpole" in line)
    assert status == 1 and out == "", out
    assert f"{program}:{row}:" in err and "^" in err and "'cartpole'" in err, err
    assert "1 error" in last_line(err), err


@tap.case("/train/bad/simulator")
def bad_simulator_name():
    status, out, err = simhost("train", CARTPOLE, "--simulator", "cartpol")
    assert status == 1 and out == "", out
    assert "'cartpol'" in last_line(err) and "cartpole" in last_line(err), err


@tap.case("/train/bad/other-simulator")
def other_simulator():
    status, out, err = simhost("train", CARTPOLE, "--simulator", "find_center")
    assert status == 1, out
    assert "position" in last_line(err) and "find_center" in last_line(err), err


@tap.case("/train/bad/crash-hang-exit")
def misbehaving():
    for fault, says in (
        ("crash-advance", "crashed in advance"),
        ("exit-advance", "ended the process in advance"),
        ("hang-create", "create"),
        ("crash-init", "init"),
    ):
        file = os.path.join(BAD, fault + ".so")
        program = write(fault + ".ink", bad_program(os.path.join(BAD, "warning-advance.so")))
        status, out, err = simhost("train", program, "--simulator", file, "--instances", "2", "--json")
        assert status == 1, (fault, out, err)
        assert says in last_line(err), (fault, err)


@tap.case("/predict/bad/brain")
def no_brain():
    status, out, err = simhost("predict", "cartpool", "--simulator", "cartpole")
    assert status == 1 and out == "", out
    assert "'cartpool'" in last_line(err) and "cartpole" in last_line(err), err


@tap.case("/predict/bad/usage")
def predict_usage():
    for arguments in ((), ("cartpole",), ("cartpole", "--stdin", "--simulator", "cartpole"), ("cartpole", "--episodes", "0", "--simulator", "cartpole")):
        status, out, err = simhost("predict", *arguments)
        assert status == 2 and out == "" and "--help" in last_line(err), (arguments, err)


try:
    tap.run()
finally:
    shutil.rmtree(HOME)
