# SPDX-License-Identifier: LGPL-2.1-or-later

"""Holds compiled functions against an evaluator of our own in Python.

Random functions are written down and worked out twice: by the compiled code,
and here by a walk over the tree that they were written from. Usage:
test-functions.py EVALUATE
"""

import math
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "plugins"))

from peer import Peer  # noqa: E402
from tap import case, run  # noqa: E402

EVALUATE = sys.argv[1]
RANDOM = random.Random(4)


class Failure(Exception):
    """What ends a function."""


def finite(value):
    if math.isnan(value):
        raise Failure("the result is not a number")
    if math.isinf(value):
        raise Failure("the result is too large")
    return value


def divide(a, b):
    if b == 0:
        raise Failure("division by zero")
    return finite(a / b)


def remainder(a, b):
    if b == 0:
        raise Failure("division by zero")
    return math.fmod(a, b)


def power(a, b):
    if a == 0 and b < 0:
        raise Failure("division by zero")
    if a < 0 and b != math.floor(b):
        raise Failure("a root of a negative number")
    try:
        return a**b
    except OverflowError:
        raise Failure("the result is too large") from None


BINARY = {
    "+": lambda a, b: finite(a + b),
    "-": lambda a, b: finite(a - b),
    "*": lambda a, b: finite(a * b),
    "/": divide,
    "%": remainder,
    "**": power,
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
}


def logarithm(a):
    if a <= 0:
        raise Failure("the logarithm of a number that is not positive")
    return math.log(a)


def root(a):
    if a < 0:
        raise Failure("the square root of a negative number")
    return math.sqrt(a)


def arc(function):
    def compute(a):
        if abs(a) > 1:
            raise Failure("the arc of a number outside -1 .. 1")
        return function(a)

    return compute


MATH = {
    "Abs": (1, abs),
    "ArcCos": (1, arc(math.acos)),
    "ArcSin": (1, arc(math.asin)),
    "ArcTan": (1, math.atan),
    "ArcTan2": (2, math.atan2),
    "Ceil": (1, lambda a: float(math.ceil(a))),
    "Cos": (1, math.cos),
    "Floor": (1, lambda a: float(math.floor(a))),
    "Hypot": (2, math.hypot),
    "Log": (1, logarithm),
    "Max": (3, max),
    "Min": (2, min),
    "Sin": (1, math.sin),
    "Sqrt": (1, root),
    "Tan": (1, math.tan),
}


class Writer:
    """Writes one random function, and remembers it as a tree.

    A tree is a tuple: its first item says what it is. Variables hold numbers,
    `a` an array of four, `s` a struct of two.
    """

    def __init__(self, callees):
        self.callees = callees
        self.variables = ["p", "q"]
        self.count = 0

    def expression(self, depth):
        """A tree that is never constant: what is constant is worked out by the
        compiler, whose errors are another matter."""
        choice = RANDOM.random()
        if depth == 0 or choice < 0.15:
            return RANDOM.choice(
                [
                    ("name", RANDOM.choice(self.variables)),
                    ("member", RANDOM.choice("uv")),
                    ("element", ("number", float(RANDOM.randrange(4)))),
                ]
            )
        if choice < 0.55:
            left, right = self.expression(depth - 1), self.operand(depth - 1)
            if RANDOM.random() < 0.3:
                left, right = right, left
            return ("binary", RANDOM.choice(list(BINARY)), left, right)
        if choice < 0.65:
            return (
                "choice",
                RANDOM.choice(["and", "or"]),
                self.expression(depth - 1),
                self.expression(depth - 1),
            )
        if choice < 0.75:
            return ("unary", RANDOM.choice(["-", "+", "not "]), self.expression(depth - 1))
        if choice < 0.88:
            name = RANDOM.choice(list(MATH))
            return ("math", name, [self.expression(depth - 1) for _ in range(MATH[name][0])])
        if choice < 0.94 and self.callees:
            callee = RANDOM.choice(self.callees)
            return ("call", callee, [self.expression(depth - 1) for _ in range(2)])
        return ("element", self.index(depth - 1))

    def operand(self, depth):
        if RANDOM.random() < 0.3:
            return ("number", RANDOM.choice([0.0, 1.0, 2.0, 3.0, 0.5, 10.0, 1e-3, 7.25]))
        return self.expression(depth)

    def index(self, depth):
        """Mostly a whole number from 0 to 3."""
        if RANDOM.random() < 0.1:
            return self.expression(depth)
        return (
            "binary",
            "%",
            ("math", "Floor", [("math", "Abs", [self.expression(depth)])]),
            ("number", 4.0),
        )

    def block(self, depth):
        statements = []
        visible = len(self.variables)
        for _ in range(RANDOM.randrange(1, 4)):
            statements.append(self.statement(depth))
        # What was declared in a block may have no value after it.
        del self.variables[visible:]
        return statements

    def statement(self, depth):
        choice = RANDOM.random()
        if choice < 0.3:
            self.count += 1
            name = f"v{self.count}"
            value = self.expression(2)
            self.variables.append(name)
            return ("var", name, value)
        if choice < 0.5 or depth == 0:
            return ("assign", RANDOM.choice(self.variables), self.expression(2))
        if choice < 0.6:
            return ("store", self.index(1), self.expression(2))
        if choice < 0.7:
            return ("field", RANDOM.choice("uv"), self.expression(2))
        if choice < 0.75:
            return ("swap",)
        if choice < 0.8:
            return ("return", self.expression(2))
        branches = [(self.expression(2), self.block(depth - 1)) for _ in range(RANDOM.randrange(1, 3))]
        otherwise = self.block(depth - 1) if RANDOM.random() < 0.5 else None
        return ("if", branches, otherwise)


