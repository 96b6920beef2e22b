# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost train by muscles, as a person or a script has it: brains, processes, ends."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "plugins"))

import instep
import tap

SIMHOST, PLUGINS, CURRICULA, PLAY_BRAIN = sys.argv[1:5]
CARTPOLE = Path(CURRICULA, "cartpole.ink").read_text(encoding="utf-8")
# Seconds; learning is ten times as slow under ThreadSanitizer.
DEADLINE = 600 if "TSAN_OPTIONS" in os.environ else 120

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


def start_in_step(home, name, training, text, *arguments):
    assert text.count("lesson balance {") == 1
    file = program(name, training, text.replace("lesson balance {", f"lesson {instep.LESSON} {{"))
    return instep.start(
        [SIMHOST, "train", file, "--json", *arguments],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
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


def kill(process):
    """FALSE when it has ended by itself."""
    try:
        os.kill(process[0], signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


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


def learnt(home, brain):
    """All files of version 1 that hold what was learnt: brain.json says when, too."""
    folder = Path(TOP, home, "brains", brain, "1")
    files = {name: (folder / name).read_bytes() for name in os.listdir(folder) if name != "brain.json"}
    assert "program.ink" in files and len(files) >= 2, list(files)
    return files


@tap.case("/train/muscles/same-seed-same-brain-bit-for-bit")
def same_brain():
    short = program("short", "TotalIterationLimit: 5000,")
    for muscles in "123":
        brains = []
        for home in ("a", "b"):
            finished = train(home, short, "--seed", "7", "--muscles", muscles, "--instances", "6", "--brain", "m" + muscles)
            assert finished["iterations"] == 5000 and finished["reason"] == "iteration-limit", finished
            brains.append(learnt(home, "m" + muscles))
        assert brains[0] == brains[1], muscles


@tap.case("/train/muscles/same-seed-same-brain-with-a-goal")
def same_goal_brain():
    short = short_program("goal", "cartpole_goal.ink", "TotalIterationLimit: 8000, ")
    brains, ends = [], []
    for home in ("goal-a", "goal-b"):
        finished = train(home, short, "--seed", "7", "--muscles", "2", "--instances", "6")
        ends.append({key: value for key, value in finished.items() if key != "seconds"})
        brains.append(learnt(home, "goal"))
    assert brains[0] == brains[1] and ends[0] == ends[1], ends


@tap.case("/train/muscles/same-seed-same-brain-of-each-learner")
def same_brain_of_each_learner():
    for algorithm, curriculum in (("PPO", "pendulum"), ("APEX", "cartpole"), ("SAC", "pendulum")):
        file = short_program(
            "each" + algorithm,
            curriculum + ".ink",
            "TotalIterationLimit: 2000, ",
            ("curriculum {\n", f'curriculum {{ algorithm {{ Algorithm: "{algorithm}" }}\n'),
        )
        for muscles in "12":
            brains = []
            for home in (algorithm + "-a" + muscles, algorithm + "-b" + muscles):
                finished = train(home, file, "--seed", "7", "--muscles", muscles, "--brain", "twin")
                assert finished["reason"] == "iteration-limit", finished
                about = Path(TOP, home, "brains", "twin", "1", "brain.json").read_text()
                assert f'"{algorithm}"' in about, about
                brains.append(learnt(home, "twin"))
            assert brains[0] == brains[1], (algorithm, muscles)


@tap.case("/train/muscles/other-seed-other-brain")
def other_brain():
    short = program("short", "TotalIterationLimit: 5000,")
    policies = []
    for seed in "12":
        train("seed" + seed, short, "--seed", seed)
        policies.append(learnt("seed" + seed, "short")["policy.onnx"])
    assert policies[0] and policies[0] != policies[1]


def compare_with_websocket(home, brain, simulator, count):
    """Greedy episodes of the same seeds, in a muscle's rollout and over a websocket."""
    done = simhost(
        home, "predict", brain, "--simulator", simulator, "--episodes", str(count), "--seed", "40", "--json"
    )
    assert done.returncode == 0, done.stderr
    by_websocket = [
        (event["return"], event.get("success", False)) for event in events(done.stdout) if event["event"] == "episode"
    ]
    played = subprocess.run(
        [PLAY_BRAIN, os.path.join(TOP, home), brain, os.path.join(PLUGINS, simulator + ".so"), simulator, "40", str(count)],
        capture_output=True,
        text=True,
        check=True,
        timeout=DEADLINE,
    )
    by_muscle = [(float(line.split()[0]), line.split()[1] == "1") for line in played.stdout.splitlines()]
    assert by_muscle == by_websocket and len(by_websocket) == count, (by_muscle, by_websocket)
    return by_websocket


def short_program(name, curriculum, training, *replacements):
    text = Path(CURRICULA, curriculum).read_text(encoding="utf-8")
    for old, new in (("EpisodeIterationLimit:", training + "EpisodeIterationLimit:"), *replacements):
        assert text.count(old) == 1, (old, text.count(old))
        text = text.replace(old, new)
    path = os.path.join(TOP, name + ".ink")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


@tap.case("/train/muscles/plays-as-over-a-websocket")
def same_returns():
    train("half", program("half", "TotalIterationLimit: 1500,"), "--seed", "3")
    played = compare_with_websocket("half", "half", "cartpole", 12)
    assert len(set(played)) > 2, played


@tap.case("/train/muscles/plays-numbers-as-over-a-websocket")
def same_continuous_returns():
    train("swing", short_program("swing", "pendulum.ink", "TotalIterationLimit: 3000, "), "--seed", "3")
    compare_with_websocket("swing", "swing", "pendulum", 4)


@tap.case("/train/muscles/plays-goals-as-over-a-websocket")
def same_goals():
    outcomes = set()
    # A test's scenarios are drawn by other numbers than an assessment's.
    fixed = ("number<-10 .. -8>", "-9"), ("number<8 .. 10>", "9")
    for simulator, iterations, changes in (("cartpole", 20000, ()), ("find_center", 2000, fixed), ("elevator", 4000, ())):
        name = simulator + "_goal"
        file = short_program(name, name + ".ink", f"TotalIterationLimit: {iterations}, ", *changes)
        finished = train(name, file, "--seed", "3")
        assert 0 <= finished["success_rate"] <= 1 and finished["objectives"], finished
        played = compare_with_websocket(name, name, simulator, 12)
        assert len({value for value, success in played}) > 2, played
        outcomes |= {success for value, success in played}
    assert outcomes == {True, False}


@tap.case("/train/muscles/plays-functions-as-over-a-websocket")
def same_functions():
    functions = """source cartpole
            reward function (s: GameState, a: Action) { return 1 - s.angle * s.angle + a.command / 100 }
            terminal function (s: GameState) { return s.angle > 0.1 }
            state function (s: GameState): GameState {
                return { position: s.position, velocity: s.velocity, angle: s.angle * 10, rotation: s.rotation }
            }
            action function (a: Action): Action { return a }
"""
    file = short_program(
        "functions", "cartpole.ink", "TotalIterationLimit: 1500, ", ("source cartpole\n", functions)
    )
    train("functions", file, "--seed", "3")
    played = compare_with_websocket("functions", "functions", "cartpole", 12)
    assert len(set(played)) > 6, played


@tap.case("/train/muscles/plays-programmed-concepts-as-over-a-websocket")
def same_programmed():
    file = short_program(
        "programmed",
        "cartpole.ink",
        "TotalIterationLimit: 1500, ",
        (
            "concept balance(input): Action {",
            """concept turned(input): GameState {
        programmed function (s: GameState): GameState {
            return { position: -s.position, velocity: -s.velocity, angle: -s.angle, rotation: -s.rotation }
        }
    }
    output balance
    concept balance(turned): Action {""",
        ),
    )
    train("programmed", file, "--seed", "3")
    played = compare_with_websocket("programmed", "programmed", "cartpole", 12)
    assert len(set(played)) > 2, played


# What is best by far is what may not be chosen: Right at the start, and Down elsewhere. Nothing else leads where these do.
MASK = """source frozen_lake
            reward function (s: LakeState, a: LakeAction) {
                if (s.current_pos == 1 and a.command == 2) or (s.current_pos == 8 and a.command == 1) {
                    return 1000
                }
                return a.command == 0
            }
"""
MASK_FUNCTION = """            mask function (s: LakeState) {
                if s.current_pos == 0 {
                    return constraint LakeAction { command: number<mask [1, 1, 0, 1]> }
                }
                return constraint LakeAction { command: number<mask [1, 0, 1, 1]> }
            }
"""


def masked_program(name, algorithm, mask):
    return short_program(
        name,
        "frozen_lake.ink",
        "TotalIterationLimit: 8000, ",
        ("LessonRewardThreshold: 0.7,", "LessonRewardThreshold: 1000000,"),
        ("LessonAssessmentWindow: 300,", "LessonAssessmentWindow: 20,"),
        ("slippery: 1", "slippery: 0"),
        ("source frozen_lake\n", f"{MASK}{mask}algorithm {{ Algorithm: \"{algorithm}\" }}\n"),
    )


@tap.case("/train/muscles/masked-actions-are-never-taken")
def masks():
    for algorithm in ("PPO", "APEX"):
        free, masked = "free" + algorithm, "masked" + algorithm
        train(free, masked_program(free, algorithm, ""), "--seed", "1")
        # It would be done, if it might.
        assert max(value for value, _ in compare_with_websocket(free, free, "frozen_lake", 3)) >= 1000
        done = simhost(masked, "train", masked_program(masked, algorithm, MASK_FUNCTION), "--seed", "1", "--json")
        assert done.returncode == 0, done.stderr
        returns = [e["mean_return"] for e in events(done.stdout) if e.get("mean_return") is not None]
        assert returns and max(returns) <= 100, returns
        assert max(value for value, _ in compare_with_websocket(masked, masked, "frozen_lake", 3)) <= 100
        states = "".join(f'{{"current_pos":{place}}}\n' for place in range(16))
        predicted = subprocess.run(
            [SIMHOST, "predict", masked, "--stdin"],
            env=environment(masked),
            input=states,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
        )
        commands = [event["command"] for event in events(predicted.stdout)]
        assert len(commands) == 16 and commands[0] != 2 and 1 not in commands[1:], predicted


@tap.case("/train/muscles/same-seed-same-brain-with-a-mask")
def same_masked_brain():
    file = masked_program("twice", "PPO", MASK_FUNCTION)
    brains = []
    for home in ("mask-a", "mask-b"):
        train(home, file, "--seed", "5", "--muscles", "2", "--instances", "6")
        brains.append(learnt(home, "twice"))
    assert brains[0] == brains[1]


@tap.case("/train/muscles/bad/mask-leaves-nothing")
def empty_mask():
    nothing = MASK_FUNCTION.replace("[1, 0, 1, 1]", "[0, 0, 0, 0]")
    done = simhost("empty", "train", masked_program("empty", "PPO", nothing), "--seed", "1", "--json")
    finished = events(done.stdout)[-1]
    assert done.returncode == 1 and finished["reason"] == "failed", done
    assert "the mask of 'cross' allows no value of 'command'" in finished["message"], finished


@tap.case("/train/muscles/signals-after-its-end-change-nothing")
def late_signals():
    short = program("late", "TotalIterationLimit: 1000,")
    for how in (signal.SIGINT, signal.SIGTERM):
        with start("late", short) as training:
            assert wait_for(training, "finished")["reason"] == "iteration-limit"
            while training.poll() is None:
                training.send_signal(how)
            assert training.returncode == 0, training.returncode


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
    endless = CARTPOLE.replace("475", "100000")
    with start_in_step("one", "endless", "NoProgressIterationLimit: 40000000,", endless, "--muscles", "2") as training:
        wait_for(training, "progress")
        victim = children(training.pid)[0]
        assert kill(victim)
        check_gone([victim])
        # The first line may be from before that; what follows the second is not done
        # without the one that was killed.
        wait_for(training, "progress")
        before = wait_for(training, "progress")["iterations"]
        while wait_for(training, "progress")["iterations"] < before + 20000:
            pass
        muscles = children(training.pid)
        assert len(muscles) == 2 and victim not in muscles, muscles
        training.send_signal(signal.SIGINT)
        finished = events(training.stdout.read())[-1]
        assert training.wait(DEADLINE) == 0
    assert finished["reason"] == "interrupted" and finished["version"] == 1, finished
    check_gone(muscles)


def check_plays(home, brain, mean):
    """What was saved plays twenty episodes with this mean return at least."""
    played = simhost(home, "predict", brain, "--simulator", "cartpole", "--episodes", "20", "--seed", "1", "--json")
    returns = [event["return"] for event in events(played.stdout) if event["event"] == "episode"]
    assert len(returns) == 20 and sum(returns) / 20 >= mean, returns


@tap.case("/train/muscles/killed-again-and-again-and-cartpole-is-learnt")
def muscles_killed():
    """Each muscle that is new to us is killed at once, four in all, and it is learnt."""
    killed = []
    with start_in_step("hunted", "hunted", "", CARTPOLE, "--muscles", "2", "--seed", "1") as training:
        # Rounds wait for the one that is gone, so that each of these is of all.
        while (event := wait_for(training, "progress", "finished"))["event"] == "progress":
            alive = [child for child in children(training.pid) if child not in killed]
            if len(killed) < 4 and alive and kill(alive[0]):
                killed.append(alive[0])
        assert training.wait(DEADLINE) == 0
    finished = event
    assert len(killed) >= 2, killed
    assert finished["reason"] == "curriculum-met" and finished["mean_return"] >= 475, finished
    check_plays("hunted", "hunted", 450)


@tap.case("/train/muscles/killed-ten-times-and-cartpole-is-learnt")
def muscles_killed_ten_times():
    """Deaths of muscles that have worked may be any number: so many in a minute end a run
    whose episodes do not end."""
    killed = []
    endless = CARTPOLE.replace("475", "100000")
    limit = "NoProgressIterationLimit: 400000000,"
    with start_in_step("ten", "ten", limit, endless, "--muscles", "2", "--seed", "1") as training:
        episodes = 0
        while len(killed) < 10:
            event = wait_for(training, "progress")
            alive = [child for child in children(training.pid) if child not in killed]
            if event["episodes"] > episodes and alive and kill(alive[0]):
                killed.append(alive[0])
                episodes = event["episodes"]
        # And it goes on after the last, until it can do it.
        last = wait_for(training, "progress")
        while (event := wait_for(training, "progress"))["iterations"] <= last["iterations"] or event["mean_return"] < 475:
            pass
        training.send_signal(signal.SIGINT)
        finished = wait_for(training, "finished")
        assert training.wait(DEADLINE) == 0
    assert finished["reason"] == "interrupted" and finished["iterations"] > last["iterations"], finished
    check_plays("ten", "ten", 475)


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
    begun = time.monotonic()
    with start("ticks", endless) as training:
        while not (saved := simhost("ticks", "brain", "list", "--json").stdout):
            assert wait_for(training, "progress")["seconds"] < 60
        assert time.monotonic() - begun >= 10
        training.kill()
        training.wait(DEADLINE)
    # What is saved is in the history, or who goes on would not know of it.
    with sqlite3.connect(os.path.join(TOP, "ticks", "history.db")) as database:
        ((iterations, episodes),) = database.execute("SELECT iterations, episodes FROM run").fetchall()
    brain = json.loads(saved)
    assert iterations >= brain["iterations"] > 0 and episodes >= brain["episodes"] > 0, (iterations, episodes, brain)
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
