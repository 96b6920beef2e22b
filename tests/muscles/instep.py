# SPDX-License-Identifier: LGPL-2.1-or-later

"""Trainings that keep step with their reader. A line that tells of a lesson called
LESSON is longer than what the pipe holds and what is read ahead of it: who tells it
waits until it has been read, and goes on no further than to the next one."""

import fcntl
import os
import subprocess


def _open_pipe():
    """The smallest that there is: both ends, and how many bytes it holds."""
    reading, writing = os.pipe()
    return reading, writing, fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 1)


def _measure():
    reading, writing, size = _open_pipe()
    os.close(reading)
    os.close(writing)
    return size


# No read takes more than the pipe holds.
LESSON = "b" * (2 * _measure())


def start(command, **options):
    reading, writing, _ = _open_pipe()
    process = subprocess.Popen(command, stdout=writing, text=True, **options)
    os.close(writing)
    process.stdout = open(reading, encoding="utf-8")
    return process
