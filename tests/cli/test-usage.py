# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the commands say of what they cannot take: one line that names it.

  test-usage.py SIMHOST PLUGIN-FOLDER CURRICULA"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "plugins"))

import tap

SIMHOST, PLUGINS, CURRICULA = map(os.path.abspath, sys.argv[1:4])
CARTPOLE = os.path.join(CURRICULA, "cartpole.ink")

HOME = tempfile.TemporaryDirectory(prefix="simhost-usage-")
TOP = Path(HOME.name)
ENVIRONMENT = os.environ | {
    "HOME": HOME.name,
    "SIMHOST_DATA_HOME": HOME.name,
    "SIMHOST_PLUGIN_PATH": PLUGINS,
    "XDG_CACHE_HOME": str(TOP / "cache"),
    "XDG_RUNTIME_DIR": HOME.name,
    "DBUS_SESSION_BUS_ADDRESS": f"unix:path={TOP}/no-bus",
    "LC_ALL": "C.UTF-8",
}
ENVIRONMENT.pop("SIMHOST_ACCESS_KEY", None)


def simhost(*words, **environment):
    done = subprocess.run(
        [SIMHOST, *words], env=ENVIRONMENT | environment, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=60,
    )
    return done.returncode, done.stdout, done.stderr


def works(*words, **environment):
    status, out, err = simhost(*words, **environment)
    assert status == 0, (words, err)
    return out


def fails(status, said, *words, **environment):
    """With one line that begins with the command and says `said`."""
    found, out, err = simhost(*words, **environment)
    assert found == status and not out, (words, found, out, err)
    assert err.count("\n") == 1 and err.endswith("\n"), (words, err)
    assert err.startswith(f"simhost: {words[0]}: ") and said in err, (words, err)


works("train", CARTPOLE, "--seed", "1")


@tap.case("/usage/flags")
def flags():
    for command in "train predict brain list inspect new check serve daemon start stop restart status logs".split():
        fails(2, f"Unknown option --no-such; see 'simhost {command} --help'", command, "--no-such")
    status, out, err = simhost("dance")
    assert (status, out) == (2, "") and err == "simhost: there is no command 'dance'; see 'simhost --help'\n", err


@tap.case("/usage/near-misses")
def near():
    for typed, meant in (("trian", "train"), ("lst", "list"), ("inspct", "inspect"), ("--train", "train")):
        assert simhost(typed) == (2, "", f"simhost: there is no command '{typed}'; did you mean 'simhost {meant}'?\n")
    assert simhost("brain", "shwo", "x") == (2, "", "simhost: brain: there is no 'shwo'; did you mean 'show'?\n")
    fails(2, "Unknown option --sed, perhaps --seed; see", "train", "--sed", "1", CARTPOLE)
    assert simhost("help", "train") == simhost("train", "--help") and simhost("help")[0] == 0
    assert simhost("help", "dance")[0] == 2
    # What follows -- is no option.
    fails(2, "'--seed' is too much: give one Inkling file", "train", "--", CARTPOLE, "--seed", "1")
    fails(2, "'--json' is too much", "list", "--", "--json")


@tap.case("/usage/one-for-another")
def another():
    """A folder, a simulator or a plugin where something else is meant; blanks and letters of any kind."""
    folder, text = TOP / "my söme", TOP / "my text"
    folder.mkdir()
    text.write_text("text")
    for name, kind in ((folder, "a folder"), (text, "another file")):
        said = f"'{name.name}' is {kind}, not a simulator; give the name of one, as 'simhost list' shows them"
        for words in (["inspect", name.name], ["run", name.name, "--accesskey", "x", "--brain", "b"],
                      ["train", CARTPOLE, "--simulator", name.name]):
            done = subprocess.run([SIMHOST, *words], env=ENVIRONMENT, cwd=TOP, capture_output=True, text=True, timeout=60)
            assert done.returncode == 1 and said in done.stderr and done.stderr.count("\n") == 1, (words, done)
    fails(1, "there is no simulator ''; there are '", "inspect", "")
    fails(1, "No such file or directory; 'simhost inspect SIMULATOR --inkling' prints a program", "train", "cartpole")
    fails(1, "No such file or directory; 'simhost inspect SIMULATOR --inkling' prints a program", "serve", "cartpole")
    plugin = os.path.join(PLUGINS, "cartpole.so")
    fails(1, f"{plugin} is no text; give a program in Inkling", "train", plugin)
    fails(2, "'a/b' cannot be a brain's name", "train", CARTPOLE, "--brain", "a/b")
    fails(2, "'a/b' cannot be a brain's name", "predict", "a/b", "--stdin")
    fails(2, "'my text' cannot be a brain's name", "brain", "show", "my text")
    program = folder / "brain ü.ink"
    program.write_text(Path(CARTPOLE).read_text())
    for locale in ("C.UTF-8", "C", "en_US.ISO-8859-1"):
        assert works("inspect", str(program), LC_ALL=locale) == works("inspect", CARTPOLE), locale
    fails(2, "(name the brain with --brain): 'brain ü' cannot be a brain's name", "train", str(program))


