# SPDX-License-Identifier: LGPL-2.1-or-later

"""Counts the test cases of one run of `meson test` from its log.

Each TAP line is a case; a program that ended badly without saying so in TAP is
one failed case, and a case that was skipped has failed. Prints the failed ones,
then "N passed, N failed"; exits with 1 when any failed or none ran.
"""

import json
import re
import sys

CASE = re.compile(r"^(ok|not ok)\b(?:\s+\d+)?(?:\s+-)?\s*(.*)$")


def cases(entry):
    """Yields (name, passed) for one program of the log."""
    failed = False
    for line in (entry.get("stdout") or "").splitlines():
        match = CASE.match(line)
        if not match:
            continue
        passed = match[1] == "ok" and "# SKIP" not in match[2].upper()
        failed |= not passed
        yield match[2], passed
    if entry["result"] not in ("OK", "EXPECTEDFAIL") and not failed:
        yield entry["result"].lower(), False


def main():
    passed = failed = 0
    with open(sys.argv[1], encoding="utf-8") as log:
        for line in log:
            entry = json.loads(line)
            for name, good in cases(entry):
                if good:
                    passed += 1
                else:
                    failed += 1
                    print(f"failed: {entry['name']}: {name}", file=sys.stderr)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
