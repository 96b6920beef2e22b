#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""
Learns the tasks that come with the project, as a user does: for each curriculum
and seed one `simhost train`, and then one `simhost predict` of the saved brain
over 100 episodes that no training has seen. Prints a row for each task.

  ./dev bench learn [TASK...] [--algorithm NAME] [--seeds COUNT] [--json] ...

With --algorithm the curriculum is the same but for the algorithm that it names.

`reached` counts the seeds whose brain is at the target; the columns after `worst`
are medians.

Iterations, seconds and processor time are those of whole trainings, from the
process's start to its end. What is measured beside a target is the greedy brain:
its mean return, and with goals the share of episodes that were successful. In
tic-tac-toe it is the share of games not lost against an opponent that sets its
stones at random, who plays here, by the rules as written down here; the share
where half of the opponents make no mistake is shown besides.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time

EPISODES = 100
FIRST_EPISODE = 1_000_000  # seed of the first episode of what is played
DEADLINE = 3600  # seconds for one training


def mean_return(episodes):
    return statistics.fmean(e["return"] for e in episodes)


def success(episodes):
    return statistics.fmean(e["success"] for e in episodes)


def not_lost(episodes):
    return statistics.fmean(e["return"] >= 0 for e in episodes)


LINES = ("012", "345", "678", "036", "147", "258", "048", "246")
PLACES = ("top_left", "top", "top_right", "left", "center", "right") + (
    "bottom_left",
    "bottom",
    "bottom_right",
)


