# SPDX-License-Identifier: LGPL-2.1-or-later

"""A brain as an ONNX file: what others make of it is what simhost predict says."""

import hashlib
import importlib
import itertools
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

from pathlib import Path

import numpy
import onnx
from onnx import checker, shape_inference
from onnx.backend.test.case import node as examples

sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))

import onnxrun
import tap

SIMHOST, KEEP = sys.argv[1:3]

STOCHASTIC, VALUES, SQUASHED = range(3)
TANH, LINEAR, RELU, ELU, LOGISTIC, SOFTMAX = range(6)

STATE = """{ position: number, speed: Number.Float32, gear: Number.Int8<Low = 1, High = 2>, lamp: Number.Bool,
             mode: string<"eco", "sport"> }"""
NUMBERS = "{ push: number<-1 .. 3>, lift: number<-2 .. 2>, turn: number<0.25 .. 0.75> }"
CHOICES = "{ way: number<Left = 0, Right = 1, None = 2>, level: Number.Int8<1, 2, 5>, horn: Number.Bool }"
ONE_CHOICE = "{ way: number<Left = 0, Right = 1, None = 2> }"
ONE_NUMBER = "{ push: number<-2 .. 2> }"
MIXED = "{ push: number<-1 .. 3>, way: number<Left = 0, Right = 1>, lift: number, turn: number<0 .. 1>, drop: Number.Bool }"

GEARS, MODES = {"Low": 1, "High": 2}, ["eco", "sport"]
TYPES = {
    "way": {"index": [0, 1, 2]},
    "level": {"index": [1, 2, 5]},
    "horn": {"index": [False, True]},
    "drop": {"index": [False, True]},
    "grade": {"index": [-2, 0.5, 7]},
    "step": {"index": [-1, -0.5, 0, 0.5, 1]},
    "count": {"index": [0, 1, 2, 3]},
}

# What a learner has made: for each that can, an action of each kind.
NOMINAL = "{ way: number<Left = 0, Right = 1, None = 2> }"
ORDINAL = "{ grade: number<-2, 0.5, 7> }"
STEPPED = "{ step: number<-1 .. 1 step 0.5>, count: Number.Int32<0 .. 3 step 1> }"
CHOICES_OF_EACH_KIND = """{ way: number<Left = 0, Right = 1, None = 2>, grade: number<-2, 0.5, 7>,
                            step: number<-1 .. 1 step 0.5>, drop: Number.Bool }"""
BOUNDED = "{ push: number<-1 .. 3>, lift: Number.Float32<-200 .. -100> }"
UNBOUNDED = "{ push: number, lift: Number.Float32 }"
ALL = """{ push: number<-1 .. 3>, way: number<Left = 0, Right = 1, None = 2>, lift: number,
           grade: number<-2, 0.5, 7>, step: number<-1 .. 1 step 0.5>, drop: Number.Bool }"""
LEARNT = {
    "PPO": {
        "nominal": NOMINAL,
        "ordinal": ORDINAL,
        "stepped": STEPPED,
        "choices": CHOICES_OF_EACH_KIND,
        "bounded": BOUNDED,
        "unbounded": UNBOUNDED,
        "mixed": ALL,
    },
    "APEX": {"nominal": NOMINAL, "ordinal": ORDINAL, "stepped": STEPPED, "choices": CHOICES_OF_EACH_KIND},
    "SAC": {"number": ONE_NUMBER, "bounded": BOUNDED},
}

# For each operator examples of its use that the standard has, with what it gives.
EXAMPLES = {
    "IsNaN": "isnan",
    "IsInf": "isinf",
    "Or": "or2d or_bcast3v1d",
    "Where": "where_example",
    "Sub": "sub sub_bcast",
    "Mul": "mul mul_bcast",
    "Add": "add add_bcast",
    "Clip": "clip clip_inbounds clip_outbounds clip_splitbounds",
    "Gemm": "gemm_default_vector_bias gemm_transposeB",
    "Tanh": "tanh_example tanh",
    "Relu": "relu",
    "Elu": "elu_default",
    "Sigmoid": "sigmoid_example sigmoid",
    "Softmax": "softmax_axis_1",
    "Slice": "slice_default_steps",
    "ArgMax": "argmax_keepdims_example argmax_keepdims_random",
    "Cast": "cast_DOUBLE_to_FLOAT",
    "Min": "min_two_inputs min_float32",
    "Max": "max_two_inputs max_float32",
    "Concat": "concat_2d_axis_1",
}