def show(tree):
    kind = tree[0]
    if kind == "number":
        return repr(tree[1])
    if kind == "name":
        return tree[1]
    if kind == "member":
        return "s." + tree[1]
    if kind == "element":
        return f"a[{show(tree[1])}]"
    if kind in ("binary", "choice"):
        return f"({show(tree[2])} {tree[1]} {show(tree[3])})"
    if kind == "unary":
        return f"({tree[1]}{show(tree[2])})"
    if kind == "math":
        return f"Math.{tree[1]}({', '.join(show(t) for t in tree[2])})"
    return f"{tree[1].name}({', '.join(show(t) for t in tree[2])})"


def show_block(statements):
    return " {\n" + "".join(show_statement(s) + "\n" for s in statements) + "}"


def show_statement(statement):
    kind = statement[0]
    if kind == "var":
        return f"var {statement[1]}: number = {show(statement[2])}"
    if kind == "assign":
        return f"{statement[1]} = {show(statement[2])}"
    if kind == "store":
        return f"a[{show(statement[1])}] = {show(statement[2])}"
    if kind == "field":
        return f"s.{statement[1]} = {show(statement[2])}"
    if kind == "swap":
        return "s = { v: s.u, u: s.v }"
    if kind == "return":
        return f"return {show(statement[1])}"
    text = ""
    for condition, body in statement[1]:
        text += f"{' else ' if text else ''}if {show(condition)}{show_block(body)}"
    if statement[2] is not None:
        text += " else" + show_block(statement[2])
    return text


class Function:
    """A random function of two numbers, as text and as a tree."""

    def __init__(self, name, callees):
        writer = Writer(callees)
        self.name = name
        self.body = writer.block(2)
        self.result = writer.expression(3)
        self.text = (
            f"function {name}(p: number, q: number): number {{\n"
            "var a = [p, q, 1, -2]\nvar s = { u: p, v: q }\n"
            + "".join(show_statement(s) + "\n" for s in self.body)
            + f"return {show(self.result)}\n}}\n"
        )

    def run(self, p, q):
        scope = {"p": p, "q": q, "a": [p, q, 1.0, -2.0], "s": {"u": p, "v": q}}
        found = self.run_block(self.body, scope)
        return self.work_out(self.result, scope) if found is None else found

    def run_block(self, statements, scope):
        for statement in statements:
            kind = statement[0]
            if kind in ("var", "assign"):
                scope[statement[1]] = self.work_out(statement[2], scope)
            elif kind == "store":
                # The place is worked out before the value.
                place = self.place(statement[1], scope)
                scope["a"][place] = self.work_out(statement[2], scope)
            elif kind == "field":
                scope["s"][statement[1]] = self.work_out(statement[2], scope)
            elif kind == "swap":
                scope["s"] = {"u": scope["s"]["v"], "v": scope["s"]["u"]}
            elif kind == "return":
                return self.work_out(statement[1], scope)
            else:
                found = self.run_if(statement, scope)
                if found is not None:
                    return found
        return None

    def run_if(self, statement, scope):
        for condition, body in statement[1]:
            if self.work_out(condition, scope) != 0:
                return self.run_block(body, scope)
        return self.run_block(statement[2] or [], scope)

    def place(self, tree, scope):
        index = self.work_out(tree, scope)
        if not 0 <= index < 4 or index != math.floor(index):
            raise Failure("the index")
        return int(index)

    def work_out(self, tree, scope):
        kind = tree[0]
        if kind == "number":
            return tree[1]
        if kind == "name":
            return scope[tree[1]]
        if kind == "member":
            return scope["s"][tree[1]]
        if kind == "element":
            return scope["a"][self.place(tree[1], scope)]
        if kind == "binary":
            left = self.work_out(tree[2], scope)
            return BINARY[tree[1]](left, self.work_out(tree[3], scope))
        if kind == "choice":
            left = self.work_out(tree[2], scope)
            if (left != 0) == (tree[1] == "or"):
                return left
            return self.work_out(tree[3], scope)
        if kind == "unary":
            value = self.work_out(tree[2], scope)
            return {"-": -value, "+": value, "not ": float(value == 0)}[tree[1]]
        arguments = [self.work_out(t, scope) for t in tree[2]]
        if kind == "math":
            return finite(float(MATH[tree[1]][1](*arguments)))
        return tree[1].run(*arguments)


