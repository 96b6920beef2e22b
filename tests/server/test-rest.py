# SPDX-License-Identifier: LGPL-2.1-or-later

"""Brains over HTTP: a case for each of the protocol's points about the engine's
pages, by their numbers, and what else clients do.

Usage: test-rest.py SIMHOST
"""

import email.parser
import json
import os
import re
import socket
import sqlite3
import time

from common import equal, refused, tap
from engine import EASY, KEY, Engine, program
from restclient import BOUNDARY, Brains, answered, content_type, document, multipart, simulate
from simulator import USER_AGENT, Client, Walker
from wire import FINISHED, PREDICTION, START
from wsclient import DEADLINE, Closed

INK = program()
EASY_INK = program(training=EASY)
BAD_INK = INK.replace("source walker", "source\n      runner")


def closed_for_good(client):
    """It is told FINISHED, then closed with 1001."""
    client.until(FINISHED)
    try:
        client.websocket.receive()
    except Closed as closed:
        return closed.code == 1001
    return False


ABSENT = [
    ("GET", "/ghost"),
    ("GET", "/ghost?file=a.ink"),
    ("GET", "/ghost/status"),
    ("GET", "/ghost/sims"),
    ("GET", "/ghost/ink"),
    ("POST", "/ghost/ink"),
    ("PUT", "/ghost"),
    ("PUT", "/ghost?file=a.ink"),
    ("DELETE", "/ghost"),
    ("PUT", "/ghost/train"),
    ("PUT", "/ghost/stop"),
    ("PUT", "/ghost/latest/resume"),
    ("PUT", "/ghost/1/resume"),
    ("GET", "/ghost/latest/metrics/episode_value"),
    ("GET", "/ghost/1/metrics/test_pass_value"),
    ("GET", "/ghost/1/metrics/iterations"),
]
SOCKETS = ["ghost/ws", "ghost/sims/ws", "ghost/1/predictions/ws", "ghost/1/sims/1/logs/ws", "ghost/1/sims/1/state/ws"]


@tap.case("/rest/71-absent-brain-and-wrong-key")
def _():
    with Engine({}) as engine:
        for method, path in ABSENT:
            body = b'{"ink_content": ""}' if method != "GET" else None
            page = engine.get("/v1/alice" + path, method=method, body=body)
            equal((method, path, page.status, page.error), (method, path, 404, "BrainNotFound"))
            page = engine.get("/v1/alice" + path, method=method, body=body, key="wrong")
            equal((page.status, page.error), (401, "Unauthorized"))
        for path in SOCKETS:
            equal(refused(engine.websocket, "/v1/alice/" + path).status, 404)
            equal(refused(engine.websocket, "/v1/alice/" + path, key="wrong").status, 401)
        for path in ("/v1/alice", "/v1/userproperties", "/v1/projects/a/b", "/v1/alice/brains"):
            equal(engine.get(path, key=None).status, 401)


@tap.case("/rest/72-push-while-training-is-refused")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        answered(brains.train("lift"))
        page = brains.push("lift", EASY_INK)
        equal((page.status, page.error), (409, "BrainInTraining"))
        page = brains.request("PUT", "/lift?file=lift.ink", EASY_INK)
        equal((page.status, page.error), (409, "BrainInTraining"))
        page = brains.request("POST", "/lift/ink", json.dumps({"ink_content": EASY_INK}))
        equal((page.status, page.error), (409, "BrainInTraining"))
        page = brains.train("lift")
        equal((page.status, page.error), (409, "BrainInTraining"))
        equal(brains.get("/lift?file=lift.ink").text, INK)
        answered(brains.stop("lift"))
        brains.wait_state("lift", "Stopped")
        answered(brains.push("lift", EASY_INK))
        equal(brains.get("/lift?file=lift.ink").text, EASY_INK)