class Brain:
    def __init__(self, action, kind, unit=TANH, state=STATE, clauses="", items=""):
        self.home = tempfile.mkdtemp(prefix="simhost-onnx-")
        self.env = dict(os.environ, SIMHOST_DATA_HOME=self.home)
        program = os.path.join(self.home, "program.ink")
        with open(program, "w") as file:
            file.write(
                'inkling "2.0"\n'
                f"type Action {action}\n{items}\n"
                f"simulator Car (action: Action): {state} {{ }}\n"
                f"graph (input: {state}): Action {{\n"
                f"  concept Drive (input): Action {{ curriculum {{ source Car {clauses} }} }}\n  output Drive }}\n"
            )
        done = subprocess.run(
            [KEEP, self.home, "car", program, "5", str(kind), str(unit)], capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        self.file = os.path.join(self.home, "car.onnx")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.home)

    def run(self, *arguments, given=""):
        done = subprocess.run(
            [SIMHOST, *arguments], input=given, capture_output=True, text=True, env=self.env, timeout=60
        )
        return done.returncode, done.stdout, done.stderr

    def export(self):
        status, _, errors = self.run("brain", "export", "car:1", self.file)
        assert status == 0, errors
        return onnx.load(self.file)

    def predict(self, states):
        status, out, errors = self.run(
            "predict", "car", "--stdin", given="".join(json.dumps(state) + "\n" for state in states)
        )
        assert status == 0, errors
        return [json.loads(line) for line in out.splitlines()]


def draw_states(n):
    generator = random.Random(3)
    return [
        {
            "position": generator.choice([generator.gauss(0, 1), generator.gauss(0, 100), 1e30]),
            "speed": generator.uniform(-3, 3),
            "gear": generator.choice(list(GEARS)),
            "lamp": generator.random() < 0.5,
            "mode": generator.choice(MODES),
        }
        for _ in range(n)
    ]


def observe(state):
    """As the file's own text says: fields in order, nominal ones a float for each value."""
    return [
        state["position"],
        state["speed"],
        *(float(state["gear"] == name) for name in GEARS),
        float(state["lamp"]),
        *(float(state["mode"] == mode) for mode in MODES),
    ]


def check_equal(answer, row):
    assert len(answer) == len(row)
    for (name, value), number in zip(answer.items(), row):
        if name in TYPES:
            assert value == TYPES[name]["index"][int(number)], (name, value, number)
        else:
            assert abs(value - number) <= 1e-5 * max(1, abs(value)), (name, value, number)


def check_model(brain, states, observe):
    """That the file is a good one, and gives for each state what we give."""
    model = brain.export()
    checker.check_model(model, full_check=True)
    inferred = shape_inference.infer_shapes(model, check_type=True, strict_mode=True)
    (output,) = inferred.graph.output
    batch, columns = output.type.tensor_type.shape.dim
    assert batch.dim_param == "batch"
    answers = brain.predict(states)
    assert len(answers) == len(states)
    assert columns.dim_value == len(answers[0])
    rows = onnxrun.run(model, [observe(state) for state in states])
    assert rows.dtype == numpy.float32
    assert len({tuple(row) for row in rows}) > 1
    for answer, row in zip(answers, rows):
        check_equal(answer, row)


def check(action, kind, unit=TANH):
    with Brain(action, kind, unit) as brain:
        check_model(brain, draw_states(200), observe)


@tap.case("/onnx/one-number")
def one_number():
    check(ONE_NUMBER, STOCHASTIC)


@tap.case("/onnx/one-choice")
def one_choice():
    check(ONE_CHOICE, STOCHASTIC)


@tap.case("/onnx/numbers")
def numbers():
    check(NUMBERS, STOCHASTIC)


@tap.case("/onnx/choices")
def choices():
    check(CHOICES, STOCHASTIC)


@tap.case("/onnx/numbers-and-choices")
def numbers_and_choices():
    check(MIXED, STOCHASTIC)


@tap.case("/onnx/choice-by-value")
def choice_by_value():
    check(ONE_CHOICE, VALUES, RELU)


@tap.case("/onnx/choices-by-value")
def choices_by_value():
    check(CHOICES, VALUES, RELU)


@tap.case("/onnx/squashed-number")
def squashed_number():
    check(ONE_NUMBER, SQUASHED, RELU)


@tap.case("/onnx/squashed-numbers")
def squashed_numbers():
    check(NUMBERS, SQUASHED, RELU)


@tap.case("/onnx/every-unit")
def every_unit():
    for unit in range(6):
        check(MIXED, STOCHASTIC, unit)


LIMITED_STATE = """{ free: Number.Float32, speed: number<-3 .. 3>, level: Number.Int8<1, 2, 5>,
                     tick: number<0 .. 1 step 0.25>, gear: number<Low = 1, High = 2>, lamp: Number.Bool }"""
