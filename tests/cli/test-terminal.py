# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost train at a terminal: a line that is written over, whatever the terminal."""

import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "plugins"))

import tap

SIMHOST, PLUGINS, CURRICULA = sys.argv[1:4]
HOME = tempfile.mkdtemp(prefix="simhost-terminal-")
# Goes on until it is interrupted.
TEXT = Path(CURRICULA, "cartpole.ink").read_text(encoding="utf-8").replace("475", "100000")
LIMITS = "NoProgressIterationLimit: 400000000, TotalIterationLimit: 400000000, EpisodeIterationLimit:"
PROGRAM = os.path.join(HOME, "balance.ink")
Path(PROGRAM).write_text(TEXT.replace("EpisodeIterationLimit:", LIMITS), encoding="utf-8")
LESSON = "balance"
# Opens the other end of a terminal; of <asm-generic/ioctls.h>.
TIOCGPTPEER = 0x5441
MARK = b"<now>"


def set_width(fd, width):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))


def keep_to_programs(fd):
    """A terminal shows Ctrl-C as ^C, and forgets what has not been read by then: here
    is nothing but what the program has said, and all of it."""
    modes = termios.tcgetattr(fd)
    modes[3] = modes[3] & ~termios.ECHO | termios.NOFLSH
    termios.tcsetattr(fd, termios.TCSANOW, modes)


def write_behind(fd, mark):
    """To the terminal at the other end, behind what the program has said until now."""
    terminal = fcntl.ioctl(fd, TIOCGPTPEER, os.O_RDWR | os.O_NOCTTY)
    os.write(terminal, mark)
    os.close(terminal)


def count(told):
    """Lines of progress, written over or one by one."""
    return told.count(b"\x1b[K") + told.count(b" iterations/s, ")


def four_lines(told):
    return count(told) >= 4


def train(width, is_enough=four_lines, on_read=None, **variables):
    """What a terminal of that width is sent; ended by Ctrl-C once that is enough."""
    environment = os.environ | {
        "SIMHOST_DATA_HOME": HOME,
        "SIMHOST_PLUGIN_PATH": PLUGINS,
        "XDG_CACHE_HOME": os.path.join(HOME, "cache"),
        "TERM": "xterm",
        "LC_ALL": "C.UTF-8",
    }
    environment.pop("NO_COLOR", None)
    environment |= variables
    pid, fd = pty.fork()
    if pid == 0:
        set_width(1, width)
        keep_to_programs(1)
        os.execve(SIMHOST, [SIMHOST, "train", PROGRAM, "--seed", "1"], environment)
    signal.alarm(120)
    told, ended = b"", False
    try:
        while True:
            told += os.read(fd, 65536)
            if on_read is not None:
                told = on_read(fd, told)
            if not ended and is_enough(told):
                os.write(fd, b"\x03")
                ended = True
    except OSError:
        pass  # the other end has gone
    signal.alarm(0)
    os.close(fd)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, told
    return told.decode("utf-8")


def split(told):
    """The lines that were written over, without colours."""
    lines = re.findall(r"\r\x1b\[K([^\r\n]*)", told)
    return [re.sub(r"\x1b\[[0-9]*m", "", line) for line in lines]


def find_curve(told):
    """Of the last line that is whole."""
    lines = re.findall(r"\r\x1b\[K([^\r\n]*)(?=\r)", told.decode("utf-8", "ignore"))
    found = re.search("[▁▂▃▄▅▆▇█]{2,}", lines[-1]) if lines else None
    return found[0] if found else ""


@tap.case("/terminal/line-with-a-curve")
def with_curve():
    # What is learnt shows: it does not stay a flat line.
    told = train(120, lambda told: len(set(find_curve(told))) > 2)
    lines = split(told)
    assert len(lines) >= 2 and "mean return" in lines[-1] and "/s" in lines[-1], told
    assert "\x1b[36m" in told
    assert told.rstrip().endswith("saved as version 1"), told


@tap.case("/terminal/narrow")
def narrow():
    for width in (10, 25, 40):
        lines = split(train(width))
        assert lines and all(len(line) < width for line in lines), (width, lines)
        if width > 20:
            assert all("mean return" in line for line in lines), lines


@tap.case("/terminal/resized-on-the-way")
def resized():
    wide = 0  # lines that were told when the width had changed

    def shrink(fd, told):
        nonlocal wide
        if wide == 0 and count(told) >= 2:
            set_width(fd, 30)
            write_behind(fd, MARK)
            while MARK not in told:
                told += os.read(fd, 65536)
            before, behind = told.split(MARK)
            wide, told = count(before), before + behind
        return told

    lines = split(train(120, lambda told: wide > 0 and count(told) >= wide + 4, shrink))
    assert wide > 0 and max(map(len, lines[:2])) > 30, lines
    # One may have been on the way.
    assert all(len(line) < 30 for line in lines[wide + 1 :]) and len(lines) > wide + 1, lines


@tap.case("/terminal/no-color")
def no_color():
    told = train(120, NO_COLOR="1")
    assert split(told) and not re.search(r"\x1b\[[0-9]*m", told), told


@tap.case("/terminal/ascii")
def ascii_only():
    told = train(120, LC_ALL="C")
    lines = split(told)
    assert lines and told.isascii() and re.search(r" s [_.=+*%#-]{2,}$", lines[-1]), lines


@tap.case("/terminal/none")
def no_terminal():
    environment = os.environ | {"SIMHOST_DATA_HOME": HOME, "SIMHOST_PLUGIN_PATH": PLUGINS, "TERM": "xterm"}
    done = subprocess.Popen(
        [SIMHOST, "train", PROGRAM, "--seed", "1"], env=environment, stdout=subprocess.PIPE, text=True
    )
    signal.alarm(120)
    told = "".join(done.stdout.readline() for _ in range(4))
    done.send_signal(signal.SIGINT)
    told += done.stdout.read()
    assert done.wait() == 0, told
    signal.alarm(0)
    begun, *progress, ended = told.splitlines()
    assert not set("\r\x1b") & set(told) and re.search(r"saved as version \d+$", ended), told
    line = rf"{LESSON}: \d+ iterations, \d+ episodes, mean return [\d.]+, \d+ iterations/s, [\d.]+ s"
    assert progress and all(re.fullmatch(line, each) for each in progress), (begun, progress)


@tap.case("/terminal/dumb")
def dumb():
    for term in ("dumb", ""):
        told = train(120, lambda told: count(told) >= 2, TERM=term)
        assert "\x1b" not in told and "mean return" in told, told


try:
    tap.run()
finally:
    shutil.rmtree(HOME)
