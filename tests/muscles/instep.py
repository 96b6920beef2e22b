# SPDX-License-Identifier: LGPL-2.1-or-later

"""Trainings that keep step with their reader. A line that tells of a lesson called
LESSON is longer than the pipe holds: who tells it waits until it has been read, and
goes on no further than to the next one."""

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


LESSON = "b" * _measure()


def start(command, **options):
    reading, writing, _ = _open_pipe()
    process = subprocess.Popen(command, stdout=writing, text=True, **options)
    os.close(writing)
    process.stdout = open(reading, encoding="utf-8")
    return process
