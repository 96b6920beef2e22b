# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost predict --stdin and simhost brain, as a script uses them."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

SIMHOST, KEEP = sys.argv[1:3]

PROGRAM = """inkling "2.0"
type State { position: number, speed: Number.Float32, gear: Number.Int8<Low = 1, High = 2>,
             lamp: Number.Bool, mode: string<"eco", "sport"> }
type Action { push: number<-1 .. 1>, way: number<Left = 0, Right = 1>, level: Number.Int8<1, 2, 5>, horn: Number.Bool }
simulator Car (action: Action): State { }
graph (input: State): Action {
  concept Drive (input): Action { curriculum { source Car } }
  output Drive
}
"""

GOOD = {"position": 0.5, "speed": -2, "gear": "High", "lamp": True, "mode": "eco"}


class Store:
    def __enter__(self):
        self.home = tempfile.mkdtemp(prefix="simhost-commands-")
        self.env = dict(os.environ, SIMHOST_DATA_HOME=self.home)
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.home)

    def keep(self, name, seed=1, program=PROGRAM):
        path = os.path.join(self.home, "program.ink")
        with open(path, "w") as file:
            file.write(program)
        done = subprocess.run([KEEP, self.home, name, path, str(seed)], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return int(done.stdout)

    def run(self, *arguments, given=b""):
        done = subprocess.run([SIMHOST, *arguments], input=given, capture_output=True, env=self.env, timeout=120)
        return done.returncode, done.stdout.decode(), done.stderr.decode()


def one_line(text):
    assert text.endswith("\n") and text.count("\n") == 1, text
    return text[:-1]


def test_predict_answers_each_line_at_once():
    with Store() as store:
        store.keep("car")
        with subprocess.Popen(
            [SIMHOST, "predict", "car", "--stdin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=store.env
        ) as child:
            answers = []
            for position in [-1, 0, 1e-3, 123456789, -1]:
                child.stdin.write(json.dumps({**GOOD, "position": position}).encode() + b"\n")
                child.stdin.flush()
                answers.append(json.loads(child.stdout.readline()))
            child.stdin.close()
            assert child.stdout.read() == b""
            assert child.wait(120) == 0
        for answer in answers:
            assert list(answer) == ["push", "way", "level", "horn"], answer
            assert -1 <= answer["push"] <= 1
            assert answer["way"] in (0, 1)
            assert answer["level"] in (1, 2, 5)
            assert isinstance(answer["horn"], bool)
        # The brain has no memory.
        assert answers[0] == answers[4]


def test_predict_forms_of_a_state():
    with Store() as store:
        store.keep("car")
        forms = [
            json.dumps(GOOD),
            json.dumps(dict(reversed(GOOD.items()))),
            json.dumps({**GOOD, "gear": 2, "lamp": 1, "speed": -2.0, "position": 5e-1, "more": {"a": [1]}}),
            "  " + json.dumps(GOOD, separators=(",\t", " : ")) + " \r",
        ]
        # The last line has no end.
        status, out, err = store.run("predict", "car", "--stdin", given="\n".join(forms).encode())
        assert status == 0, err
        lines = out.splitlines()
        assert len(lines) == len(forms)
        assert len(set(lines)) == 1, lines
        assert err == ""


def test_predict_state_and_action_functions():
    functions = """source Car
      reward function (s: State) { return s.speed / 0.5 }
      state function (s: State): Seen { return { twice: s.position * 2, mode: s.mode } }
      action function (a: Chosen): Action {
        return { push: a.push - 2, way: a.way, level: 5, horn: a.way == 1 }
      } }"""
    program = PROGRAM.replace("source Car }", functions)
    program = program.replace("(input: State): Action {", "(input: Seen): Chosen {").replace("(input): Action", "(input): Chosen")
    program += """type Seen { twice: number, mode: string<"eco", "sport"> }
type Chosen { push: number<-0.5 .. 0.5>, way: number<Left = 0, Right = 1> }
"""
    with Store() as store:
        store.keep("car", program=program)
        given = '{"position": 3, "mode": "eco"}\n{"position": 3, "mode": "sport", "speed": "none"}\n'
        status, out, err = store.run("predict", "car", "--stdin", given=given.encode())
        assert status == 0, err
        for answer in map(json.loads, out.splitlines()):
            assert answer["push"] == -1 and answer["level"] == 5, answer
            assert answer["horn"] == (answer["way"] == 1), answer
        status, out, err = store.run("predict", "car", "--stdin", given=b'{"position": 3}\n')
        assert status == 1 and "state field 'mode' is missing" in one_line(err), err
        status, out, err = store.run("predict", "car", "--stdin", given=b'{"position": 1e308, "mode": "eco"}\n')
        assert status == 1 and "in the state function: the result is too large" in one_line(err), err


def test_predict_no_input():
    with Store() as store:
        store.keep("car")
        assert store.run("predict", "car", "--stdin") == (0, "", "")


BAD = [
    (json.dumps({k: v for k, v in GOOD.items() if k != "speed"}), "state field 'speed' is missing"),
    (json.dumps({**GOOD, "speed": "fast"}), "state field 'speed' is text, but must be a number"),
    (json.dumps({**GOOD, "speed": None}), "state field 'speed' is null"),
    (json.dumps({**GOOD, "position": float("nan")}), "not JSON: column"),
    (json.dumps({**GOOD, "gear": "Reverse"}), '\'gear\' is "Reverse", but must be a number or one of "Low", "High"'),
    (json.dumps({**GOOD, "gear": 3}), "state field 'gear' is 3, which is none of the values"),
    (json.dumps({**GOOD, "gear": 1e6}), "state field 'gear' is 1000000, but must be a number from -128 to 127"),
    (json.dumps({**GOOD, "mode": "race"}), '\'mode\' is "race", but must be one of "eco", "sport"'),
    (json.dumps({**GOOD, "lamp": 2}), "state field 'lamp' is 2"),
    ("[]", "the JSON is not an object"),
    ("", "not JSON: the text ends"),
    ("position=1", "not JSON: column 1 has 'p'"),
    (json.dumps(GOOD) + json.dumps(GOOD), "not JSON: column"),
    ("[" * 100000, "nested more than 32 levels"),
    ('{"a":' * 100000, "nested more than 32 levels"),
    (" " * 1100000, "longer than 1048576 bytes"),
]


def test_predict_bad_line():
    with Store() as store:
        store.keep("car")
        good = json.dumps(GOOD)
        for line, message in BAD:
            status, out, err = store.run("predict", "car", "--stdin", given=f"{good}\n{good}\n{line}\n{good}\n".encode())
            assert status == 1, (line[:80], err)
            # Those before are answered, those after are not.
            assert len(out.splitlines()) == 2
            text = one_line(err)
            assert text.startswith("simhost: predict: line 3: "), text
            assert message in text, text
            assert "each line must be a JSON object with the fields of" in text, text


def test_predict_not_text():
    with Store() as store:
        store.keep("car")
        for given in [b"\x00\n", b"\xff\xfe\n", b'{"position": "\xff"}\n', random.Random(1).randbytes(1000) + b"\n"]:
            status, out, err = store.run("predict", "car", "--stdin", given=given)
            assert status == 1 and out == "", err
            assert one_line(err).startswith("simhost: predict: line 1: not JSON: "), err


def test_predict_version():
    with Store() as store:
        assert [store.keep("car", seed) for seed in (1, 2, 3)] == [1, 2, 3]
        given = json.dumps(GOOD).encode()
        answers = [store.run("predict", "car", "--stdin", *more, given=given)[1]
                   for more in ([], ["--version", "1"], ["--version", "2"], ["--version", "3"])]
        assert len(set(answers)) == 3 and answers[0] == answers[3], answers
        status, out, err = store.run("predict", "car", "--stdin", "--version", "4", given=given)
        assert status == 1 and "brain 'car' has no version 4; the highest is 3" in one_line(err)


def test_predict_no_such_brain():
    with Store() as store:
        status, out, err = store.run("predict", "car", "--stdin")
        assert (status, out) == (1, "")
        assert one_line(err) == "simhost: predict: there is no brain 'car'; 'simhost brain list' shows those there are"
        store.keep("car")
        status, out, err = store.run("predict", "cat", "--stdin")
        assert status == 1 and "did you mean 'car'?" in one_line(err)


def test_predict_damaged():
    with Store() as store:
        store.keep("car")
        path = os.path.join(store.home, "brains", "car", "1", "policy.onnx")
        with open(path, "r+b") as file:
            file.seek(100)
            file.write(b"x")
        status, out, err = store.run("predict", "car", "--stdin")
        assert status == 1 and path in one_line(err), err


def test_usage():
    with Store() as store:
        for arguments in (
            ["predict"],
            ["predict", "car"],
            ["predict", "car", "cat", "--stdin"],
            ["predict", "car", "--stdin", "--version", "-1"],
            ["predict", "car", "--stdin", "--version", "x"],
            ["predict", "../car", "--stdin"],
            ["predict", "car", "--no-such-flag"],
            ["predict", "car:x", "--stdin"],
            ["predict", "car:1", "--stdin", "--version", "1"],
            ["predict", "car", "--stdin", "--simulator", "car"],
            ["predict", "car", "--stdin", "--episodes", "1"],
            ["predict", "car", "--stdin", "--seed", "1"],
            ["brain"],
            ["brain", "paint"],
            ["brain", "show"],
            ["brain", "delete"],
            ["brain", "delete", "car", "--version", "0"],
            ["brain", "list", "--version", "1"],
        ):
            status, out, err = store.run(*arguments)
            assert (status, out) == (2, ""), (arguments, err)
            assert one_line(err).startswith(f"simhost: {arguments[0]}: "), err
        for command in ("predict", "brain"):
            status, out, err = store.run(command, "--help")
            assert status == 0 and err == "" and "Usage" in out


def test_brain_list():
    with Store() as store:
        status, out, err = store.run("brain", "list")
        assert (status, out) == (0, "") and store.home in one_line(err)
        assert store.run("brain", "list", "--json") == (0, "", "")
        store.keep("Car")
        store.keep("Car", 2)
        store.keep("lift")
        with open(os.path.join(store.home, "brains", "lift", "1", "brain.json"), "w") as file:
            file.write("{}")
        status, out, err = store.run("brain", "list", "--json")
        assert status == 0 and err == ""
        first, second, third = map(json.loads, out.splitlines())
        created = first.pop("created")
        assert len(created) == 20 and created.endswith("Z")
        assert first == {
            "brain": "Car", "version": 1, "simulator": "Car", "concept": "Drive", "algorithm": "PPO",
            "reason": "curriculum-met", "iterations": 12345, "episodes": 67, "mean_return": 475.5, "seconds": 0.25,
            "seed": 1,
        }
        assert (second["brain"], second["version"]) == ("Car", 2)
        assert (third["brain"], third["version"]) == ("lift", 1) and "brain.json" in third["failure"]
        status, out, err = store.run("brain", "list")
        assert status == 0 and len(out.splitlines()) == 4 and "12345" in out
        status, out, err = store.run("brain", "list", "car", "--json")
        assert status == 0 and len(out.splitlines()) == 2
        status, out, err = store.run("brain", "list", "cars")
        assert status == 1 and out == "" and "did you mean 'car'?" in one_line(err)


def test_brain_show():
    with Store() as store:
        store.keep("car")
        status, out, err = store.run("brain", "show", "car", "--json")
        assert status == 0 and err == ""
        shown = json.loads(one_line(out))
        assert shown["brain"] == "car" and shown["program"] == PROGRAM
        assert "position" in shown["state"] and "push" in shown["action"]
        status, out, err = store.run("brain", "show", "car")
        assert status == 0 and PROGRAM in out
        status, out, err = store.run("brain", "show", "car", "--version", "2")
        assert status == 1 and "no version 2" in one_line(err)


def test_brain_delete():
    with Store() as store:
        store.keep("car")
        store.keep("car")
        status, out, err = store.run("brain", "delete", "car", "--version", "1", "--json")
        assert status == 0 and json.loads(one_line(out)) == {"event": "deleted", "brain": "car", "version": 1}
        status, out, err = store.run("brain", "delete", "car")
        assert (status, out) == (0, "") and "'car'" in one_line(err)
        status, out, err = store.run("brain", "delete", "car")
        assert status == 1 and "there is no brain 'car'" in one_line(err)
        assert os.listdir(os.path.join(store.home, "brains")) == []


TESTS = [value for name, value in list(globals().items()) if name.startswith("test_")]

print(f"1..{len(TESTS)}")
for number, test in enumerate(TESTS, 1):
    name = "/commands/" + test.__name__[5:].replace("_", "-")
    try:
        test()
        print(f"ok {number} {name}", flush=True)
    except (AssertionError, subprocess.TimeoutExpired, OSError, ValueError) as error:
        print(f"# {type(error).__name__} {str(error)[:2000]!r}")
        print(f"not ok {number} {name}", flush=True)