EDGES = {
    "free": [-3.4e38, 0, 3.4e38],
    "speed": [-3, 3],
    "level": [1, 5],
    "tick": [0, 1],
    "gear": ["Low", "High"],
    "lamp": [False, True],
}


def draw_limited_states(n):
    """Each corner of the state's space, and `n` points inside."""
    generator = random.Random(5)
    corners = [dict(zip(EDGES, values)) for values in itertools.product(*EDGES.values())]
    inside = [
        {
            "free": generator.gauss(0, 3),
            "speed": generator.uniform(-3, 3),
            "level": generator.choice([1, 2, 5]),
            "tick": generator.randrange(5) / 4,
            "gear": generator.choice(EDGES["gear"]),
            "lamp": generator.random() < 0.5,
        }
        for _ in range(n)
    ]
    return corners + inside


def observe_limited(state):
    gears = [float(state["gear"] == name) for name in GEARS]
    return [state["free"], state["speed"], state["level"], state["tick"], *gears, float(state["lamp"])]


def check_learnt(algorithm, action):
    with Brain(action, algorithm, state=LIMITED_STATE) as brain:
        (texts,) = [{entry.key: entry.value for entry in brain.export().metadata_props}]
        assert texts["simhost.algorithm"] == algorithm
        check_model(brain, draw_limited_states(200), observe_limited)


for algorithm, actions in LEARNT.items():
    for name, action in actions.items():
        tap.case(f"/onnx/learnt/{algorithm}/{name}")(lambda a=algorithm, b=action: check_learnt(a, b))


@tap.case("/onnx/masks-are-not-in-the-file")
def masks_are_not_in_the_file():
    items = "function Mask(s: { speed: number }) { return constraint Action { way: number<mask [0, 0, 1]> } }"
    with Brain(NOMINAL, "PPO", state=LIMITED_STATE, clauses="mask Mask", items=items) as brain:
        model = brain.export()
        checker.check_model(model, full_check=True)
        assert "masks of choices, are not part of the graph" in model.graph.doc_string + model.doc_string
        states = draw_limited_states(200)
        assert {answer["way"] for answer in brain.predict(states)} == {2}
        rows = onnxrun.run(model, [observe_limited(state) for state in states])
        assert {float(row[0]) for row in rows} - {2.0}


@tap.case("/onnx/the-reader-gives-what-the-standard-says")
def the_reader_gives_what_the_standard_says():
    assert set(EXAMPLES) == set(onnxrun.OPERATORS)
    for operator, names in EXAMPLES.items():
        importlib.import_module(f"onnx.backend.test.case.node.{operator.lower()}")
        for name in names.split():
            (example,) = [case for case in examples._NodeTestCases if case.name == f"test_{name}"]
            assert [node.op_type for node in example.model.graph.node] == [operator]
            for given, (expected,) in example.data_sets:
                found = onnxrun.evaluate(example.model, dict(zip((i.name for i in example.model.graph.input), given)))
                assert found.shape == expected.shape and found.dtype == expected.dtype, name
                assert numpy.allclose(found, expected, rtol=1e-6, atol=1e-7, equal_nan=True), name


@tap.case("/onnx/what-is-not-finite-is-0")
def what_is_not_finite_is_0():
    with Brain(ONE_NUMBER, STOCHASTIC) as brain:
        model = brain.export()
        bad = [float("nan"), float("inf"), 1, 0, 0, 0, float("-inf")]
        assert (onnxrun.run(model, [bad]) == onnxrun.run(model, [[0, 0, 1, 0, 0, 0, 0]])).all()


@tap.case("/onnx/file-says-what-it-is")
def file_says_what_it_is():
    with Brain(CHOICES, STOCHASTIC) as brain:
        model = brain.export()
        texts = {entry.key: entry.value for entry in model.metadata_props}
        assert texts["simhost.simulator"] == "Car"
        assert texts["simhost.concept"] == "Drive"
        assert "position" in texts["simhost.state"] and "Left" in texts["simhost.action"]
        assert "position" in texts["simhost.input"] and "Left" in texts["simhost.output"]
        assert model.producer_name == "simhost"
        assert model.opset_import[0].version == 13
        assert [value.name for value in model.graph.input] == ["observation"]
        assert [value.name for value in model.graph.output] == ["action"]


