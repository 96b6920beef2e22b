# SPDX-License-Identifier: LGPL-2.1-or-later

"""What `simhost run --record` writes, byte by byte.

  test-record.py SIMHOST PLUGIN-FOLDER

Numbers in the paths are those of the list of edge cases in the protocol's
description."""

import csv
import io
import json
import os
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "session"))

from host import Host, finish, last_line, serve_start, serve_step
from rows import Record, as_float
from wsserver import Engine
import tap
import wire

TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


def read_csv(data):
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def read_json(data):
    return [json.loads(line) for line in data.decode().splitlines()]


def compare(path, record):
    """The file is what Python would have written."""
    data = path.read_bytes()
    found = (read_json if path.suffix == ".json" else read_csv)(data)
    record.complete(found)
    for row in found:
        assert TIME.fullmatch(row["time"]), row
        for name in ("statistics.episode_rate", "statistics.iteration_rate"):
            assert re.fullmatch(r"\d+", str(row[name])), row
    want = record.to_json() if path.suffix == ".json" else record.to_csv()
    assert data == want, (data, want)


def counter_state(value, step, limit):
    return {
        "value": value,
        "step": step,
        "big": step * 10**10,
        "over": value >= limit / 2,
        "label": f"s{step}",
    }


class Folder:
    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        return Path(self.folder.name)

    def __exit__(self, *_):
        self.folder.cleanup()


def play_counter(connection, record, steps, **config):
    """An episode of the counter; config, action and rewards as the wire has
    them."""
    config = {"limit": 0.0, "start": 0.0, "seed": 0} | config
    config |= {"start": as_float(config["start"]), "limit": float(config["limit"])}
    value = config["start"]
    record.start(counter_state(value, 0, config["limit"]), config)
    for number, (delta, gain) in enumerate(steps, 1):
        serve_step(connection, delta=delta, gain=gain)
        value += delta * as_float(gain)
        terminal = abs(value) >= config["limit"]
        record.step(
            counter_state(value, number, config["limit"]),
            {"delta": delta, "gain": as_float(gain)},
            value / 2,
            terminal,
        )


def session_case(suffix, steps, flags=(), **config):
    def run():
        with Folder() as folder, Engine() as engine:
            path = folder / ("r" + suffix)
            with Host(engine, "--record", str(path), *flags) as host:
                connection = engine.accept()
                serve_start(connection, **config)
                record = Record(wire.COUNTER)
                play_counter(connection, record, steps, **config)
                finish(connection, host)
            compare(path, record)

    return run


ORDINARY = [(1, 0.5), (2, 0.1), (-3, 1.25)]
for suffix in (".json", ".csv"):
    name = suffix[1:]
    tap.case(f"/record/66-key-order/{name}")(session_case(suffix, ORDINARY, limit=100, start=0.1))
    tap.case(f"/record/67-terminal/{name}")(session_case(suffix, [(1, 1.0), (2, 1.0)], limit=2.5))
    tap.case(f"/record/numbers/{name}")(
        session_case(suffix, [(1, 1e16), (1, 1e-7), (-1, 3e38), (7, 1 / 3)], limit=1e300, seed=2**64 - 1)
    )


@tap.case("/record/67-start-row-vs-step-row")
def nulls():
    with Folder() as folder, Engine() as engine:
        path = folder / "r.json"
        with Host(engine, "--record", str(path)) as host:
            connection = engine.accept()
            serve_start(connection, limit=9)
            serve_step(connection, delta=1, gain=1)
            finish(connection, host)
        start, step = read_json(path.read_bytes())
        for key, value in start.items():
            absent = key.startswith("action.") or key in ("reward", "terminal")
            assert (value is None) == absent, key
        for key, value in step.items():
            assert (value is None) == key.startswith("config."), key


def two_runs(suffix, before):
    def run():
        with Folder() as folder, Engine() as engine:
            path = folder / ("r" + suffix)
            if before is not None:
                path.write_bytes(before)
            data = []
            for _ in range(2):
                with Host(engine, "--record", str(path)) as host:
                    connection = engine.accept()
                    serve_start(connection, limit=9)
                    finish(connection, host)
                data.append(path.read_bytes())
            assert data[1].startswith(data[0]) and data[0].startswith(before or b"")
            headers = data[1].count(b"config.limit,")
            assert headers == (1 if suffix == ".csv" and before is None else 0), data
            lines = data[1][len(before or b"") :].splitlines()
            assert len(lines) == 2 + headers, lines

    return run


for name, suffix, before in (
    ("csv", ".csv", None),
    ("json", ".json", None),
    ("csv-empty-file", ".csv", b""),
    ("csv-other-text", ".csv", b"x\r\n"),
):
    tap.case(f"/record/68-header-once-on-append/{name}")(two_runs(suffix, before))


# The counts of the original's own tests.


