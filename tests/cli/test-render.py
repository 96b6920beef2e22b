#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""simhost predict --render, as a person uses it; what it writes is read by a
parser of its own and by gdk-pixbuf.

    test-render.py SIMHOST KEEP_BRAIN PLUGIN_FOLDER BAD_FOLDER CURRICULA_FOLDER
"""

import json
import math
import os
import pathlib
import resource
import struct
import subprocess
import sys
import tempfile

import gi

gi.require_version("GdkPixbuf", "2.0")
from gi.repository import GdkPixbuf, GLib

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "plugins"))

from compare import SplitMix
from tap import case, run

SIMHOST, KEEP, PLUGINS, BAD, CURRICULA = sys.argv[1:6]

scratch = tempfile.TemporaryDirectory(prefix="simhost-render-")
HOME = pathlib.Path(scratch.name)
ENVIRONMENT = os.environ | {
    "SIMHOST_DATA_HOME": str(HOME),
    "SIMHOST_PLUGIN_PATH": PLUGINS,
    "XDG_CACHE_HOME": str(HOME / "cache"),
}


def simhost(*arguments, status=0, most_bytes=None):
    def limit():
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    done = subprocess.run(
        [SIMHOST, *map(str, arguments)],
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        preexec_fn=limit,
    )
    assert done.returncode == status, done
    return done.stdout, done.stderr


def keep(name, program):
    """An untrained brain: its episodes are short."""
    done = subprocess.run([KEEP, HOME, name, program, "1"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


keep("cartpole", os.path.join(CURRICULA, "cartpole.ink"))
(HOME / "bad.ink").write_text(simhost("inspect", os.path.join(BAD, "nothing.so"), "--inkling")[0])
keep("bad", HOME / "bad.ink")


def predict(path, *arguments, brain="cartpole", simulator=None, **options):
    return simhost("predict", brain, "--simulator", simulator or brain, "--seed", 3, "--render", path, *arguments, **options)


def lengths(out):
    """Steps of the episodes that were played, by --json."""
    events = [json.loads(line) for line in out.splitlines()]
    return [event["length"] for event in events if event["event"] == "episode"]


class Gif:
    """The blocks of a GIF 89a, as its specification has them."""

    def __init__(self, path):
        self.data, self.place = pathlib.Path(path).read_bytes(), 13
        assert self.data[:6] == b"GIF89a"
        self.size = struct.unpack_from("<HH", self.data, 6)
        assert self.data[10] & 0x80 == 0, "no colours for all"
        self.loops, self.delays, self.boxes = None, [], []
        while self.data[self.place] != 0x3B:
            self.block()
        assert self.place + 1 == len(self.data), "something behind the end"

    def take(self, n):
        self.place += n
        return self.data[self.place - n : self.place]

    def parts(self):
        whole = b""
        while n := self.take(1)[0]:
            whole += self.take(n)
        return whole

    def block(self):
        kind = self.take(1)[0]
        if kind == 0x21:
            label, content = self.take(1)[0], self.parts()
            if label == 0xF9:
                self.delays.append(struct.unpack_from("<H", content, 1)[0])
            elif content.startswith(b"NETSCAPE2.0"):
                self.loops = struct.unpack_from("<H", content, 12)[0]
        else:
            assert kind == 0x2C, hex(kind)
            *box, flags = struct.unpack("<HHHHB", self.take(9))
            assert flags & 0x80, "every frame has colours of its own"
            self.take(3 << ((flags & 7) + 1))
            assert 2 <= self.take(1)[0] <= 8
            assert self.parts()
            self.boxes.append(tuple(box))


def pixels(picture):
    """RGB, row by row."""
    data, n, stride = picture.get_pixels(), picture.get_n_channels(), picture.get_rowstride()
    rows = [data[y * stride :][: n * picture.get_width()] for y in range(picture.get_height())]
    return [bytes(row[x : x + 3]) for row in rows for x in range(0, len(row), n)]


@case("/cli/render/gif/episodes-one-after-the-other")
def gif_episodes():
    path = HOME / "two.gif"
    out, err = predict(path, "--episodes", 2, "--json")
    played = lengths(out)
    assert len(played) == 2
    gif = Gif(path)
    assert gif.size == (400, 160) and gif.loops == 0
    assert len(gif.boxes) == sum(played) + 2 and f"{path}: {len(gif.boxes)} frames" in err, err
    # Steps of 20 ms, and a pause after each episode.
    assert gif.delays == [2] * played[0] + [100] + [2] * played[1] + [100]
    whole = [k for k, box in enumerate(gif.boxes) if box == (0, 0, 400, 160)]
    assert {0, played[0] + 1} <= set(whole), "an episode begins with a whole frame"
    for left, top, width, height in gif.boxes:
        assert left + width <= 400 and top + height <= 160


@case("/cli/render/gif/looks-as-the-png")
def gif_looks():
    """Of the last frame: those before it are put together for it."""
    predict(HOME / "one.gif", "--episodes", 1)
    out, _ = predict(HOME / "one", "--episodes", 1, "--json")
    (length,) = lengths(out)
    last = GdkPixbuf.Pixbuf.new_from_file(str(HOME / "one" / f"episode-0001-step-{length:04}.png"))
    first = GdkPixbuf.Pixbuf.new_from_file(str(HOME / "one" / "episode-0001-step-0000.png"))
    animation = GdkPixbuf.PixbufAnimation.new_from_file(str(HOME / "one.gif"))
    assert (animation.get_width(), animation.get_height()) == (400, 160)
    begin = GLib.TimeVal()
    frames = animation.get_iter(begin)
    for expected, milliseconds in (first, 0), (last, 20 * length + 500):
        now = GLib.TimeVal()
        now.add(1000 * milliseconds)
        frames.advance(now)
        for here, there in zip(pixels(frames.get_pixbuf()), pixels(expected), strict=True):
            assert max(abs(one - two) for one, two in zip(here, there)) <= 12, (here, there)


@case("/cli/render/png/a-file-a-step")
def png_files():
    folder = HOME / "deep" / "er"
    out, err = predict(folder, "--episodes", 2, "--json")
    played = lengths(out)
    names = [f"episode-{k + 1:04}-step-{step:04}.png" for k, n in enumerate(played) for step in range(n + 1)]
    assert sorted(file.name for file in folder.iterdir()) == names and f": {len(names)} frames" in err
    # The pole of a first state stands where the seed has put it: the picture is
    # 6 m wide, and the hinge 0.65 m above its lower edge.
    for k in range(2):
        chance = SplitMix(3 + k)
        position, _, angle, _ = (chance.uniform(-0.05, 0.05) for _ in range(4))
        picture = GdkPixbuf.Pixbuf.new_from_file(str(folder / f"episode-{k + 1:04}-step-0000.png"))
        assert (picture.get_width(), picture.get_height()) == (400, 160)
        colours, scale = pixels(picture), 400 / 6
        for length, wood in (0.5, True), (1.45, True), (1.65, False):
            x = (3 + position + length * math.sin(angle)) * scale
            y = 160 - (0.65 + length * math.cos(angle)) * scale
            colour = colours[int(y) * 400 + int(x)]
            assert (colour == b"\xc9\x8f\x52") == wood, (length, colour)


@case("/cli/render/size")
def size():
    predict(HOME / "small.gif", "--episodes", 1, "--render-size", "120x90")
    assert Gif(HOME / "small.gif").size == (120, 90)
    for wrong in "120", "0x10", "-1x5", "10x5000", "axb", "10x10x10", "", " 10x10":
        out, err = predict(HOME / "no.gif", "--render-size", wrong, status=2)
        assert "is no size" in err and err.count("\n") == 1, err
    out, err = predict(HOME / "no.gif", "--render-size", "10x10", status=1)
    assert "draws pictures from 60x24 to 2400x960, not 10x10" in err, err
    assert not (HOME / "no.gif").exists()


@case("/cli/render/usage")
def usage():
    for arguments, words in [
        (["--stdin", "--render", "a.gif"], "--render draws a simulator"),
        (["--simulator", "cartpole", "--render-size", "10x10"], "--render-size goes with --render"),
        (["--simulator", "cartpole", "--render", ""], "FILE.gif or a folder"),
        (["--simulator", "cartpole", "--render", "a.JPG"], "give a FILE.gif, or a folder"),
    ]:
        _, err = simhost("predict", "cartpole", *arguments, status=2)
        assert words in err and err.count("\n") == 1, err


@case("/cli/render/a-simulator-that-does-not-draw")
def not_drawn():
    _, err = predict(HOME / "no.gif", simulator="counter", status=1)
    assert "simulator 'counter' does not draw itself (simhost.render/1); these do: " in err, err
    assert "'cartpole'" in err and "'pendulum'" in err and "'counter'," not in err and err.count("\n") == 1


@case("/cli/render/a-place-where-nothing-can-be")
def no_place():
    (HOME / "folder.gif").mkdir()
    (HOME / "file").write_text("mine")
    for path, words in [
        (HOME / "nowhere" / "x.gif", "No such file or directory"),
        (HOME / "folder.gif", "Is a directory"),
        (HOME / "file" / "x.gif", "Not a directory"),
        (HOME / "file" / "x", "cannot make the folder"),
        (HOME / "file", "cannot make the folder"),
        ("/proc/none/x", "cannot make the folder"),
    ]:
        out, err = predict(path, status=1)
        assert out == "" and words in err and str(path) in err and err.count("\n") == 1, err
    assert (HOME / "file").read_text() == "mine"


@case("/cli/render/no-room")
def no_room():
    """What was there stays as it was, and nothing lies beside it."""
    folder = HOME / "full"
    folder.mkdir()
    (folder / "old.gif").write_text("old")
    _, err = predict(folder / "old.gif", status=1, most_bytes=20000)
    assert "old.gif" in err.splitlines()[-1] and "File too large" in err.splitlines()[-1], err
    assert (folder / "old.gif").read_text() == "old" and len(list(folder.iterdir())) == 1
    # More than what processes share takes, and less than a picture of this size.
    _, err = predict(folder / "png", "--render-size", "1600x640", status=1, most_bytes=12000)
    assert "step-0000.png" in err.splitlines()[-1] and "File too large" in err.splitlines()[-1], err
    assert list((folder / "png").iterdir()) == []
    predict(folder / "old.gif", "--episodes", 1)
    assert Gif(folder / "old.gif").size == (400, 160)


@case("/cli/render/bounded")
def bounded():
    path = HOME / "long.gif"
    out, err = predict(path, "--episodes", 800, "--render-size", "60x24", "--json")
    assert sum(lengths(out)) > 5000 and len(lengths(out)) == 800
    assert len(Gif(path).boxes) == 5000
    assert "end at the limit of 5000 frames" in err, err


@case("/cli/render/a-simulator-that-misbehaves")
def misbehaves():
    for fault, words in {
        "crash-render": "crashed in render",
        "error-render": "render failed: it was told to fail",
        "fatal-render": "render failed: it was told to give up",
        "overrun-frame": "it wrote beyond its frame",
        "short-render": "struct_size is 8",
        "null-render": "there is no render function",
        "huge-frame-size": "4294967295x480",
    }.items():
        path = HOME / f"{fault}.gif"
        _, err = predict(path, brain="bad", simulator=os.path.join(BAD, f"{fault}.so"), status=1)
        assert words in err.splitlines()[-1], err
        assert not path.exists()


@case("/cli/render/time-of-a-step")
def step_time():
    predict(HOME / "bad.gif", "--episodes", 1, brain="bad", simulator=os.path.join(BAD, "nothing.so"))
    gif = Gif(HOME / "bad.gif")
    assert gif.size == (64, 48) and set(gif.delays[:-1]) == {5} and gif.delays[-1] == 100, gif.delays


run()