def agree(found, expected):
    if isinstance(expected, float) and isinstance(found, list):
        return found[0] == expected or abs(found[0] - expected) <= 1e-12 * abs(expected)
    return isinstance(expected, str) and isinstance(found, str) and expected in found


def expect(function, p, q):
    try:
        return function.run(p, q)
    except Failure as failure:
        return str(failure)
    except OverflowError:
        return "the result is"


INPUTS = [(0.0, 0.0), (1.0, -1.0), (-2.0, 0.5), (3.0, 3.0), (1e300, 1e300), (-1e-300, 7.0)]


@case("/inkling/functions/random-programs-agree-with-python")
def random_programs():
    counts = {"numbers": 0, "failures": 0}
    for _ in range(150):
        functions = []
        for i in range(4):
            functions.append(Function(f"F{i}", functions[:]))
        text = "".join(f.text for f in reversed(functions))
        peer = Peer(EVALUATE, functions=text)
        assert peer.greeting == "ready", peer.greeting + "\n" + text
        for _ in range(12):
            function = RANDOM.choice(functions)
            p, q = RANDOM.choice(INPUTS + [(RANDOM.gauss(0, 3), RANDOM.gauss(0, 3))] * 6)
            found = peer.numbers("call", function.name, repr(p), repr(q))
            expected = expect(function, p, q)
            assert agree(found, expected), (
                f"{function.name}({p}, {q}) is {found}, expected {expected}\n{text}"
            )
            counts["numbers" if isinstance(expected, float) else "failures"] += 1
        assert peer.close() == 0
    # Both were seen often enough to mean something.
    assert counts["numbers"] > 400 and counts["failures"] > 100, counts


def call(text, *numbers, result=1):
    peer = Peer(EVALUATE, functions=text)
    assert peer.greeting == "ready", peer.greeting
    found = peer.numbers("call", "F", *numbers)
    assert peer.close() == 0
    return found[0] if isinstance(found, list) and result == 1 else found


@case("/inkling/functions/operators-bind-as-documented")
def precedence():
    for expression, expected in [
        ("-x ** 2", 9),
        ("2 ** x ** 2", 64),
        ("1 + 2 * x", 7),
        ("10 - 2 - x", 5),
        ("12 / 2 / x", 2),
        ("not x == 0", 1),
        ("not x > 1", 0),
        ("1 < x == 1", 1),
        ("x > 1 and x < 2 or 5", 5),
        ("x or 7", 3),
        ("x and 7", 7),
        ("0 * x or 7", 7),
        ("7 % x * 2", 2),
        ("-x % 2", -1),
    ]:
        found = call(f"function F(x: number) {{ return {expression} }}", 3)
        assert found == expected, f"{expression} is {found}, expected {expected}"


@case("/inkling/functions/and-and-or-look-no-further-than-they-must")
def short_circuit():
    text = "function F(x: number) { return x != 0 and 1 / x > 2 }"
    assert call(text, 0) == 0
    assert call(text, 0.25) == 1
    assert call("function F(x: number) { return x == 0 or 1 / x > 2 }", 0) == 1


@case("/inkling/functions/failures-name-file-line-and-function")
def failures():
    for body, argument, message in [
        ("return\n1 / x", 0, "test.ink:8: in function 'F': division by zero"),
        ("return 1 % x", 0, "test.ink:7: in function 'F': division by zero"),
        ("return Math.Log(x)", 0, "the logarithm of a number that is not positive"),
        ("return Math.Sqrt(x)", -1, "the square root of a negative number"),
        ("return Math.ArcSin(x)", 2, "the arc of a number outside -1 .. 1"),
        ("return x ** 0.5", -1, "a root of a negative number"),
        ("return x * x", 1e200, "the result is too large"),
        ("return [1, 2, 3][x]", 3, "the index 3 is not from 0 to 2"),
        ("return [1, 2, 3][x]", 0.5, "the index 0.5 is not a whole number from 0 to 2"),
        ("var a = [1, 2] a[x] = 1 return a[0]", -1, "the index -1 is not from 0 to 1"),
        ("return G(x)", 0, "in function 'G': division by zero"),
        ("return Gear(x)", 3, "3 is not a value of number<Low = 1, High = 2>"),
    ]:
        text = (
            f"function F(x: number) {{\n{body} }}\n"
            "function G(x: number) { return 1 / x }\n"
            "type Gear number<Low = 1, High = 2>\n"
        )
        found = call(text, argument)
        assert isinstance(found, str) and message in found, (body, found)


