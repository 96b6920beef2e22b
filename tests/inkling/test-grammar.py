# SPDX-License-Identifier: LGPL-2.1-or-later

"""Holds the corpus to the grammar: each construct of constructs.py stands in the
programs that it names, by a reader of tokens of our own, and they compile to a
model that shows it; each check has programs that are refused with its message.
Usage: test-grammar.py SIMHOST
"""

import functools
import os
import re
import subprocess
import sys

from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "plugins"))

import tap
from constructs import CONSTRUCTS, REFUSALS

SIMHOST = sys.argv[1]

TOKEN = re.compile(
    r"""\#[^\n]* | "(?:[^"\\\n]|\\.)*" | `(?:[^`\\\n]|\\.)*`
      | (?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eEfF][+-]?\d+)?
      | [^\W\d]\w* | \.\. | \*\* | [=!<>]= | => | \S""",
    re.VERBOSE,
)
PLACES = {
    "N": r"[\d.]\S* ",
    "I": r"(?:[^\W\d]\w*|`\S*`) ",
    "Q": r'"\S*" ',
    "ANY": r"(?:\S+ )*?",
    "NEXT": r"(?=[^\W\d])",
    "$": "$",
}


def get_tokens(text):
    """The tokens of a program without its comments, a blank behind each."""
    tokens = [token for token in TOKEN.findall(text.removeprefix("\ufeff")) if not token.startswith("#")]
    return "".join(re.sub(r"\s", "_", token) + " " for token in tokens)


def make_matcher(shape):
    """Whether a text has what `shape`, of constructs.py, shows."""
    if shape.startswith("raw "):
        return re.compile(shape.removeprefix("raw ")).search
    words = "".join(PLACES.get(word) or re.escape(word) + " " for word in shape.split())
    pattern = re.compile("(?:^|(?<= ))" + words)
    return lambda text: pattern.search(get_tokens(text))


@functools.cache
def read(folder, name):
    return (HERE / folder / f"{name}.ink").read_bytes().decode()


@functools.cache
def inspect(folder, name):
    done = subprocess.run(
        [SIMHOST, "inspect", "--json", str(HERE / folder / f"{name}.ink")],
        capture_output=True,
        text=True,
        timeout=120,
        env=dict(os.environ, LC_ALL="C.UTF-8"),
    )
    return done.returncode, done.stdout, done.stderr


def is_second_version(text):
    return get_tokens(text).startswith("inkling ")


def check_construct(version, shape, effect, programs):
    assert programs, "no program has it"
    has = make_matcher(shape)
    for name in programs.split():
        text = read("good", name)
        assert is_second_version(text) == (version == "2"), name
        assert has(text), f"{name} does not have it"
        status, model, errors = inspect("good", name)
        assert status == 0, (name, errors)
        assert effect is None or effect in model, f"the model of {name} does not show {effect}: {model}"


def check_refusal(message, programs):
    assert programs
    for name in programs.split():
        status, model, errors = inspect("bad", name)
        assert (status, model) == (1, ""), (name, status)
        where = rf"^\S*{name}\.ink:\d+:\d+: error: [^\n]*{re.escape(message)}"
        assert re.search(where, errors, re.MULTILINE), (name, errors)


def add(path, check, *arguments):
    tap.case(path)(lambda: check(*arguments))


@tap.case("/inkling/grammar/tables-name-each-thing-once")
def tables_name_each_thing_once():
    names = [f"{section}/{name}" for section, rows in CONSTRUCTS.items() for name, *_ in rows]
    names += [name for name, *_ in REFUSALS]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)
    assert {name[:2] for name, *_ in REFUSALS} >= {f"{number:02}" for number in range(1, 13) if number != 7}


for section, rows in CONSTRUCTS.items():
    for name, *row in rows:
        add(f"/inkling/grammar/{section}/{name.replace(' ', '-')}", check_construct, section[0], *row)
for name, *row in REFUSALS:
    add(f"/inkling/refused/{name}", check_refusal, *row)
tap.run()