@tap.case("/record/70-predict-100-events")
def predict_rows():
    """Every step is terminal; of 100 events 67 make a row."""
    with Folder() as folder, Engine() as engine:
        path = folder / "r.csv"
        with Host(engine, "--predict", "--record", str(path), "--set", "limit=0") as host:
            connection = engine.accept()
            connection.receive()
            connection.send(wire.acknowledge(wire.COUNTER))
            connection.receive()  # 1: start
            events = 1
            while events < 100:
                serve_step(connection, delta=1, gain=1.0)  # simulate, finish
                events += 2
                if events < 100:
                    serve_step(connection, delta=1, gain=1.0)  # start
                    events += 1
            finish(connection, host)
        rows = read_csv(path.read_bytes())
        assert len(rows) == 67 and events == 100, (len(rows), events)
        assert all(row["config.limit"] == "" for row in rows), rows[0]
        assert {row["predict"] for row in rows} == {"True"}
        assert rows[-1]["statistics.episode_count"] == "33", rows[-1]


@tap.case("/record/70-train-until-reset")
def train_rows():
    with Folder() as folder, Engine() as engine:
        path = folder / "r.csv"
        with Host(engine, "--record", str(path)) as host:
            connection = engine.accept()
            serve_start(connection, limit=99)
            for _ in range(3):
                serve_step(connection, delta=1, gain=1.0)
            for kind in (wire.STOP, wire.RESET):
                connection.send(wire.plain(kind))
                connection.receive()
            finish(connection, host)
        assert len(read_csv(path.read_bytes())) == 4


@tap.case("/record/restart-in-a-batch")
def restart_in_batch():
    with Folder() as folder, Engine() as engine:
        path = folder / "r.json"
        with Host(engine, "--record", str(path)) as host:
            connection = engine.accept()
            serve_start(connection, limit=1)
            connection.send(wire.predict(wire.COUNTER, *[{"delta": 1, "gain": 1.0}] * 3))
            connection.receive()
            finish(connection, host)
        rows = read_json(path.read_bytes())
        assert [row["reward"] for row in rows] == [None, 0.5, None, 0.5], rows
        assert [row["statistics.episode_count"] for row in rows] == [0, 0, 1, 1], rows
        assert [row["statistics.iteration_count"] for row in rows] == [0, 1, 0, 1], rows
        assert [row["config.limit"] for row in rows] == [1.0, None, 1.0, None], rows


# Fields that one side lacks.

MORE = {
    "config": wire.schema("C", odd="int32", limit="double", text="string", half="float", yes="bool"),
    "action": wire.schema("A", delta="int32", gain="float", other="double", big="uint64", neg="int64"),
    "state": wire.schema("S", label="string", value="float"),
}


def lacking_case(suffix):
    def run():
        with Folder() as folder, Engine() as engine:
            path = folder / ("r" + suffix)
            with Host(engine, "--record", str(path)) as host:
                connection = engine.accept()
                config = {"odd": -5, "limit": 50.0, "text": 'a,"b"\r\n\u00e4\U0001f600\x7f', "half": as_float(0.1)}
                serve_start(connection, MORE, **config)
                record = Record(MORE)
                record.start({"label": "s0", "value": 0.0}, config | {"yes": False})
                action = {"delta": 1, "gain": 2.0, "other": float("inf"), "big": 2**64 - 1, "neg": -(2**63)}
                serve_step(connection, MORE, **action)
                record.step({"label": "s1", "value": 2.0}, action, 1.0)
                action = {"delta": 1, "gain": 2.0, "other": float("nan")}
                serve_step(connection, MORE, **action)
                record.step({"label": "s2", "value": 4.0}, action | {"big": 0, "neg": 0}, 2.0)
                finish(connection, host)
            compare(path, record)

    return run


tap.case("/record/68-quoting")(lacking_case(".csv"))
tap.case("/record/112-not-a-number-and-not-ascii")(lacking_case(".json"))


@tap.case("/record/name-of-the-simulator")
def name():
    with Folder() as folder, Engine() as engine:
        path = folder / "r.csv"
        with Host(engine, "--record", str(path), "--name", 'z\u00e4,"') as host:
            connection = engine.accept()
            serve_start(connection)
            finish(connection, host)
        record = Record(wire.COUNTER, simulator='z\u00e4,"')
        record.start(counter_state(0.0, 0, 0), {"limit": 0.0, "start": 0.0, "seed": 0})
        compare(path, record)