@case("/inkling/functions/numbers-become-those-of-tighter-types")
def conversions():
    for declared, given, expected in [
        ("number<0 .. 1>", 1.5, 1),
        ("number<0 .. 1>", -3, 0),
        ("Number.Int8", 1.5, 2),
        ("Number.Int8", -1.5, -2),
        ("Number.Int8", 1000, 127),
        ("Number.UInt8", -1, 0),
        ("Number.Bool", 0.4, 0),
        ("Number.Bool", 5, 1),
        ("number<0 .. 10 step 3>", 4.4, 3),
        ("number<0 .. 10 step 3>", 4.6, 6),
        ("number<0 .. 10 step 3>", 10, 9),
        ("Number.Float32", 0.1, 0.10000000149011612),
    ]:
        text = f"type T {declared}\nfunction F(x: number): T {{ return T(x) }}"
        found = call(text, given)
        assert found == expected, (declared, given, found)


@case("/inkling/functions/structs-are-converted-by-the-names-of-fields")
def structs():
    text = """
type Wide { a: number, b: number, c: number }
type Narrow { c: number, a: number<0 .. 1> }
function Take(n: Narrow): number[2] { return [n.a, n.c] }
function F(x: number, y: number) {
  var w: Wide = { c: y, a: x, b: 0 }
  return Take(w)
}
"""
    assert call(text, 5, 7, result=2) == [1.0, 7.0]


@case("/inkling/functions/elements-of-elements-are-found")
def elements():
    text = """
type Cell { n: number, pair: number[2] }
type Grid Cell[3][4]
function F(i: number, j: number, k: number) {
  var cell: Cell = { n: 0, pair: [0, 0] }
  var row = [cell, cell, cell, cell]
  var grid: Grid = [row, row, row]
  grid[i][j].pair[k] = 5
  grid[2][3].n = 7
  return [grid[i][j].pair[k], grid[2][3].n, grid[0][0].pair[0], grid[i][j].n]
}
"""
    for i in range(3):
        for j in range(4):
            for k in range(2):
                found = call(text, i, j, k, result=4)
                first = 5.0 if (i, j, k) == (0, 0, 0) else 0.0
                own = 7.0 if (i, j) == (2, 3) else 0.0
                assert found == [5.0, 7.0, first, own], (i, j, k, found)


@case("/inkling/functions/parameters-are-copies")
def parameters():
    text = """
function Change(a: number[2]): number { a[0] = 9 return a[0] }
function F(x: number) {
  var a = [x, x]
  var changed = Change(a)
  return changed * 100 + a[0]
}
"""
    assert call(text, 1) == 901


@case("/inkling/functions/arguments-may-call-the-same-function")
def nested_calls():
    text = """
function Less(a: number, b: number): number { return a - b }
function F(x: number) { return Less(Less(x, 1), Less(Less(x, 2), Less(x, 5))) }
"""
    assert call(text, 10) == (10 - 1) - ((10 - 2) - (10 - 5))


@case("/inkling/functions/masks-say-which-values-may-be-chosen")
def masks():
    text = """
const Fast = 3
type Gears number<Low = 1, High = 2, Reverse = -1>
function Mask(state: State) {
  if state.x > Fast {
    return constraint Action { gear: number<in [Gears.High, state.x - 5]>, lamp: number<mask [0, 1]> }
  }
  return constraint Action { gear: number<mask [1, state.x > 1, state.x <= 0]> }
}
"""
    text = text.replace("state.x - 5", "Gears(state.x - 5)")
    peer = Peer(
        EVALUATE,
        functions=text,
        clauses="mask Mask",
        action="gear: number<Low = 1, High = 2, Reverse = -1>, horn: Number.Bool, lamp: number<Off = 0, On = 1>",
    )
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("mask", 0) == [1, 0, 1, 1, 1]
    assert peer.numbers("mask", 2) == [1, 1, 0, 1, 1]
    assert peer.numbers("mask", 4) == [0, 1, 1, 0, 1]
    assert peer.numbers("mask", 6) == [1, 1, 0, 0, 1]
    assert "is not a value of" in peer.numbers("mask", 8)
    assert peer.close() == 0


