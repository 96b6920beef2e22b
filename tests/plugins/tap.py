# SPDX-License-Identifier: LGPL-2.1-or-later

"""Test cases that report in the Test Anything Protocol."""

import os
import sys
import traceback

_cases = []


def case(path):
    """Registers the function below it as the test case `path`."""

    def register(function):
        _cases.append((path, function))
        return function

    return register


def run():
    """Runs every case and ends the process; status 1 when one failed. With
    TAP_LIST in the environment it only prints their paths."""
    if "TAP_LIST" in os.environ:
        print(*(path for path, _ in _cases), sep="\n")
        sys.exit()
    failed = 0
    for number, (path, function) in enumerate(_cases, 1):
        try:
            function()
            print(f"ok {number} - {path}", flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - {path}")
            for line in traceback.format_exc().splitlines():
                print(f"# {line}", flush=True)
    print(f"1..{len(_cases)}")
    sys.exit(failed != 0)
