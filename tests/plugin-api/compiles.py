#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""The public headers and the template compile, each alone, with every compiler
given; a row of a schema that names the wrong type does not.

    compiles.py PLUGIN_API_FOLDER COMPILER...
"""

import pathlib
import subprocess
import sys

WARNINGS = ["-Wall", "-Wextra", "-pedantic", "-Werror"]

STRUCT = """
#include <simhost/plugin.h>

typedef struct
{
  double number;
  float fractions[2];
  int32_t whole;
  float *pointer;
  char *text;
  char letters[8];
  char letter;
  uint8_t flag;
} Thing;
"""

# member, the type its row says, whether that is right
ROWS = [
    ("number", "DOUBLE", True),
    ("number", "FLOAT", False),
    ("number", "INT64", False),
    ("fractions", "FLOAT", True),
    ("fractions", "DOUBLE", False),
    ("whole", "INT32", True),
    ("whole", "UINT32", False),
    ("whole", "FLOAT", False),
    ("pointer", "FLOAT", False),
    ("text", "STRING", False),
    ("letters", "STRING", True),
    ("letters", "INT8", False),
    ("letter", "STRING", False),
    ("flag", "BOOL", True),
    ("flag", "UINT8", True),
    ("flag", "INT8", False),
]

ROW = """
extern const SimhostField row;
const SimhostField row = SIMHOST_FIELD (Thing, %s, %s, "", "");
"""

# A whole plugin in C++17, which has no designated initialisers.
CXX_PLUGIN = """
#include <simhost/random.h>

namespace
{
struct Action { int32_t command; };
struct State { double value[3]; char text[4]; };

const SimhostValue commands[] = { { "stay", 0 }, { "go", 1 } };
const SimhostField action_fields[] = {
  SIMHOST_FIELD_VALUES (Action, command, INT32, commands, "", nullptr),
};
const SimhostField state_fields[] = {
  SIMHOST_FIELD_RANGE (State, value, DOUBLE, -1, 1, "m", nullptr),
  SIMHOST_FIELD (State, text, STRING, "", nullptr),
};
static_assert (SIMHOST_COUNT_DOUBLE (State, value) == 3, "");
static_assert (SIMHOST_COUNT_STRING (State, text) == 1, "");

int32_t create (const SimhostHost *, void **self)
{ *self = new SimhostRandom (); return SIMHOST_OK; }
void destroy (void *self) { delete static_cast<SimhostRandom *> (self); }
int32_t reset (void *, uint64_t) { return SIMHOST_OK; }
int32_t advance (void *, const void *) { return SIMHOST_OK; }
int32_t get_state (void *, void *, uint8_t *) { return SIMHOST_OK; }

const SimhostSimulator simulator = {
  sizeof (SimhostSimulator), 0, "thing", nullptr, SIMHOST_SCHEMA_NONE,
  SIMHOST_SCHEMA (Action, action_fields, nullptr),
  SIMHOST_SCHEMA (State, state_fields, nullptr),
  sizeof (SimhostReward), 0, nullptr, create, destroy, nullptr, reset,
  nullptr, advance, get_state, nullptr, nullptr,
};
}

const SimhostPlugin simhost_plugin = {
  SIMHOST_PLUGIN_MAGIC, SIMHOST_ABI_MAJOR, SIMHOST_ABI_MINOR,
  sizeof (SimhostPlugin), "org.example.thing", "Thing", "1.0.0", nullptr,
  nullptr, nullptr, nullptr, nullptr, [] () -> uint32_t { return 1; },
  [] (uint32_t) { return &simulator; }, nullptr,
};
"""


def main():
    folder = pathlib.Path(sys.argv[1])
    number = 0
    failed = 0

    def check(compiler, name, source, right=True):
        nonlocal number, failed
        number += 1
        cxx = compiler.endswith("++")
        language = ["-x", "c++", "-std=c++17"] if cxx else ["-x", "c", "-std=c11"]
        run = subprocess.run(
            [compiler, *language, *WARNINGS, "-I", folder, "-fsyntax-only", "-"],
            input=source,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            timeout=240,
        )
        good = (run.returncode == 0) == right
        failed += not good
        tool = pathlib.Path(compiler).name
        print(f"{'ok' if good else 'not ok'} {number} - /plugin-api/{tool}/{name}")
        if not good:
            print("".join(f"# {line}\n" for line in run.stderr.splitlines()), end="")

    for compiler in sys.argv[2:]:
        for header in sorted(folder.glob("simhost/*.h")):
            check(compiler, header.stem, f"#include <simhost/{header.name}>\n")
        for member, kind, right in ROWS:
            verdict = "accepted" if right else "refused"
            check(
                compiler,
                f"row/{member}-as-{kind.lower()}-{verdict}",
                STRUCT + ROW % (member, kind),
                right,
            )
        if compiler.endswith("++"):
            check(compiler, "plugin", CXX_PLUGIN)
        else:
            for source in sorted(folder.glob("template/*.c")):
                check(compiler, f"template/{source.name}", source.read_text())

    print(f"1..{number}")
    return failed != 0


sys.exit(main())