@case("/inkling/functions/a-mask-may-be-in-an-array-of-the-state")
def mask_in_an_array():
    text = """
type Gears number<Low = 1, High = 2, Reverse = -1>
function Free(x: number): number[3] { return [x, x - 1, -9] }
function Mask(state: State): Type.DynamicType<Action> {
  var none = [0.5, 7]
  if state.x == 9 { return constraint Action { gear: number<in none> } }
  return constraint Action { gear: number<in Free(state.x)> }
}
"""
    peer = Peer(
        EVALUATE,
        functions=text,
        clauses="mask Mask",
        action="gear: number<Low = 1, High = 2, Reverse = -1>",
    )
    assert peer.greeting == "ready", peer.greeting
    for x in (0, 1, 2, 3, -1, 0.5):
        found = peer.numbers("mask", x)
        allowed = [value in (x, x - 1, -9) for value in (1, 2, -1)]
        if any(allowed):
            assert [bool(number) for number in found] == allowed, (x, found)
        else:
            assert found == "! test.ink: the mask of 'C' allows no value of 'gear'", (x, found)
    assert peer.numbers("mask", 9) == "! test.ink: the mask of 'C' allows no value of 'gear'"
    assert peer.close() == 0


@case("/inkling/functions/a-mask-sees-what-the-state-function-makes")
def mask_behind_a_state_function():
    def allowed(parameter, condition, x):
        peer = Peer(
            EVALUATE,
            functions=f"""
type Twice {{ x: number, y: number }}
function Double(s: State): Twice {{ return {{ x: s.x * 2, y: s.z + 1 }} }}
function Mask(s: {parameter}) {{ return constraint Action {{ gear: number<mask [1, {condition}]> }} }}
""",
            clauses="state Double\n      mask Mask",
            state="x: number, z: number",
            action="gear: number<Low = 1, High = 2>",
        )
        peer.close()
        # The graph's input is what the state function gives.
        text = peer.text.replace("graph (input: State)", "graph (input: Twice)")
        peer = Peer(EVALUATE, text=text)
        answer = peer.numbers("mask", x, 10) if peer.greeting == "ready" else peer.greeting
        peer.close()
        return answer

    # Of what both have the input counts.
    assert allowed("Twice", "s.x > 5", 3) == [1, 1]
    assert allowed("Twice", "s.x > 5", 2.5) == [1, 0]
    assert allowed("{ x: number }", "s.x == 6", 3) == [1, 1]
    assert allowed("Twice", "s.y == 11", 0) == [1, 1]
    # What only the simulator says is not there.
    assert allowed("State", "s.x == 3", 3).endswith("the graph's input has no field 'z', which the parameter 's' has")


@case("/inkling/functions/a-mask-that-allows-nothing-is-an-error")
def empty_mask():
    peer = Peer(
        EVALUATE,
        clauses="mask function (s: State) { return constraint Action { gear: number<mask [s.x, 0]> } }",
        action="gear: number<Low = 1, High = 2>",
    )
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("mask", 1) == [1, 0]
    assert peer.numbers("mask", 0) == "! test.ink: the mask of 'C' allows no value of 'gear'"
    assert peer.close() == 0


GRAPH_HEAD = """inkling "2.0"
type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }
"""


@case("/inkling/functions/programmed-concepts-stand-around-the-learned-one")
def graph():
    text = GRAPH_HEAD + """
type Error { distance: number }
type Wish { force: number<-2 .. 2> }
graph (input: State): Action {
  concept Distance(input) {
    programmed function (s: State): Error { return { distance: s.position + 1 } }
  }
  concept Push(input, Distance): Wish {
    curriculum {
      source Cart
      state function (s: State): State { return { position: s.position * 2, speed: s.speed } }
      action function (a: Action): Action { return { push: a.push + 0.25 } }
      reward function (s: State, a: Action) { return s.position + a.push * 10 }
    }
  }
  concept Limit(Push, input, Distance): Action {
    programmed function (w: Wish, s: { speed: number }, e: Error): Action {
      if s.speed > 1 { return { push: 0 } }
      return { push: w.force / e.distance }
    }
  }
  output Limit
}
"""
    peer = Peer(EVALUATE, text=text)
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("see", 3, 0.5) == [6, 0.5, 7]
    assert peer.numbers("act", 1.75) == [0.5]
    assert peer.numbers("act", -2) == [-2 / 7 + 0.25]
    # What is beyond the range of the action is clipped.
    assert peer.numbers("see", 0, 0.5) == [0, 0.5, 1]
    assert peer.numbers("act", 2) == [1]
    assert peer.numbers("see", 3, 2) == [6, 2, 7]
    assert peer.numbers("act", 1.75) == [0.25]
    # The reward sees the simulator's own state and action.
    assert peer.ask("begin", 10) == "ok"
    assert peer.numbers("state", 0, 0, 3, 0.5) == [0, 0, 0, 0]
    assert peer.numbers("act", 1.75) == [0.5]
    assert peer.numbers("state", 0, 0, 4, 0.5) == [9, 0, 0, 9]
    # A failure in it is one of the function.
    assert peer.numbers("see", -0.5, 0) == [-1, 0, 0]
    assert peer.numbers("act", 1).endswith("in the programmed function: division by zero")
    assert peer.close() == 0