def bodies():
    good = multipart("lift", {"lift.ink": INK.encode(), "notes/a b.txt": b"\r\n--not\r\n\r\n"})
    end = f"--{BOUNDARY}--".encode()
    mark = f"--{BOUNDARY}".encode()
    assert good.endswith(b"\r\n" + end + b"\r\n")
    yield "as it is", good
    yield "no new line at the end", good[:-2]
    yield "blank at the end", good + b"  \r\n"
    yield "epilogue", good + b"what is here is not read\r\n" + mark + b"\r\n"
    yield "preamble", b"This is a message in MIME format.\r\n--other\r\n\r\n" + good
    yield "preamble with the boundary inside", b"x" + mark + b" is the boundary\r\n" + good
    yield "line feeds", good.replace(b"\r\n" + mark, b"\n" + mark)
    yield "blanks after delimiters", good.replace(mark + b"\r\n", mark + b" \t\r\n")
    yield "last part without a new line", good.replace(b"\r\n" + end, end)
    yield "headers in odd case", good.replace(b"Content-Disposition", b"CONTENT-disposition")
    yield "no length", re.sub(rb"Content-Length: \d+\r\n", b"", good)
    yield "boundary in a part", good.replace(b"--not", b"x" + mark + b"x")
    yield "boundary at the end of a line", good.replace(b"--not", b"x" + mark + b"\r\n")


@tap.case("/rest/73-multipart-of-all-sorts")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift"))
        for name, body in bodies():
            page = brains.request("PUT", "/lift", body)
            assert page.status == 200, (name, page.text)
            assert page.json["ink_compile"]["success"], (name, page.text)
            found = brains.get("/lift?file=lift.ink").text
            assert found.replace("\r\n", "\n") == INK, (name, found)
            assert "notes/a b.txt" in page.json["files"], name
        quoted = {"Content-Type": f'multipart/mixed; Boundary="{BOUNDARY}"; charset=utf-8'}
        answered(brains.request("PUT", "/lift", multipart("lift", {}), headers=quoted))