def rewrite(brain, change):
    """Puts a changed model, check sum and all, in the brain's place."""
    folder = os.path.join(brain.home, "brains", "car", "1")
    path = os.path.join(folder, "policy.onnx")
    with open(path, "rb") as file:
        old = file.read()
    new = change(old)
    assert new != old
    with open(path, "wb") as file:
        file.write(new)
    info = os.path.join(folder, "brain.json")
    with open(info) as file:
        text = file.read()
    with open(info, "w") as file:
        file.write(text.replace(hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest()))


def edit(change):
    def apply(data):
        model = onnx.ModelProto.FromString(data)
        change(model)
        return model.SerializeToString()

    return apply


def node(model, operator):
    return next(node for node in model.graph.node if node.op_type == operator)


def tensor(model, name):
    return next(tensor for tensor in model.graph.initializer if tensor.name == name)


def set_raw(name, values):
    def change(model):
        tensor(model, name).raw_data = numpy.asarray(values, numpy.float32).tobytes()

    return edit(change)


def set_dims(model):
    del tensor(model, "layer0.weight").dims[:]
    tensor(model, "layer0.weight").dims.extend([2**40, 2**40])


BAD = [
    (lambda data: b"", "not one that Simhost has written"),
    (lambda data: data[:-1], "no ONNX model"),
    (lambda data: b"\xff" * 100, "no ONNX model"),
    (lambda data: b"\x3b" * 100, "no ONNX model"),
    (edit(lambda model: model.ClearField("metadata_props")), "not one that Simhost has written"),
    (edit(lambda model: model.ClearField("graph")), "not one that Simhost has written"),
    (edit(lambda model: setattr(model.metadata_props[0], "value", "2")), "format '2'"),
    (edit(lambda model: setattr(model.metadata_props[1], "value", "values")), "do not fit"),
    (edit(lambda model: setattr(model.metadata_props[1], "value", "clever")), "do not fit"),
    (edit(lambda model: setattr(model, "ir_version", 8)), "another version of ONNX"),
    (edit(lambda model: node(model, "Gemm").ClearField("attribute")), "does not work out"),
    (edit(lambda model: setattr(node(model, "Clip"), "op_type", "Min")), "does not work out"),
    (edit(lambda model: setattr(node(model, "Tanh"), "op_type", "Sin")), "an unknown activation"),
    (edit(lambda model: node(model, "Gemm").input.__setitem__(0, "observation")), "does not work out"),
    (edit(lambda model: model.graph.node.add(op_type="Tanh", input=["action"], output=["x"])), "does not work out"),
    (edit(lambda model: model.graph.node.pop()), "does not work out"),
    (edit(lambda model: model.graph.input.add(name="more")), "other observations or actions"),
    (edit(set_dims), "no 'layer0.weight' of the right size"),
    (edit(lambda model: tensor(model, "layer1.bias").dims.append(1)), "no 'layer1.bias' of the right size"),
    (edit(lambda model: setattr(tensor(model, "layer1.bias"), "data_type", 11)), "no 'layer1.bias'"),
    (set_raw("layer1.bias", [0] * 3), "no 'layer1.bias' of the right size"),
    (set_raw("layer1.bias", [0] * 11 + [float("nan")]), "'layer1.bias' that is not finite"),
    (set_raw("observation.mean", [float("inf")] * 7), "'observation.mean' that is not finite"),
    (edit(lambda model: setattr(tensor(model, "layer0.weight"), "name", "w")), "has no layers"),
    (set_raw("action0.low", [-5]), "does not work out"),
]


@tap.case("/onnx/changed-file-is-refused")
def changed_file_is_refused():
    for change, message in BAD:
        with Brain(ONE_NUMBER, STOCHASTIC) as brain:
            rewrite(brain, change)
            status, out, errors = brain.run("predict", "car", "--stdin")
            assert (status, out) == (1, ""), (message, status, errors)
            assert errors.count("\n") == 1 and message in errors, (message, errors)


@tap.case("/onnx/export-where-nothing-can-be-written")
def export_where_nothing_can_be_written():
    with Brain(ONE_NUMBER, STOCHASTIC) as brain:
        for arguments, message in [
            (["car", "/dev/full/x.onnx"], "/dev/full/x.onnx"),
            (["car:2", brain.file], "no version 2"),
            (["cat", brain.file], "did you mean 'car'"),
        ]:
            status, out, errors = brain.run("brain", "export", *arguments)
            assert (status, out) == (1, ""), errors
            assert errors.count("\n") == 1 and message in errors, errors
        assert not os.path.exists(brain.file)
        for arguments in [["car"], ["car:x", brain.file], ["car:0", brain.file], ["car", "a", "b"]]:
            assert brain.run("brain", "export", *arguments)[0] == 2, arguments


tap.run()
