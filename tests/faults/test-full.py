# SPDX-License-Identifier: LGPL-2.1-or-later

"""Nothing more can be written: one line says so, and what was saved stays.

Usage: test-full.py SIMHOST PLUGINS CURRICULA
"""

import os
import resource
import subprocess
import sys

from home import DEADLINE, Home, cartpole, interrupt, tap, wait_for

from restclient import multipart

# A file smaller than any policy.onnx, and larger than a new history.
SMALL = 4000


def let_grow(child, size):
    """No file of the child's can grow beyond that, as if the disk were full."""
    resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def short(home):
    return home.program("pole", cartpole(limits="TotalIterationLimit: 3000,"))


@tap.case("/full/first-save-of-a-training")
def first():
    with Home() as home:
        with home.start("train", home.program("pole", cartpole()), "--json") as child:
            wait_for(child, "progress")
            let_grow(child, SMALL)
            status, _, errors = interrupt(child)
        assert status == 1, (status, errors)
        # A training needs no history; whatever is said of that is another line.
        errors = [line for line in errors.splitlines() if "history" not in line]
        assert len(errors) == 1 and "cannot save brain 'pole' version 1: " in errors[0], errors
        assert "policy.onnx: File too large" in errors[0] or "learner.bin: File too large" in errors[0], errors
        assert home.does("brain", "list", "--json") == []
        home.does("train", short(home), "--json")
        home.plays("pole")
        home.check_none_left()


@tap.case("/full/while-training-the-last-good-version-stays")
def checkpoint():
    with Home() as home:
        # A lesson that is met is saved; the next one never ends.
        text = cartpole(2, threshold=2).replace(
            "lesson l1 {", "lesson l1 { training { LessonRewardThreshold: 100000 }"
        )
        with home.start("train", home.program("pole", text), "--json") as child:
            wait_for(child, "lesson")
            wait_for(child, "progress")
            saved = home.info("pole")
            assert saved["result"]["lesson"] == "l1", saved
            let_grow(child, SMALL)
            status, events, errors = interrupt(child)
        errors = [line for line in errors.splitlines() if "history" not in line]
        assert status == 1 and len(errors) == 1, (status, errors)
        assert "cannot save brain 'pole' version 1: " in errors[0] and "File too large" in errors[0], errors
        assert home.info("pole") == saved
        home.plays("pole")
        home.check_database()
        assert os.listdir(home.path / "brains" / "pole") == ["1"]
        # There is room again: it goes on from there.
        with home.start("train", str(home.path / "pole.ink"), "--json", "--resume") as child:
            wait_for(child, "progress")
            status, _, errors = interrupt(child)
        assert (status, errors) == (0, ""), errors
        assert home.info("pole")["result"]["iterations"] > saved["result"]["iterations"]
        home.check_none_left()


@tap.case("/full/history")
def history():
    with Home() as home:
        home.does("train", short(home), "--json")
        file = home.program("long", cartpole())
        with home.start("train", file, "--json") as child:
            wait_for(child, "progress")
            let_grow(child, SMALL)
            begun = home.query("SELECT iterations FROM run WHERE version = 1 AND ended = 0")
            assert len(begun) == 1, begun
            # Until it has been told that it cannot be written: once a second.
            while "history" not in (line := child.stderr.readline()):
                assert line, "the training ended"
            assert line.startswith("simhost: train: warning: the history of this training is not whole: "), line
            let_grow(child, resource.RLIM_INFINITY)
            status, events, errors = interrupt(child)
        # Said once; written once there is room.
        assert (status, errors) == (0, ""), (status, errors)
        home.check_database()
        result = home.info("long")["result"]
        assert home.query("SELECT iterations, reason FROM run WHERE ended > 0 ORDER BY id DESC LIMIT 1") == [
            (result["iterations"], "interrupted")
        ]
        home.plays("long")


@tap.case("/full/serve-goes-on")
def serve():
    with Home() as home:
        home.does("train", short(home), "--json")
        child, ask = home.serve()
        with child:

            def create():
                return ask(
                    "/brains",
                    method="POST",
                    body=multipart("lift", {"lift.ink": cartpole().encode() + b"#" * 30000}),
                    headers={"Content-Type": "multipart/mixed; boundary=c9a1f0e2b7"},
                )

            let_grow(child, SMALL)
            page = create()
            assert page.status == 500 and "history.db" in page.json["error"]["message"], page.text
            assert ask("/pole/status").status == 200
            let_grow(child, resource.RLIM_INFINITY)
            page = create()
            assert page.status == 200, page.text
            assert ask("/lift/status").status == 200
            status, _, _ = interrupt(child)
            assert status == 0
        home.check_database()
        home.check_none_left()


def has_tmpfs(folder):
    return os.geteuid() == 0 and (
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", folder], capture_output=True, check=False
        ).returncode
        == 0
    )


@tap.case("/full/disk")
def disk():
    """On a disk that is really full, where one can be had: only root may mount.
    The cases above hold everywhere."""
    with Home() as home:
        brains = home.path / "brains"
        brains.mkdir()
        if not has_tmpfs(brains):
            return
        try:
            home.does("train", short(home), "--json")
            saved = home.info("pole")
            filler = brains / "filler"
            with open(filler, "wb", buffering=0) as file:
                try:
                    while file.write(b"x" * 1024):
                        pass
                except OSError:
                    pass
            home.fails("train", short(home), says=["pole", "No space left on device"])
            assert home.info("pole") == saved
            home.plays("pole")
            filler.unlink()
            home.does("brain", "delete", "pole")
            home.does("train", short(home), "--json")
            home.plays("pole")
        finally:
            subprocess.run(["umount", brains], check=True, timeout=DEADLINE)


tap.run()