@case("/inkling/functions/a-concept-that-selects-asks-the-one-it-chose")
def select():
    text = GRAPH_HEAD + """
graph (input: State): Action {
  concept Left(input): Action { programmed function (s: State): Action { return { push: -1 / s.speed } } }
  concept Right(input): Action { programmed function (s: State): Action { return { push: s.position } } }
  concept Half(Right): Action { programmed function (a: Action): Action { return { push: a.push / 2 } } }
  output concept Choose(input, Left, Right, Half): Action {
    select Left
    select Right
    select Half
    curriculum { source Cart }
  }
}
"""
    peer = Peer(EVALUATE, text=text)
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("see", 0.5, 4) == [0.5, 4]
    assert peer.numbers("act", 0) == [-0.25]
    assert peer.numbers("act", 1) == [0.5]
    assert peer.numbers("act", 2) == [0.25]
    # Only the one that was chosen is worked out.
    assert peer.numbers("see", 0.5, 0) == [0.5, 0]
    assert peer.numbers("act", 1) == [0.5]
    assert peer.numbers("act", 0).endswith("division by zero")
    assert peer.close() == 0


@case("/inkling/functions/the-graph-acts-in-place-of-an-action-function-of-the-last-concept")
def last_action():
    text = GRAPH_HEAD + """
type Pull { left: number<0 .. 1>, right: number<0 .. 1> }
graph (input: State): Action {
  concept Pair(input): Pull {
    curriculum {
      source Cart
      action function (p: Pull): Action { return { push: p.left / 8 } }
      reward function (s: State, a: Action) { return a.push }
    }
  }
  output concept Sum(input, Pair) {
    programmed function (s: State, p: Pull): Action { return { push: (p.right - p.left) / s.speed } }
  }
}
"""
    peer = Peer(EVALUATE, text=text)
    assert peer.greeting == "ready", peer.greeting
    assert peer.ask("begin", 9) == "ok"
    assert peer.numbers("state", 0, 0, 1, 2)[3] == 0
    assert peer.numbers("act", 0, 0.5) == [0.25]
    # Rewards are of what the simulator took.
    assert peer.numbers("state", 0, 0, 1, 2)[3] == 0.25
    assert peer.close() == 0


@case("/inkling/functions/fields-that-a-struct-has-not-are-left-out")
def wider_struct():
    functions = """
type Pair { b: number, a: number }
function Swap(a: number, b: number): Pair { return { a: b, more: [a, b], b: a } }
"""
    peer = Peer(EVALUATE, functions=functions, clauses="reward function (s: State) { return Swap(s.x, 2).a }")
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("call", "Swap", 3, 7) == [3, 7]
    assert peer.close() == 0


@case("/inkling/functions/what-is-selected-need-not-be-an-input")
def select_unnamed():
    text = GRAPH_HEAD + """
graph (input: State): Action {
  concept Left(input): Action { programmed function (s: State): Action { return { push: -1 / s.speed } } }
  concept Right(input): Action { programmed function (s: State): Action { return { push: s.position } } }
  concept Other(input): Action { programmed function (s: State): Action { return { push: s.position / 2 } } }
  output concept Choose(Other): Action { select Left select Right curriculum { source Cart } }
}
"""
    # Those that are selected only are not seen; Left is not worked out for this.
    peer = Peer(EVALUATE, text=text)
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("see", 0.5, 0) == [0.25]
    assert peer.numbers("act", 1) == [0.5]
    assert peer.close() == 0


@case("/inkling/functions/a-concept-that-is-given-only-what-it-selects-sees-it")
def select_blind():
    text = GRAPH_HEAD + """
graph (input: State): Action {
  concept Left(input): Action { programmed function (s: State): Action { return { push: -1 / s.speed } } }
  concept Right(input): Action { programmed function (s: State): Action { return { push: s.position } } }
  concept Third(input): Action { programmed function (s: State): Action { return { push: 0.75 } } }
  output concept Choose(Right, Left): Action { select Left select Right select Third curriculum { source Cart } }
}
"""
    peer = Peer(EVALUATE, text=text)
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("see", 0.5, 4) == [0.5, -0.25]
    assert [peer.numbers("act", i)[0] for i in range(3)] == [-0.25, 0.5, 0.75]
    assert peer.close() == 0