@tap.case("/record/instances-share-a-file")
def instances():
    with Folder() as folder, Engine() as engine:
        path = folder / "r.csv"
        with Host(engine, "--record", str(path), "--instances", "3") as host:
            connections = [engine.accept() for _ in range(3)]
            for number, connection in enumerate(connections):
                connection.receive()
                connection.send(wire.acknowledge(wire.COUNTER, sim_id=number + 1))
                connection.receive()
                connection.send(wire.set_properties(wire.COUNTER, limit=99))
                connection.receive()
                connection.send(wire.plain(wire.START))
                connection.receive()
            for connection in connections:
                serve_step(connection, delta=1, gain=1.0)
            for connection in connections:
                connection.send(wire.plain(wire.FINISHED))
                assert connection.receive_close() == 1000
            assert host.wait()[0] == 0
        rows = read_csv(path.read_bytes())
        assert [row["sim_id"] for row in rows] == ["1", "2", "3"] * 2, rows


@tap.case("/record/reconnect")
def reconnect():
    """Another connection goes on in the same file; counts go on, too."""
    with Folder() as folder, Engine() as engine:
        path = folder / "r.csv"
        with Host(engine, "--record", str(path)) as host:
            connection = engine.accept()
            serve_start(connection, limit=9)
            serve_step(connection, delta=1, gain=1.0)
            connection.drop()
            connection = engine.accept()
            serve_start(connection, limit=9)
            finish(connection, host)
        rows = read_csv(path.read_bytes())
        assert [row["reward"] for row in rows] == ["", "0.5", ""], rows
        assert {row["statistics.episode_count"] for row in rows} == {"0"}


@tap.case("/record/not-opened-before-the-first-row")
def lazily():
    with Folder() as folder, Engine() as engine:
        path = folder / "r.csv"
        with Host(engine, "--record", str(path)) as host:
            connection = engine.accept()
            connection.receive()
            connection.send(wire.acknowledge(wire.COUNTER))
            connection.receive()
            assert not path.exists()
            finish(connection, host)
        assert not path.exists()


@tap.case("/record/stopped-by-a-signal")
def stopped():
    with Folder() as folder, Engine() as engine:
        path = folder / "r.json"
        with Host(engine, "--record", str(path)) as host:
            connection = engine.accept()
            serve_start(connection, limit=1000)
            for step in range(50):
                serve_step(connection, delta=1, gain=1.0)
                # Each row is there before its state is sent.
                assert path.read_bytes().count(b"\n") == step + 2
            host.interrupt()
        assert len(read_json(path.read_bytes())) == 51


# Files that cannot be written.


def unwritable(make, says):
    def run():
        with Folder() as folder, Engine() as engine:
            path = make(folder)
            with Host(engine, "--record", str(path)) as host:
                connection = engine.accept()
                connection.receive()
                connection.send(wire.acknowledge(wire.COUNTER))
                connection.receive()
                connection.send(wire.plain(wire.START))
                assert connection.receive_close() == 1000
                status, text = host.wait()
                assert status == 1, text
                assert says in last_line(text) and str(path) in last_line(text), text

    return run


def pipe(folder):
    os.mkfifo(folder / "p.csv")
    return folder / "p.csv"


def loop(folder):
    os.symlink("l.csv", folder / "l.csv")
    return folder / "l.csv"


def directory(folder):
    (folder / "d.json").mkdir()
    return folder / "d.json"


def full(folder):
    os.symlink("/dev/full", folder / "f.json")
    return folder / "f.json"


for name, make, says in (
    ("is-a-folder", directory, "cannot be opened"),
    ("pipe", pipe, ""),
    ("loop", loop, "cannot be opened"),
    ("device", full, "no ordinary file"),
):
    tap.case(f"/record/unwritable/{name}")(unwritable(make, says))


@tap.case("/record/unwritable/no-folder")
def no_folder():
    """Said at the start: no engine is asked for."""
    with Folder() as folder, Engine() as engine:
        path = folder / "no/r.csv"
        with Host(engine, "--record", str(path)) as host:
            status, text = host.wait()
        assert status == 1, text
        assert str(path) in last_line(text) and f"no folder '{folder / 'no'}'" in last_line(text), text


@tap.case("/record/unwritable/full")
def no_room():
    """A limit on the size of files does what a full disk does: rows are whole or
    not there at all, and the run ends."""
    with Folder() as folder, Engine() as engine:
        path = folder / "r.json"
        host = Host(engine, "--record", str(path))
        # More than what processes share takes. SIGXFSZ is ignored in what it
        # starts, as Python ignores it.
        host.command = ["/bin/sh", "-c", 'trap "" XFSZ; ulimit -f 24; exec "$0" "$@"', *host.command]
        with host:
            connection = engine.accept()
            serve_start(connection, limit=10**6)
            try:
                for _ in range(1000):
                    serve_step(connection, delta=1, gain=1.0)
            except Exception:
                pass
            status, text = host.wait()
            assert status == 1 and str(path) in last_line(text), text
        data = path.read_bytes()
        assert data.endswith(b"}\n") and len(data) <= 24 * 1024, len(data)
        assert len(read_json(data)) > 3


tap.run()