@tap.case("/usage/folders-of-brains")
def brains():
    # What cannot be a folder, not even for root.
    taken = TOP / "taken"
    taken.write_text("")
    fails(1, f"cannot save brain 'cartpole': cannot make the folder {taken}/", "train", CARTPOLE,
          SIMHOST_DATA_HOME=str(taken))
    fails(1, "; SIMHOST_DATA_HOME can name another folder", "train", CARTPOLE, SIMHOST_DATA_HOME="/proc/nowhere")
    # A relative folder of the XDG kind is none; without any, and without HOME, it is the account's.
    own = {"SIMHOST_DATA_HOME": "", "XDG_DATA_HOME": "relative", "XDG_CACHE_HOME": "relative"}
    assert f"{TOP}/.local/share/simhost/brains;" in simhost("brain", "list", **own)[2] + simhost("brain", "list", **own)[1]
    works("list", **own)
    assert not os.path.exists("relative")
    without = {key: value for key, value in ENVIRONMENT.items() if key not in ("HOME", "TERM", "SIMHOST_DATA_HOME")}
    for words in (["list"], ["inspect", "cartpole"]):
        done = subprocess.run([SIMHOST, *words], env=without, cwd="/", capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done


@tap.case("/usage/outputs-that-are-closed")
def outputs():
    for words in (["list"], ["inspect", "cartpole"], ["train", "--help"], ["--help"], ["--version"]):
        for where, said in ((">&-", "Bad file descriptor"), (">/dev/full", "No space left on device")):
            done = subprocess.run(["sh", "-c", f'"$0" "$@" {where}', SIMHOST, *words], env=ENVIRONMENT,
                                  stderr=subprocess.PIPE, text=True, timeout=60)
            assert done.returncode == 1, (words, where, done)
            assert done.stderr == f"simhost: the output could not be written: {said}\n", (words, where, done)
    # Nothing is printed, and nothing is missing.
    done = subprocess.run(["sh", "-c", '"$0" list --failed >&- 2>&-', SIMHOST], env=ENVIRONMENT, timeout=60)
    assert done.returncode == 0, done


@tap.case("/usage/numbers")
def numbers():
    highest = 2**31 - 1
    options = [
        (["train", CARTPOLE, "--muscles"], 1, 64),
        (["train", CARTPOLE, "--instances"], 1, 1024),
        (["serve", "--muscles"], 0, 64),
        (["logs", "x", "--lines"], 0, highest),
        (["predict", "cartpole", "--simulator", "cartpole", "--episodes"], 1, highest),
        (["predict", "cartpole", "--stdin", "--version"], 1, highest),
        (["brain", "show", "cartpole", "--version"], 1, highest),
        (["check", "x.so", "--timeout"], 1, 3600),
        (["start", "cartpole", "--instances"], 1, 1024),
        (["start", "cartpole", "--predict", "--version"], 1, highest),
        (["start", "cartpole", "--nice"], 0, 19),
    ]
    wrong = ("1e1", "1e99", "nan", "inf", "18446744073709551616", "", "1.5", "0x10", " 3", "3 ", "x", "4,5")
    for words, least, most in options:
        for number in (*wrong, least - 1, most + 1):
            rule = f"{words[-1]}={number}: expected a whole number from {least} to {most}; see "
            fails(2, rule, *words[:-1], f"{words[-1]}={number}")
        fails(2, rule, *words, str(number))
    for memory in ("18446744073709551616", "-1", "1e3", "0x10", " 3", "nan", "", "99999999999G"):
        fails(2, f"--memory={memory}", "start", "cartpole", f"--memory={memory}")
    for seed in ("-1", "18446744073709551616", "1e3", "nan", "", " 3", "0x10"):
        for words in (["train", CARTPOLE], ["predict", "cartpole", "--simulator", "cartpole"], ["serve"],
                      ["start", "cartpole"]):
            fails(2, f"--seed={seed}: a seed is a whole number from 0 to 18446744073709551615", *words, f"--seed={seed}")
        fails(2, f"--seed={seed.strip()}: expected a whole number from 0 to 18446744073709551615", "run", "cartpole",
              f"--seed={seed}")
    seed = "18446744073709551615"
    out = works("predict", "cartpole:1", "--simulator", "cartpole", "--episodes=1", f"--seed={seed}", "--json")
    assert json.loads(out.splitlines()[0])["seed"] == int(seed), out


@tap.case("/usage/files")
def files():
    folder, pipe, large = TOP / "folder.ink", TOP / "pipe.ink", TOP / "large.ink"
    folder.mkdir()
    os.mkfifo(pipe)
    with open(large, "wb") as file:
        file.truncate(1024 * 1024 + 1)
    for command in (["train"], ["inspect"], ["serve", "--listen", "127.0.0.1:0"], ["brain", "create", "new"],
                    ["brain", "push", "cartpole"]):
        for path, said in [
            (TOP / "none.ink", "No such file or directory"),
            (folder, "it is a folder; give a file"),
            (pipe, "it is a pipe or a device; give a file"),
            (large, "it has more than "),
            (TOP / ("n" * 300 + ".ink"), "File name too long"),
        ]:
            fails(1, f"cannot read '{path}': {said}", *command, str(path))
    # Each fits alone.
    half = TOP / "half.ink"
    half.write_bytes(b"#" * 400_000)
    other = TOP / "other.txt"
    other.write_bytes(b"#" * 400_000)
    fails(1, "a project may have at most", "brain", "push", "cartpole", str(half), str(other))
    fails(2, "there is no such file, but a folder", "check", str(folder))
    fails(2, "there is no such file, but a pipe", "check", str(pipe))
    fails(2, "none.so: there is no such file\n", "check", "none.so")


@tap.case("/usage/files-to-write")
def files_to_write():
    folder, pipe, file = TOP / "folder.onnx", TOP / "pipe.onnx", TOP / "file.onnx"
    folder.mkdir()
    os.mkfifo(pipe)
    export = ["brain", "export", "cartpole"]
    fails(1, f"cannot write '{folder}': it is a folder; give a file", *export, str(folder))
    fails(1, f"cannot write '{pipe}': it is a pipe or a device; give a file", *export, str(pipe))
    fails(1, f"cannot write '{TOP}/none/x.onnx': No such file", *export, f"{TOP}/none/x.onnx")
    # Nothing took its place.
    assert pipe.is_fifo() and folder.is_dir()
    file.write_bytes(b"old")
    works(*export, str(file))
    assert file.stat().st_size > 1000


@tap.case("/usage/names-that-begin-with-a-dash")
def dashes():
    works("train", CARTPOLE, "--brain", "-x", "--seed", "2")
    works("train", CARTPOLE, "--brain", "--", "--seed", "2")
    for name in ("-x", "--"):
        assert json.loads(works("brain", "show", "--json", "--", name))["brain"] == name
        assert works("predict", "--simulator", "cartpole", "--episodes", "1", "--", name).startswith("episode 1 ")
        works("brain", "delete", "--", name)
        fails(1, f"there is no brain '{name}'", "brain", "show", "--", name)
    # What is behind it is never a flag.
    fails(2, "give the name of one brain", "predict", "--stdin", "--", "cartpole", "--version=1")
    fails(2, "give the name of one brain", "predict", "--stdin", "--")


@tap.case("/usage/text-that-the-locale-does-not-have")
def locale():
    said = "'\u00e4' is no text in "
    status, out, err = simhost("brain", "create", "umlaut", "--description", "\u00e4", LC_ALL="C")
    assert status == 2 and not out and err.count("\n") == 1 and said in err and "UTF-8" in err, err
    works("brain", "create", "umlaut", "--description", "\u00e4")
    listed = [json.loads(line) for line in works("brain", "list", "umlaut", "--json").splitlines()]
    assert [brain["description"] for brain in listed] == ["\u00e4"], listed


@tap.case("/usage/home-that-cannot-be-written")
def home():
    file = TOP / "file"
    file.touch()
    data = {"SIMHOST_DATA_HOME": str(file / "simhost")}
    fails(1, f"cannot make the folder {file}/simhost", "train", CARTPOLE, **data)
    fails(1, f"cannot make the folder {file}/simhost", "brain", "create", "lift", **data)
    fails(1, "there is no brain 'lift'", "predict", "lift", "--stdin", **data)
    assert "cartpole" in works("list", XDG_CACHE_HOME=str(file / "cache"))


@tap.case("/usage/nobody-to-ask")
def nobody():
    for command in (["status"], ["start", "x"], ["stop", "x"], ["restart", "x"], ["logs", "x"], ["daemon"]):
        fails(1, "'simhost daemon'" if command != ["daemon"] else "'dbus-run-session simhost daemon'", *command)
    for url in ("httpx://127.0.0.1:1", "http+unix://127.0.0.1:1", "ftp://127.0.0.1:1"):
        fails(2, f"'{url}' is no address of an engine", "brain", "list", "--accesskey", "k", "--url", url)
    fails(1, "the engine at http://127.0.0.1:1/v1/simhost cannot be asked: ", "brain", "list", "--accesskey", "k",
          "--url", "http://me:secret@127.0.0.1:1/?x=1")
    fails(2, "the engine wants a key", "brain", "list", "--url", "http://127.0.0.1:1")


tap.run()