LEARNED = GRAPH_HEAD + """
type Error { distance: number, far: Number.Bool }
type Wish { force: number<-2 .. 2> }
simulator Spring(action: Wish): State { }
graph (input: State): Action {
  concept Choose(input, Left, Right): Action {
    select Left
    select Right
    curriculum { source Cart }
  }
  concept Distance(input) {
    programmed function (s: State): Error { return { distance: s.position + 1, far: s.position > 4 } }
  }
  concept Left(Distance, Pull): Action {
    curriculum {
      source Cart
      state function (s: State): State { return { position: s.position * 2, speed: s.speed } }
      action function (a: Action): Action { return { push: a.push / 2 } }
    }
  }
  concept Pull(input): Wish { curriculum { source Spring } }
  concept Right(input): Action { programmed function (s: State): Action { return { push: 1 / s.speed } } }
  concept Half(Choose, Distance): Action {
    programmed function (a: Action, e: Error): Action { return { push: a.push / 2 + e.far / 8 } }
  }
  output Half
}
"""


@case("/inkling/functions/a-learned-concept-sees-what-those-before-it-decide")
def learned_input():
    asked = []

    def pull(position, speed):
        asked.append((position, speed))
        return [position - speed]

    peer = Peer(EVALUATE, text=LEARNED, concept="Pull")
    assert peer.greeting == "ready", peer.greeting
    # It knows nothing of the others, and drives its own output.
    assert peer.numbers("see", 3, 0.5) == [3, 0.5]
    assert peer.numbers("act", 1.5) == [1.5]
    assert peer.close() == 0

    peer = Peer(EVALUATE, text=LEARNED, concept="Left", policies={"Pull": pull})
    assert peer.greeting == "ready", peer.greeting
    # The curriculum's state function is in force for all that it takes.
    assert peer.numbers("see", 1, 0.5) == [3, 0, 1.5]
    assert asked == [(2, 0.5)]
    assert peer.numbers("see", 2.5, 4) == [6, 1, 1]
    # Nothing behind it has a part in its own training.
    assert peer.numbers("act", 0.5) == [0.25]
    assert len(asked) == 2
    assert peer.close() == 0


@case("/inkling/functions/a-learned-concept-chooses-among-others")
def learned_choice():
    asked = []

    def pull(position, speed):
        asked.append("Pull")
        return [position - speed]

    def left(distance, far, force):
        asked.append("Left")
        return [distance / 8 + force / 16]

    peer = Peer(EVALUATE, text=LEARNED, policies={"Pull": pull, "Left": left})
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("see", 1, 0.5) == [1, 0.5]
    assert asked == []
    # The graph's output is driven: Half of what Left makes of Pull's answer.
    assert peer.numbers("act", 0) == [(2 / 8 + 0.5 / 16) / 2]
    assert asked == ["Pull", "Left"]
    # Only what was chosen is asked.
    assert peer.numbers("see", 5, 2) == [5, 2]
    assert peer.numbers("act", 1) == [0.5 / 2 + 1 / 8]
    assert asked == ["Pull", "Left"]
    # No speed: Right fails, Left does not.
    assert peer.numbers("see", 1, 0) == [1, 0]
    assert peer.numbers("act", 1).endswith("division by zero")
    assert peer.numbers("act", 0) == [(2 / 8 + 1 / 16) / 2]
    assert peer.close() == 0


@case("/inkling/functions/what-a-policy-decides-is-one-number-of-a-choice")
def learned_selector_before():
    text = GRAPH_HEAD + """
graph (input: State): Action {
  concept Up(input): Action { programmed function (s: State): Action { return { push: 0.5 } } }
  concept Down(input): Action { programmed function (s: State): Action { return { push: -0.5 } } }
  concept First(input, Up, Down): Action { select Up select Down curriculum { source Cart } }
  output concept Second(input, First): Action { curriculum { source Cart } }
}
"""
    peer = Peer(EVALUATE, text=text, policies={"First": lambda position, speed: [int(position > 1)]})
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("see", 1, 3) == [1, 3, 0.5]
    assert peer.numbers("see", 2, 3) == [2, 3, -0.5]
    assert peer.close() == 0