class Brain:
    """Asks a stored brain, a state at a time."""

    def __init__(self, options, name, environment):
        self.process = subprocess.Popen(
            [options.simhost, "predict", name, "--stdin"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.stopper = threading.Timer(DEADLINE, self.process.terminate)
        self.stopper.start()

    def ask(self, state):
        self.process.stdin.write(json.dumps(state) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.stopper.cancel()


def has_line(board, stone):
    return any(all(board[int(place)] == stone for place in line) for line in LINES)


def is_lost(brain, chance):
    """One game against stones set at random; either side begins."""
    board = [0] * len(PLACES)
    own = chance.random() < 0.5
    while 0 in board:
        if own:
            place = brain.ask(dict(zip(PLACES, board)))["place"]
            if board[place] != 0:
                return True
        else:
            place = chance.choice([p for p, stone in enumerate(board) if stone == 0])
        board[place] = 1 if own else 2
        if has_line(board, board[place]):
            return not own
        own = not own
    return False


def not_lost_to_chance(options, environment):
    brain = Brain(options, "tic_tac_toe", environment)
    chance = random.Random(FIRST_EPISODE)
    try:
        lost = sum(is_lost(brain, chance) for _ in range(EPISODES))
    finally:
        brain.close()
    return 1 - lost / EPISODES


# Curriculum, target, and what is held against it.
TASKS = {
    "cartpole": (475, mean_return),
    "acrobot": (-90, mean_return),
    "mountain_car": (-115, mean_return),
    "mountain_car_continuous": (92, mean_return),
    "pendulum": (-180, mean_return),
    "frozen_lake": (0.7, mean_return),
    "frozen_lake_8x8": (0.75, mean_return),
    "lunar_lander": (230, mean_return),
    "lunar_lander_continuous": (250, mean_return),
    "tic_tac_toe": (0.98, not_lost_to_chance),
    "find_center_goal": (0.95, success),
    "elevator_goal": (0.95, success),
}


def read_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def run(command, environment):
    """Runs to the end: its output, and seconds by the clock and of processors."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            command, env=environment, stdout=output, stderr=errors
        )
        stopper = threading.Timer(DEADLINE, process.terminate)
        stopper.start()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        stopper.cancel()
        seconds = time.monotonic() - start
        output.seek(0)
        errors.seek(0)
        if process.returncode != 0:
            raise RuntimeError(
                f"{' '.join(command)}: exit status {process.returncode} after "
                f"{seconds:.0f} s: {errors.read()[-300:].decode(errors='replace')}"
            )
        return output.read().decode(), seconds, usage.ru_utime + usage.ru_stime


def write_program(options, task, folder):
    """The curriculum, with the algorithm named that is asked for."""
    program = options.curriculum_dir / f"{task}.ink"
    if options.algorithm is None:
        return program
    text = program.read_text()
    before, opening, after = text.partition("curriculum {\n")
    if not opening:
        raise RuntimeError(f"{program}: there is no line that opens a curriculum")
    named = folder / program.name
    named.write_text(
        f'{before}{opening}algorithm {{ Algorithm: "{options.algorithm}" }}\n{after}'
    )
    return named


def learn(options, task, seed):
    """Trains and plays: the figures of one seed."""
    target, measure = TASKS[task]
    with tempfile.TemporaryDirectory(prefix="simhost-learn-") as home:
        program = write_program(options, task, pathlib.Path(home))
        environment = {
            **os.environ,
            "SIMHOST_DATA_HOME": home,
            "SIMHOST_PLUGIN_PATH": options.plugin_dir,
        }
        output, seconds, cpu = run(
            [options.simhost, "train", str(program), "--seed", str(seed), "--json"],
            environment,
        )
        events = {event["event"]: event for event in read_lines(output)}
        output, _, _ = run(
            [options.simhost, "predict", task, "--json"]
            + ["--simulator", events["started"]["simulator"]]
            + ["--episodes", str(EPISODES), "--seed", str(FIRST_EPISODE)],
            environment,
        )
        episodes = [e for e in read_lines(output) if e["event"] == "episode"]
        besides = {}
        if measure is not_lost_to_chance:
            besides["besides"] = not_lost(episodes)
            measured = measure(options, environment)
        else:
            measured = measure(episodes)
    end = events["finished"]
    return {
        "task": task,
        "seed": seed,
        "reason": end["reason"],
        "iterations": end["iterations"],
        "seconds": round(seconds, 2),
        "cpu_seconds": round(cpu, 2),
        "target": target,
        "measured": round(measured, 4),
        "episodes": len(episodes),
        **besides,
    }


def print_task(task, rows):
    """A line of the table."""
    median = {
        key: statistics.median(row[key] for row in rows)
        for key in ("measured", "iterations", "seconds", "cpu_seconds")
    }
    target = TASKS[task][0]
    reached = sum(row["measured"] >= target for row in rows)
    print(
        f"| {task} | {target:g} | {reached} of {len(rows)} "
        f"| {median['measured']:.4g} | {min(row['measured'] for row in rows):.4g} "
        f"| {median['iterations']:,.0f} | {median['seconds']:.2f} "
        f"| {median['cpu_seconds']:.2f} |",
        flush=True,
    )
    if "besides" in rows[0]:
        besides = [row["besides"] for row in rows]
        print(
            f"{task}, half of the opponents without mistakes: median "
            f"{statistics.median(besides):.4g}, worst {min(besides):.4g}",
            file=sys.stderr,
            flush=True,
        )


def parse_arguments():
    parser = argparse.ArgumentParser(usage="./dev bench learn [TASK...] [OPTION...]")
    parser.add_argument("simhost", help=argparse.SUPPRESS)
    parser.add_argument("plugin_dir", help=argparse.SUPPRESS)
    parser.add_argument("curriculum_dir", type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("tasks", nargs="*", metavar="TASK")
    parser.add_argument(
        "--algorithm", choices=("PPO", "APEX", "SAC"), help="in place of the default"
    )
    parser.add_argument("--seeds", type=int, default=5, help="how many (5)")
    parser.add_argument("--first-seed", type=int, default=1, metavar="SEED")
    parser.add_argument("--at-a-time", type=int, default=2, metavar="COUNT")
    parser.add_argument("--json", action="store_true", help="a line for each seed too")
    options = parser.parse_args()
    for task in options.tasks:
        if task not in TASKS:
            parser.error(f"there is no task '{task}'; there are: {', '.join(TASKS)}")
    if options.seeds < 1 or options.at_a_time < 1:
        parser.error("--seeds and --at-a-time take numbers from 1")
    return options


def main():
    options = parse_arguments()
    failed = False
    print(
        "| task | target | reached | median | worst | iterations | seconds | CPU |\n"
        "|---|---|---|---|---|---|---|---|"
    )
    with concurrent.futures.ThreadPoolExecutor(options.at_a_time) as pool:
        seeds = range(options.first_seed, options.first_seed + options.seeds)
        jobs = {
            task: [pool.submit(learn, options, task, seed) for seed in seeds]
            for task in options.tasks or TASKS
        }
        for task, futures in jobs.items():
            rows = []
            for future in futures:
                try:
                    rows.append(future.result())
                    if options.json:
                        print(json.dumps(rows[-1]), flush=True)
                except RuntimeError as error:
                    print(f"learn: {error}", file=sys.stderr)
                    failed = True
            if rows:
                print_task(task, rows)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
