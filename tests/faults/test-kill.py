# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost train killed at any moment, and gone on with until its curriculum is
met.

Usage: test-kill.py SIMHOST PLUGINS CURRICULA [SEED]
"""

import json
import random
import subprocess
import sys
import threading
import time

from home import DEADLINE, Home, cartpole, tap, wait_for

KILLS = 50
SAVES = 5
LESSONS = 60
# How long a process lives at most, in times of what it takes until its first
# lesson is over: some die before they play.
LIFE = 1.6
# A machine has busy times: lives become longer by that when so many in a row got
# nothing done, and shorter when one got everything done.
MOST_FRUITLESS = 6
CHANGE = 1.5


def time_lesson(home, file):
    """Seconds."""
    begun = time.monotonic()
    with home.start("train", file, "--json", "--muscles", "2", "--brain", "first") as child:
        wait_for(child, "lesson")
        child.kill()
    home.check_none_left()
    home.does("brain", "delete", "first")
    return time.monotonic() - begun


class Training:
    """One process of the training, which reports on its lessons."""

    def __init__(self, home, file, resume):
        self.lessons, self.last = [], None
        self.process = home.start("train", file, "--json", "--muscles", "2", *(["--resume"] if resume else []))
        self.reader = threading.Thread(target=self._read)
        self.reader.start()

    def _read(self):
        for line in self.process.stdout:
            # The last one may be cut off.
            if line.endswith("\n"):
                event = json.loads(line)
                if event["event"] == "lesson":
                    self.lessons.append(event["lesson"])
                self.last = event

    def end(self, seconds=None):
        """Waits for its end; kills it after so many seconds. Its status."""
        try:
            self.process.wait(DEADLINE if seconds is None else seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.reader.join()
        self.errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return self.process.returncode


def check_progress(before, after):
    assert after["result"]["iterations"] >= before["result"]["iterations"], (before, after)
    assert int(after["result"]["lesson"][1:]) >= int(before["result"]["lesson"][1:]), (before, after)


@tap.case("/train/killed/nothing-is-lost-but-what-was-not-saved")
def killed():
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else random.SystemRandom().randrange(2**32)
    print(f"# seed {seed}", flush=True)
    moments = random.Random(seed)
    n_saved = 0
    with Home() as home:
        # Each lesson is over at once, and saved at its end.
        file = home.program("pole", cartpole(LESSONS, threshold=2))
        longest = LIFE * time_lesson(home, file)
        saved = None
        kill = fruitless = 0
        # So many lives, and some of them got something done; the last one left something.
        while kill < KILLS or n_saved < SAVES or saved is None:
            assert kill < 10 * KILLS, (n_saved, longest)
            training = Training(home, file, saved is not None)
            status = training.end(moments.uniform(0, longest))
            # A muscle that does not run its own program yet has what its parent had,
            # and holds the version as that did.
            home.check_none_left()
            assert status in (0, -9) and training.errors == "", (kill, status, training.errors)
            now = home.info("pole")
            # The machine is faster than it was: the curriculum is met, so again. It may
            # have been killed when that was saved already.
            if now is not None and now["result"].get("reason") == "curriculum-met":
                home.does("brain", "delete", "pole")
                saved = None
                longest /= CHANGE
                continue
            kill += 1
            assert status == -9, (kill, now)
            if saved is not None:
                check_progress(saved, now)
                # Not one lesson is played again whose end has been saved.
                if training.lessons:
                    assert training.lessons[0] == saved["result"]["lesson"], (kill, training.lessons, saved)
            # A lesson is told once it is saved: only the next is to be played.
            # After the last one there is none, and the end is saved by itself.
            if training.lessons and training.lessons[-1] != f"l{LESSONS - 1}":
                assert int(now["result"]["lesson"][1:]) > int(training.lessons[-1][1:]), (kill, now)
            got_on = now is not None and (saved is None or now["result"] != saved["result"])
            n_saved += got_on
            fruitless = 0 if got_on else fruitless + 1
            # It is slower than it was: nobody lives until a lesson is over.
            if fruitless == MOST_FRUITLESS:
                longest *= CHANGE
                fruitless = 0
            if now is not None:
                home.does("brain", "show", "pole", "--json")
            if home.database.exists() and kill % 10 == 0:
                home.check_database()
            saved = now
        home.check_none_left()
        print(f"# {n_saved} saves, to lesson {saved and saved['result']['lesson']}", flush=True)
        last = Training(home, file, True)
        assert last.end() == 0, last.errors
        home.check_none_left()
        check_progress(saved, home.info("pole"))
        assert last.last["event"] == "finished" and last.last["reason"] == "curriculum-met", last.last
        assert last.lessons[-1] == f"l{LESSONS - 1}", last.lessons[-1]
        home.plays("pole")
        home.check_database()
        result, version = home.info("pole")["result"], home.info("pole")["version"]
        run = home.query(
            "SELECT run.id, iterations, episodes, reason FROM run, brain "
            "WHERE brain = brain.id AND key = 'pole' AND version = ?",
            version,
        )
        assert [each[1:] for each in run] == [(result["iterations"], result["episodes"], "curriculum-met")], run
        lessons = home.query(
            "SELECT lesson.name, lesson.reason, first_iteration, last_iteration FROM lesson, run "
            "WHERE run = id AND version = ? ORDER BY number",
            version,
        )
        # Each once and in its turn, and each begins where the one before was over.
        assert [name for name, *_ in lessons] == [f"l{i}" for i in range(LESSONS)], lessons
        assert {reason for _, reason, *_ in lessons} == {"threshold"}, lessons
        assert [first for *_, first, _ in lessons] == [0] + [last for *_, last in lessons[:-1]], lessons
        # Each episode once: what was saved was in the history by then.
        points = home.query(
            "SELECT episode, iteration FROM point, run WHERE run = id AND version = ? AND metric = 0 ORDER BY number",
            version,
        )
        assert [episode for episode, _ in points] == list(range(1, result["episodes"] + 1)), points
        assert points == sorted(points, key=lambda point: point[1]), points
        assert home.query("SELECT version FROM run WHERE ended = 0") == []
        # Nothing of what was not saved is left behind.
        assert len(list((home.path / "brains" / "pole").iterdir())) == 1


tap.run()
