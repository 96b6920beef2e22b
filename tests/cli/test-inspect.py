# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost inspect of programs in Inkling, as people and scripts use it.

Usage: test-inspect.py SIMHOST CURRICULA
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))

import tap

SIMHOST, CURRICULA = sys.argv[1:3]


def inspect(*arguments):
    done = subprocess.run([SIMHOST, "inspect", *arguments], capture_output=True, text=True, timeout=120)
    return done.returncode, done.stdout, done.stderr


def model(name):
    status, out, err = inspect(os.path.join(CURRICULA, name + ".ink"), "--json")
    assert status == 0 and not err and out.count("\n") == 1, (out, err)
    return json.loads(out)


@tap.case("/inspect/program/reward")
def reward():
    found = model("cartpole")
    assert found["concept"] == "balance"
    assert [field["name"] for field in found["input"]] == ["position", "velocity", "angle", "rotation"]
    assert found["output"] == [
        {
            "name": "command",
            "type": "Number.Int8<Left = 0, Right = 1>",
            "values": [{"name": "Left", "value": 0}, {"name": "Right", "value": 1}],
        }
    ]
    assert found["simulator"]["name"] == "cartpole" and found["simulator"]["package"] is None
    assert found["functions"] == {} and found["objectives"] == []
    lesson = found["lessons"][0]
    assert (lesson["name"], lesson["LessonRewardThreshold"], lesson["EpisodeIterationLimit"]) == ("balance", 475, 500)
    assert lesson["scenario"][0]["values"] == [{"value": -1}], lesson


@tap.case("/inspect/program/goal")
def goal():
    found = model("find_center_goal")
    assert found["objectives"] == [
        {"name": "Middle", "kind": "drive", "weight": 1, "min": [-0.5], "max": [0.5], "within": 8}
    ]
    assert found["lessons"][0]["LessonSuccessThreshold"] == 0.95
    assert model("elevator_goal")["objectives"][0]["min"] == [None]


@tap.case("/inspect/program/every-curriculum-that-is-shipped")
def shipped():
    names = [name[:-4] for name in os.listdir(CURRICULA) if name.endswith(".ink")]
    assert len(names) >= 12, names
    for name in names:
        assert set(model(name)) >= {"concept", "input", "output", "simulator", "algorithm", "lessons"}, name


@tap.case("/inspect/program/plugins-readme-has-their-thresholds-and-limits")
def readme():
    told = {}
    for line in Path(CURRICULA, "..", "..", "plugins", "README.md").read_text(encoding="utf-8").splitlines():
        cells = line.split("|")
        if len(cells) == 5 and cells[1].strip().startswith("`"):
            numbers = {float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", cells[3])}
            told |= {name: (line, numbers) for name in re.findall(r"`(\w+)`", cells[1])}
    found = {}
    for path in Path(CURRICULA).glob("*.ink"):
        program = model(path.stem)
        for lesson in program["lessons"]:
            if "LessonRewardThreshold" in lesson:
                line, _ = told[program["simulator"]["name"]]
                found.setdefault(line, set()).update(
                    (lesson["LessonRewardThreshold"], lesson["EpisodeIterationLimit"]))
    assert len(found) >= 12, found
    assert {line: numbers for line, numbers in told.values()} == found, (told, found)


@tap.case("/inspect/program/text")
def text():
    status, out, err = inspect(os.path.join(CURRICULA, "find_center_goal.ink"))
    assert status == 0 and not err, err
    assert out.startswith("output concept seek\n") and "\n  drive Middle weight 1 in -0.5 .. 0.5 within 8\n" in out, out


def write(folder, text):
    path = os.path.join(folder, "mine.ink")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


@tap.case("/inspect/program/graph-and-functions")
def graph():
    with tempfile.TemporaryDirectory() as folder:
        path = write(
            folder,
            """inkling "2.0"
type State { x: number }
type Action { push: number<-1 .. 1 step 0.5>, mode: string<"a", "b"> }
simulator Sim(a: Action): State { }
function Reward(s: State) { return s.x }
graph (input: State): Action {
  concept Twice(input) { programmed function (s: State): State { return { x: s.x * 2 } } }
  output concept C(Twice): Action { curriculum { source Sim reward Reward
    algorithm { Algorithm: "PPO", BatchSize: 5000, HiddenLayers: [{ Size: 8, Activation: "relu" }] } } }
}
""",
        )
        status, out, err = inspect(path, "--json")
        assert status == 0, err
        found = json.loads(out)
        assert found["functions"] == {"state": None, "reward": "Reward"}, found
        assert [(c["name"], c["kind"], c["inputs"]) for c in found["graph"]] == [
            ("Twice", "programmed", ["input"]),
            ("C", "learned", ["Twice"]),
        ]
        assert found["output"][0]["step"] == 0.5 and found["output"][1]["values"][1] == {"value": "b"}, found
        assert found["algorithm"] == {
            "name": "PPO",
            "BatchSize": 5000,
            "hidden_layers": [{"size": 8, "activation": "relu"}],
        }, found


@tap.case("/inspect/program/several-learned-concepts")
def team():
    found = model("cartpole_team")
    assert [(c["name"], c["kind"], c["order"]) for c in found["graph"]] == [
        ("hold", "learned", 1),
        ("center", "learned", 2),
        ("choose", "selects", 3),
    ], found["graph"]
    # What was said of the only one is said of the last one, and of each.
    assert found["concept"] == "choose" and found["functions"] == {"action": None}
    assert [c["concept"] for c in found["concepts"]] == ["hold", "center", "choose"]
    assert [c["lessons"][0]["name"] for c in found["concepts"]] == ["hold", "center", "choose"]
    assert found["concepts"][1]["functions"] == {"reward": "Middle"}
    assert {key: value for key, value in found.items() if key in found["concepts"][2]} == found["concepts"][2]
    status, out, err = inspect(os.path.join(CURRICULA, "cartpole_team.ink"))
    assert status == 0 and not err
    for line in ("  hold(input): Action learned, trained 1 of 3", "concept center", "output concept choose"):
        assert line in out.splitlines(), out


@tap.case("/inspect/program/mistakes")
def mistakes():
    with tempfile.TemporaryDirectory() as folder:
        path = write(folder, 'inkling "2.0"\ngraph (input: State): Action {\n  concept C(input) { curriculum { } }\n}\n')
        status, out, err = inspect(path)
        assert status == 1 and not out, out
        assert f"{path}:2:15: error: there is no type 'State'" in err, err
        assert err.rstrip().split("\n")[-1].startswith(f"simhost: inspect: {path} has "), err
        status, out, err = inspect(path, "--inkling")
        assert status == 2 and err.count("\n") == 1, err
        status, out, err = inspect(os.path.join(folder, "none.ink"))
        assert status == 1 and err.count("\n") == 1 and "none.ink" in err, err


tap.run()
