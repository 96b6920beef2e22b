#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Copies a shared object made of bad.c for each fault in its functions, and
writes the fault's name, which is the copy's, into the copy.

    copies.py OBJECT COPY...
"""

import pathlib
import sys

MARK = b"simhost-bad-fault:"
ROOM = 64

original = pathlib.Path(sys.argv[1]).read_bytes()
place = original.index(MARK.ljust(ROOM, b"\0"))
for path in map(pathlib.Path, sys.argv[2:]):
    text = (MARK + path.stem.encode()).ljust(ROOM, b"\0")
    assert len(text) == ROOM, f"{path.stem} is too long"
    path.write_bytes(original[:place] + text + original[place + ROOM :])
    path.chmod(0o755)