@case("/inkling/functions/a-mask-sees-the-graphs-input")
def mask_of_input():
    text = GRAPH_HEAD + """
type Gear { gear: number<Low = 0, High = 1> }
simulator Box(action: Gear): State { }
graph (input: { twice: number }): Gear {
  concept Half(input) { programmed function (i: { twice: number }): { half: number } { return { half: i.twice / 4 } } }
  output concept Shift(Half): Gear {
    curriculum {
      source Box
      state function (s: State) { return { twice: 2 * s.position } }
      mask function (i: { twice: number }) { return constraint Gear { gear: number<mask [i.twice > 4, 1]> } }
    }
  }
}
"""
    peer = Peer(EVALUATE, text=text)
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("see", 3, 0) == [1.5]
    # What the state function makes of the state, not what the concept sees.
    assert peer.numbers("mask", 3, 0) == [1, 1]
    assert peer.numbers("mask", 2, 9) == [0, 1]
    assert peer.close() == 0


SELECTS = """
graph (input: State): Action {
  concept Left(input): Action { programmed function (s: State): Action { return { push: -1 } } }
  concept Right(input): Action { programmed function (s: State): Action { return { push: 1 } } }
  concept Rest(input): Action { programmed function (s: State): Action { return { push: 0 } } }
  NAME(input, Left, Right, Rest): Action {
    select Left { mask function (s: State) { return s.position } }
    select Right {
      mask function (s: State) { return s.position < 3 }
      mask function (s: { speed: number }) { return 4 / s.speed > 1 }
    }
    select Rest
    curriculum { source Cart }
  }
  AFTER
}
"""


@case("/inkling/functions/a-concept-is-selected-where-all-its-masks-allow-it")
def mask_of_selection():
    peer = Peer(EVALUATE, text=GRAPH_HEAD + SELECTS.replace("NAME", "output concept Choose").replace("AFTER", ""))
    assert peer.greeting == "ready", peer.greeting
    # Any number but 0 allows.
    assert peer.numbers("mask", 0, 2) == [0, 1, 1]
    assert peer.numbers("mask", -0.25, 2) == [1, 1, 1]
    assert peer.numbers("mask", 3, 2) == [1, 0, 1]
    assert peer.numbers("mask", 0, 4) == [0, 0, 1]
    assert peer.numbers("mask", 3, 4) == [1, 0, 1]
    assert peer.numbers("mask", 1, 0).endswith("division by zero")
    # What the masks forbid is asked no less, if somebody chooses it.
    assert peer.numbers("see", 0, 2) == [0, 2]
    assert peer.numbers("act", 0) == [-1]
    assert peer.close() == 0


@case("/inkling/functions/masks-are-in-force-when-a-concept-is-asked-later")
def mask_of_the_asked():
    allowed = []

    def choose(position, speed, mask):
        allowed.append(mask)
        return [mask.index(1)]

    text = GRAPH_HEAD + SELECTS.replace("NAME", "concept Choose").replace(
        "AFTER", "output concept Last(input, Choose): Action { curriculum { source Cart } }"
    )
    peer = Peer(EVALUATE, text=text, policies={"Choose": choose})
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("see", 0, 2) == [0, 2, 1]
    assert peer.numbers("see", 0, 4) == [0, 4, 0]
    assert peer.numbers("see", 5, 2) == [5, 2, -1]
    assert allowed == [[0, 1, 1], [0, 0, 1], [1, 0, 1]]
    assert peer.numbers("see", 5, 0).endswith("division by zero")
    assert len(allowed) == 3
    # Its own has none.
    assert peer.numbers("act", 0.5) == [0.5]
    assert peer.close() == 0

    text = GRAPH_HEAD + """
type Gear { turns: number, gear: number<Low = 0, High = 1>, lamp: number<On = 1, Off = 0> }
simulator Box(action: Gear): State { }
function Mask(s: State) {
  return constraint Gear { gear: number<mask [s.position > 1, s.speed > 1]>, lamp: number<in [1]> }
}
graph (input: State): Gear {
  concept Shift(input): Gear { curriculum { source Box mask Mask } }
  output concept Again(input, Shift): Gear { curriculum { source Box mask Mask } }
}
"""
    allowed.clear()

    def shift(position, speed, mask):
        allowed.append(mask)
        return [speed, mask[:2].index(1), 1]

    peer = Peer(EVALUATE, text=text, policies={"Shift": shift})
    assert peer.greeting == "ready", peer.greeting
    assert peer.numbers("see", 0, 2) == [0, 2, 2, 1, 1]
    assert peer.numbers("see", 2, 2) == [2, 2, 2, 0, 1]
    assert peer.numbers("see", 1, 1).endswith("in the graph: the mask of 'Shift' allows no value of 'gear'")
    assert peer.numbers("mask", 0, 2) == [0, 1, 1, 0]
    assert peer.numbers("mask", 1, 1) == "! test.ink: the mask of 'Again' allows no value of 'gear'"
    assert allowed == [[0, 1, 1, 0], [1, 1, 1, 0]]
    assert peer.close() == 0


run()