@tap.case("/rest/73-multipart-that-is-none")
def _():
    good = multipart("lift", {"lift.ink": INK.encode()})
    mark = f"--{BOUNDARY}".encode()
    bad = [
        (b"", "has no part"),
        (b"hello", "has no part"),
        (good[: len(good) // 2], "cut off"),
        (good.replace(mark + b"--", b""), "cut off"),
        (mark + b"--\r\n", "has no part"),
        (mark + b"\r\nContent-Type: text/plain\r\n" + mark + b"--", "without an empty line"),
        (good.replace(b"project_data", b"project"), "no part named 'project_data'"),
        (good.replace(b'"description"', b"description"), "project_data: "),
        (good.replace(b'filename="lift.ink"', b'filename="../lift.ink"'), "'../lift.ink' is no name for a file"),
        (good.replace(b'filename="lift.ink"', b'filename="/etc/passwd"'), "is no name for a file"),
        (good.replace(b'filename="lift.ink"', b'filename="other.ink"'), "'lift.ink' is named but was not sent"),
        (good.replace(b'; name="lift.ink"; filename="lift.ink"', b""), "neither name nor filename"),
        (good[: good.rindex(mark)] + good[good.index(mark, 5) :], "'lift.ink' is there twice"),
        (
            good[: good.rindex(mark)]
            + b"".join(mark + b'\r\nContent-Disposition: a; name="%d"\r\n\r\n\r\n' % i for i in range(300))
            + mark
            + b"--",
            "more than",
        ),
    ]
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        for body, message in bad:
            page = brains.request("PUT", "/lift", body)
            equal((page.status, page.error), (400, "InvalidRequest"))
            assert message in page.json["error"]["message"], (message, page.text)
        for kind in ("multipart/mixed", "multipart/mixed; boundary=", "multipart/mixed; boundary=" + "x" * 71):
            page = brains.request("PUT", "/lift", good, headers={"Content-Type": kind})
            equal((page.status, page.error), (400, "InvalidRequest"))
        equal(brains.get("/lift?file=lift.ink").text, INK)
        equal(brains.state("lift"), "Inkling Loaded")


@tap.case("/rest/73-projects-that-are-too-large")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        files = {"lift.ink": INK.encode(), "table.csv": b"1" * (640 * 1024 - len(INK) - 200)}
        answered(brains.create("lift"))
        answered(brains.request("PUT", "/lift", multipart("lift", files)))
        files["table.csv"] += b"1" * 300
        page = brains.request("PUT", "/lift", multipart("lift", files))
        equal((page.status, page.error), (413, "RequestTooLarge"))
        files["table.csv"] *= 2
        page = brains.request("PUT", "/lift", multipart("lift", files))
        equal((page.status, page.error), (413, "RequestTooLarge"))
        # Nor is a brain made of it.
        files["table.csv"] = b"1" * (640 * 1024)
        page = brains.request("POST", "/brains", multipart("other", files), headers=content_type())
        equal((page.status, page.error, brains.get("/other").status), (413, "RequestTooLarge", 404))
        # In pieces, without saying how much will come.
        page = brains.request("PUT", "/lift", iter([b"x" * 10000] * 200))
        equal((page.status, page.error), (413, "RequestTooLarge"))
        equal(len(brains.get("/lift?file=table.csv").text), 640 * 1024 - len(INK) - 200)


@tap.case("/rest/74-compile-errors-have-line-and-column")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        compiled = answered(brains.create("lift", BAD_INK))["ink_compile"]
        equal((compiled["success"], compiled["inkling_version"]), (False, "2.0"))
        (error,) = compiled["errors"]
        lines = BAD_INK.splitlines()
        equal(lines[error["line"] - 1][error["column"] - 1 :], "runner")
        assert "runner" in error["text"] and error["code"], error
        equal(brains.state("lift"), "Not Started")
        page = brains.train("lift")
        equal((page.status, page.error), (400, "InklingError"))
        assert f"line {error['line']}, column {error['column']}" in page.json["error"]["message"]
        # It is stored all the same.
        equal(brains.get("/lift?file=lift.ink").text, BAD_INK)
        compiled = answered(brains.push("lift", INK))["ink_compile"]
        equal((compiled["success"], compiled["errors"]), (True, []))
        page = answered(brains.request("PUT", "/lift?file=lift.ink", BAD_INK, headers={"Content-Type": "text/plain"}))
        equal((page["success"], page["errors"]), (False, [error]))
        assert page["compiler_version"]
        page = answered(brains.request("POST", "/lift/ink", json.dumps({"ink_content": INK})))
        equal((page["success"], page["errors"]), (True, []))
        page = answered(brains.get("/lift/ink"))
        equal((page["success"], page["ink_content"]), (True, INK))
        page = brains.request("POST", "/lift/ink", json.dumps({"ink": INK}))
        equal((page.status, page.error), (400, "InvalidRequest"))
        # Names are the same in whatever case; so is the program.
        answered(brains.request("POST", "/LIFT/ink", json.dumps({"ink_content": EASY_INK})))
        equal(brains.get("/lift?file=lift.ink").text, EASY_INK)
        equal(brains.get("/lift?file=LIFT.ink").status, 404)


@tap.case("/rest/74-programs-that-compile-and-cannot-be-trained")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        sac = program(lessons='algorithm { Algorithm: "SAC" } lesson one { }')
        (error,) = answered(brains.create("sac", sac))["ink_compile"]["errors"]
        assert "SAC needs every part" in error["text"], error
        equal(sac.splitlines()[error["line"] - 1][error["column"] - 1 :][:5], '"SAC"')
        for name, ink, message in (
            ("text", program(state="x: number, s: string"), "state field 's' is text"),
        ):
            assert answered(brains.create(name, ink))["ink_compile"]["success"]
            page = brains.train(name)
            equal((page.status, page.error), (400, "CannotBeTrained"))
            assert message in page.json["error"]["message"], page.text
            equal(brains.state(name), "Inkling Loaded")


@tap.case("/rest/75-status-in-each-state-of-a-life")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        page = answered(brains.create("lift", description="goes up"))
        equal((page["name"], page["description"], page["url"]), ("lift", "goes up", "/v1/alice/lift"))
        equal(page["files"], ["bonsai_brain.bproj"])
        status = brains.status("lift")
        equal((status["state"], status["version"], status["versions"]), ("Not Started", 0, []))
        page = brains.train("lift")
        equal((page.status, page.error), (400, "NoInkling"))
        answered(brains.push("lift", INK))
        status = brains.status("lift")
        equal((status["state"], status["version"]), ("Inkling Loaded", 1))
        equal(answered(brains.get("/lift/sims")), {"walker": {"active": [], "inactive": []}})
        started = answered(brains.train("lift"))
        equal(
            {name: started[name] for name in started if name != "compiler_version"},
            {
                "user": "alice",
                "name": "lift",
                "version": 1,
                "brain_url": "/v1/alice/lift",
                "simulator_connect_url": "/v1/alice/lift/sims/ws",
                "simulator_predictions_url": "/v1/alice/lift/1/predictions/ws",
                "manage_simulator": False,
            },
        )
        status = brains.status("lift")
        equal((status["state"], status["version"]), ("In Progress", 1))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", status["training_start"])
        client = simulate(engine, "lift")
        status = brains.status("lift")
        assert status["iteration"] > 0 and status["simulator_loaded"]
        begun = time.monotonic()
        answered(brains.stop("lift"))
        # Its episode has to end first, for which there is a second.
        state = brains.state("lift")
        assert state == "Finishing" or time.monotonic() >= begun + 1, state
        assert closed_for_good(client)
        equal(brains.wait_state("lift", "Stopped"), "Stopped")
        status = brains.status("lift")
        assert status["training_end"] >= status["training_start"]
        equal([version["version"] for version in status["versions"]], [1])
        page = brains.stop("lift")
        equal((page.status, page.error), (409, "Conflict"))

        answered(brains.push("lift", EASY_INK))
        status = brains.status("lift")
        equal((status["state"], status["version"]), ("Inkling Loaded", 2))
        equal(answered(brains.train("lift"))["version"], 2)
        assert Client(engine.train("lift", headers=USER_AGENT), Walker()).run()
        equal(brains.wait_state("lift", "Completed"), "Completed")
        info = answered(brains.get("/lift"))
        equal([version["version"] for version in info["versions"]], [2, 1])
        equal(info["description"], "goes up")
        # Trained again without a push it is a new version.
        equal(answered(brains.train("lift"))["version"], 3)
        listed = answered(brains.get(""))["brains"]
        equal([(brain["name"], brain["state"], brain["version"]) for brain in listed], [("lift", "In Progress", 3)])


@tap.case("/rest/76-latest-numeric-and-absent-versions")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", EASY_INK))
        for version in (1, 2):
            answered(brains.train("lift"))
            assert Client(engine.train("lift", headers=USER_AGENT), Walker()).run()
            brains.wait_state("lift", "Completed")
        for version in ("latest", "0", "2", "1"):
            points = answered(brains.get(f"/lift/{version}/metrics/episode_value"))
            equal([point["value"] for point in points], [10, 10, 10])
        page = brains.get("/lift/3/metrics/episode_value")
        equal((page.status, page.error), (404, "VersionNotFound"))
        equal(brains.get("/lift/first/metrics/episode_value").error, "NotFound")
        equal(brains.get("/lift/latest/metrics/nothing").error, "NotFound")
        for version in ("latest", "0", "1", "2"):
            with engine.predict("lift", version):
                pass
        for version in ("3", "None", "-1", "x", "99999999999"):
            equal(refused(engine.predict, "lift", version).status, 404)


@tap.case("/rest/77-two-simulators-and-an-unknown-one")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        answered(brains.train("lift"))
        first, second = simulate(engine, "lift"), simulate(engine, "lift")
        assert first.sim_id != second.sim_id
        active = answered(brains.get("/lift/sims"))["walker"]["active"]
        equal({one["sim_id"] for one in active}, {first.sim_id, second.sim_id})
        equal(brains.status("lift")["simulators"][0]["instances"], 2)
        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        client.register("runner")
        try:
            client.receive()
            raise AssertionError("it was not closed")
        except Closed as closed:
            equal(closed.code, 4043)
            assert "runner" in closed.reason


@tap.case("/rest/78-stop-sends-simulators-away")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        answered(brains.train("lift"))
        playing = [simulate(engine, "lift") for _ in range(3)]
        waiting = engine.train("lift", headers=USER_AGENT)  # does not register
        answered(brains.stop("lift"))
        for client in playing:
            assert closed_for_good(client)
        try:
            waiting.receive()
            raise AssertionError("it was not closed")
        except Closed as closed:
            equal(closed.code, 1001)
        equal(brains.wait_state("lift", "Stopped"), "Stopped")
        # Who comes later hears the same.
        late = Client(engine.train("lift", headers=USER_AGENT), Walker())
        late.register()
        try:
            while True:
                late.receive()
        except Closed as closed:
            equal(closed.code, 1001)


@tap.case("/rest/79-resume-goes-on-with-the-same-version")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        page = brains.resume("lift")
        equal((page.status, page.error), (404, "BrainNotFound"))
        assert "has no version that was saved" in page.json["error"]["message"], page.json
        answered(brains.train("lift"))
        client = simulate(engine, "lift")
        page = brains.resume("lift")
        equal((page.status, page.error), (409, "Conflict"))
        answered(brains.stop("lift"))
        assert closed_for_good(client)
        brains.wait_state("lift", "Stopped")
        before = brains.status("lift")["iteration"]
        assert before > 0
        equal(answered(brains.resume("lift"))["version"], 1)
        status = brains.status("lift")
        equal((status["state"], status["version"], status["iteration"]), ("In Progress", 1, before))
        client = simulate(engine, "lift")
        answered(brains.stop("lift"))
        assert closed_for_good(client)
        brains.wait_state("lift", "Stopped")
        status = brains.status("lift")
        assert status["iteration"] > before
        equal([version["version"] for version in status["versions"]], [1])
        points = answered(brains.get("/lift/1/metrics/episode_value"))
        episodes = [point["episode"] for point in points]
        equal(episodes, list(range(1, len(points) + 1)))
        equal(answered(brains.resume("lift", 1))["version"], 1)
        answered(brains.stop("lift"))
        brains.wait_state("lift", "Stopped")
        page = brains.resume("lift", 7)
        equal((page.status, page.error), (404, "BrainNotFound"))


def configs(client, count):
    """Those of the next episodes."""
    found = []
    while len(found) < count:
        if client.turn().message_type == START:
            found.append(client.config["start"])
    return found


@tap.case("/rest/79-resume-goes-on-with-other-episodes")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", program(lessons="lesson one { scenario { start: number<0 .. 1> } }")))
        answered(brains.train("lift"))
        client = simulate(engine, "lift", turns=0)
        before = configs(client, 5)
        answered(brains.stop("lift"))
        assert closed_for_good(client)
        brains.wait_state("lift", "Stopped")
        answered(brains.resume("lift"))
        after = configs(simulate(engine, "lift", turns=0), 5)
        equal(len({*before, *after}), 10)


@tap.case("/rest/80-delete-while-training")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        answered(brains.train("lift"))
        client = simulate(engine, "lift")
        equal(answered(brains.delete("lift")), {})
        equal(brains.get("/lift").status, 404)
        assert closed_for_good(client)
        equal(answered(brains.get(""))["brains"], [])
        equal(brains.delete("lift").status, 404)
        equal(os.listdir(os.path.join(engine.data, "brains")), [])
        # The name is used up, in whatever case.
        for name in ("lift", "LIFT"):
            page = brains.create(name, INK)
            equal((page.status, page.error), (409, "Conflict"))
            assert "deleted" in page.json["error"]["message"]


@tap.case("/rest/80-delete-what-is-trained-from-a-file")
def _():
    with Engine({"lift": INK}) as engine:
        brains = Brains(engine)
        page = brains.delete("lift")
        equal((page.status, page.error), (409, "Conflict"))
        answered(brains.stop("lift"))
        engine.wait_event("finished", reason="interrupted")
        answered(brains.delete("lift"))
        equal(brains.get("/lift").status, 404)


@tap.case("/rest/102-multipart-type-without-a-body")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        equal(brains.headers, content_type())
        for path in ("", "/lift", "/lift/status", "/lift/sims", "/lift/latest/metrics/iterations", "/lift?file=lift.ink"):
            equal(brains.get(path).status, 200)
        answered(brains.train("lift"))
        answered(brains.stop("lift"))
        brains.wait_state("lift", "Stopped")
        answered(brains.delete("lift"))
        # Some send the Content-Length of a body that is none, and leave.
        with socket.create_connection(("127.0.0.1", engine.port), timeout=DEADLINE) as plain:
            plain.sendall(
                f"PUT /v1/alice/ghost/train HTTP/1.1\r\nHost: x\r\nAuthorization: {KEY}\r\n"
                "Content-Type: multipart/mixed; boundary=a\r\nContent-Length: 0\r\n\r\n".encode()
            )
            assert plain.recv(100).startswith(b"HTTP/1.1 404")


@tap.case("/rest/103-every-error-has-code-and-message")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        errors = [
            engine.get("/", key=None),
            engine.get("/nothing"),
            engine.get("/v1/alice/lift", method="PATCH"),
            engine.get("/v1/alice/lift/sims/ws"),
            brains.create("lift", INK),
            brains.create("a_b"),
            brains.create("a b"),
            brains.create(""),
            brains.create("brains"),
            brains.create("x" * 65),
            brains.request("POST", "/brains", b"{}", headers={"Content-Type": "application/json"}),
            brains.request("POST", "/brains", b"no", headers={"Content-Type": "application/json"}),
            brains.request("POST", "/brains", b'{"name": 1}', headers={}),
            brains.request("POST", "/brains", b"{" * 10000, headers={}),
            brains.request("POST", "/brains", b"\xff\x00", headers={}),
            brains.get("/lift?file=nothing"),
            brains.request("PUT", "/lift?file=../x", b""),
            brains.get("/lift/9/metrics/iterations"),
            engine.get("/v1/projects/samples/cartpole"),
        ]
        for page in errors:
            assert 400 <= page.status < 500, (page.status, page.text)
            error = page.json["error"]
            assert error["code"] and error["message"], page.text
            assert page.headers["spanid"]
            assert page.headers["content-type"] == "application/json"


@tap.case("/rest/104-predictions-of-no-version")
def _():
    with Engine({"lift": EASY_INK}) as engine:
        assert Client(engine.train("lift", headers=USER_AGENT), Walker()).run()
        engine.wait_event("finished")
        equal(refused(engine.predict, "lift", "None").status, 404)
        with engine.predict("lift", "0"):
            pass


@tap.case("/rest/100-simulator-comes-back-after-a-drop")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        answered(brains.train("lift"))
        client = simulate(engine, "lift")
        client.websocket.socket.close()
        # The engine takes it at once, under a new id, and goes on.
        again = simulate(engine, "lift")
        assert again.sim_id != client.sim_id
        equal(brains.state("lift"), "In Progress")


@tap.case("/rest/project-of-many-files")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        files = {
            "main.ink": INK.encode(),
            "data/table.csv": "ä;ö\r\n".encode(),
            "empty.txt": b"",
            "ä; ö=%20'.txt": b"x",
        }
        page = answered(
            brains.request("POST", "/brains", multipart("lift", files, "many"), headers=content_type())
        )
        equal(set(page["files"]), {"bonsai_brain.bproj", *files})
        assert page["ink_compile"]["success"]
        equal(brains.state("lift"), "Inkling Loaded")
        # All of them, read by somebody else's parser.
        page = brains.request("GET", "/lift", headers={"Accept": "multipart/mixed"})
        whole = f"Content-Type: {page.headers['content-type']}\r\n\r\n{page.text}"
        parts = email.parser.Parser().parsestr(whole).get_payload()
        equal(parts[0].get_param("name", header="content-disposition"), "project_data")
        equal(json.loads(parts[0].get_payload())["description"], "many")
        found = {part.get_filename(): part.get_payload() for part in parts[1:]}
        for name, content in files.items():
            equal(found[name], content.decode())
        page = brains.request("GET", "/lift", headers={"Accept": "multipart/mixed"})
        answered(brains.request("PUT", "/lift", page.text.encode(), {"Content-Type": page.headers["content-type"]}))
        equal(brains.get("/lift?file=data%2Ftable.csv").text, files["data/table.csv"].decode())
        # A second program: which one?
        page = answered(brains.request("PUT", "/lift?file=other.ink", INK))
        assert not page["success"] and "several" in page["errors"][0]["text"]
        page = answered(brains.request("PUT", "/lift?file=lift.ink", INK))
        assert page["success"]


@tap.case("/rest/create-from-json-alone")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        page = answered(
            brains.request(
                "POST",
                "/brains",
                json.dumps({"name": "Lift", "description": "\u00e4", "project_type": "inkling"}),
                headers={"Content-Type": "application/json"},
            )
        )
        equal((page["name"], page["description"], page["files"]), ("Lift", "\u00e4", []))
        equal(page["ink_compile"]["success"], True)
        page = brains.create("LIFT")
        equal((page.status, page.error), (409, "BrainExists"))
        answered(
            brains.request("PUT", "/lift", document("lift", {}), headers={"Content-Type": "application/json"})
        )
        equal(brains.state("lift"), "Not Started")


@tap.case("/rest/many-brains-at-once")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        names = [f"lift-{i}" for i in range(6)]
        for name in names:
            answered(brains.create(name, INK))
            answered(brains.train(name))
        clients = {name: simulate(engine, name) for name in names}
        for _ in range(50):
            for client in clients.values():
                client.turn()
        for name in names:
            assert brains.status(name)["iteration"] > 40
        answered(brains.stop(names[0]))
        assert closed_for_good(clients.pop(names[0]))
        brains.wait_state(names[0], "Stopped")
        for client in clients.values():
            client.turn()
        states = {brain["name"]: brain["state"] for brain in answered(brains.get(""))["brains"]}
        equal(states.pop(names[0]), "Stopped")
        equal(set(states.values()), {"In Progress"})


@tap.case("/rest/metrics-while-training-and-after")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        equal(answered(brains.get("/lift/latest/metrics/episode_value")), [])
        answered(brains.train("lift"))
        client = simulate(engine, "lift")
        client.until(PREDICTION)
        points = answered(brains.get("/lift/latest/metrics/episode_value"))
        assert len(points) >= 2
        equal(sorted(points[0]), ["concept", "episode", "iteration", "lesson", "time", "value"])
        equal(
            [points[0][name] for name in ("episode", "value", "concept", "lesson")], [1, 10, "Steer", "one"]
        )
        for before, after in zip(points, points[1:]):
            equal(after["episode"], before["episode"] + 1)
            assert after["iteration"] > before["iteration"]
        equal(answered(brains.get("/lift/1/metrics/test_pass_value")), [])
        for point in answered(brains.get("/lift/1/metrics/iterations")):
            equal(sorted(point), ["time", "value"])
        # The database, read by another program.
        with sqlite3.connect(os.path.join(engine.data, "history.db")) as database:
            rows = database.execute(
                "SELECT value FROM point JOIN run ON run.id = point.run JOIN brain ON brain.id = run.brain "
                "WHERE brain.name = 'lift' AND metric = 0"
            ).fetchall()
        assert len(rows) >= len(points)


@tap.case("/rest/a-test-pass-after-each-20-training-episodes")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        answered(brains.train("lift"))
        client = simulate(engine, "lift", turns=0)
        # An episode is a START, ten PREDICTIONs and a STOP.
        while client.log.count(START) < 44:
            client.turn()
        points = answered(brains.get("/lift/1/metrics/test_pass_value"))
        equal([(point["episode"], point["iteration"], point["value"]) for point in points],
              [(20, 200, 10), (40, 400, 10)])
        # The 43rd is over, of which two were passes.
        points = answered(brains.get("/lift/1/metrics/episode_value"))
        equal(points[-1]["episode"], 41)
        equal(points[-1]["iteration"], 410)


def event(watcher):
    return json.loads(watcher.receive_text())


def wait_for(watcher, **members):
    while True:
        found = event(watcher)
        if members.items() <= found.items():
            return found


@tap.case("/rest/watching-a-brain")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        answered(brains.create("lift", INK))
        watcher = engine.websocket("/v1/alice/lift/ws")
        equal(event(watcher), {"type": "PROPERTY_CHANGED", "property": "state", "value": "Inkling Loaded"})
        equal(event(watcher), {"type": "CONCEPTS_SET", "concepts": []})
        equal(event(watcher), {"type": "PROPERTY_CHANGED", "property": "version", "value": 1})
        answered(brains.push("lift", INK))
        files = {event(watcher)["filename"] for _ in range(2)}
        equal(files, {"lift.ink", "bonsai_brain.bproj"})
        equal(event(watcher), {"type": "FILES_UPDATED"})
        answered(brains.train("lift"))
        equal(event(watcher)["value"], "Starting")
        equal(event(watcher), {"type": "TRAINING_INITIALIZED"})
        equal(event(watcher)["value"], "In Progress")
        (concept,) = event(watcher)["concepts"]
        equal((concept["name"], concept["algorithm"], concept["is_estimator"]), ("Steer", "PPO", False))
        client = simulate(engine, "lift")
        point = wait_for(watcher, type="ADD_DATA_POINT")
        equal((point["metric"], point["value"], point["concept"], point["lesson"]), ("episode_value", 10, "Steer", "one"))
        answered(brains.stop("lift"))
        assert closed_for_good(client)
        wait_for(watcher, property="state", value="Stopped")
        answered(brains.delete("lift"))
        try:
            while True:
                event(watcher)
        except Closed as closed:
            equal(closed.code, 1001)


FIRST_INK = """concept Seek is estimator
  predicts (Float32{-1:1} delta)
  follows input(Double value, Double min, Double max)
  feeds output
end
simulator find_center(Double{0:-0.5:-2} min, Double{0..10:5} max)
end
curriculum C train Seek with simulator find_center objective closeness
  lesson one configure constrain min with Double{-1} until distance <= 0.5
end
"""


@tap.case("/rest/inkling-version-is-the-programs")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        for name, ink, success, version in (
            ("second", INK, True, "2.0"),
            ("first", FIRST_INK, True, "1.0"),
            ("first-broken", FIRST_INK.replace("Double{-1}", "Double{"), False, "1.0"),
            ("second-broken", BAD_INK, False, "2.0"),
            ("nonsense", "\x00\xff", False, "2.0"),
            ("blank", None, True, "2.0"),
        ):
            compiled = answered(brains.create(name, ink))["ink_compile"]
            found = compiled["success"], compiled["inkling_version"]
            equal((name, *found), (name, success, version))


tap.run()
