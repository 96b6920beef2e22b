# SPDX-License-Identifier: LGPL-2.1-or-later

"""Every endpoint of the original platform, and the few of ours alone: what it
answers in a brain's life, and to those who ask wrongly.

Usage: test-endpoints.py SIMHOST REST.MD
"""

import json
import re
import sys

from common import equal, tap
from engine import KEY, Engine, program
from restclient import Brains, answered, content_type, document, multipart, simulate
from wire import START
from wsclient import Refused

INK = program()
FILES = {"lift.ink": INK.encode(), "notes/a.txt": b"hello"}
JSON = {"Content-Type": "application/json"}

PROJECT = {"name", "description", "url", "files", "ink_compile"}
COMPILED = {"success", "errors", "warnings", "compiler_version"}
TRAINING = {
    *("user", "name", "version", "brain_url", "simulator_connect_url", "simulator_predictions_url"),
    *("manage_simulator", "compiler_version"),
}
STATUS = {
    *("name", "user", "state", "version", "versions", "concepts", "episode", "episode_length", "iteration"),
    *("objective_name", "objective_score", "models", "simulator_loaded", "simulator_manageable", "simulators"),
    *("test_episode", "test_episode_length", "test_objective_score", "training_start", "training_end"),
}
POINT = {"episode", "lesson", "concept", "value", "iteration", "time"}


def keys(expected):
    """A JSON object with these members."""
    return lambda page: equal(set(page.json), set(expected))


def rows(expected):
    """A JSON array, not empty, of objects with these members."""
    return lambda page: equal([set(row) for row in page.json], [set(expected)] * max(1, len(page.json)))


def text(expected):
    return lambda page: equal(page.text, expected)


def kind(expected):
    """The Content-Type begins so."""

    def check(page):
        assert page.headers["content-type"].startswith(expected) and page.body, page.headers

    return check


# In the order of a brain's life: method, path as docs/rest.md has it, what stands
# for its words, the check of the answer, and what is sent.
LIFE = [
    ("POST", "/v1/USER/brains", {}, keys(PROJECT), {"body": document("lift", {}), "headers": JSON}),
    ("PUT", "/v1/USER/BRAIN", {}, keys(PROJECT), {"body": multipart("lift", FILES), "headers": content_type()}),
    ("PUT", "/v1/USER/BRAIN?file=NAME", {"NAME": "lift.ink"}, keys(COMPILED), {"body": INK}),
    ("POST", "/v1/USER/BRAIN/ink", {}, keys(COMPILED), {"body": json.dumps({"ink_content": INK})}),
    ("GET", "/v1/USER/BRAIN/ink", {}, keys(COMPILED | {"ink_content"}), {}),
    ("GET", "/v1/USER/BRAIN?file=NAME", {"NAME": "notes/a.txt"}, text("hello"), {}),
    ("PUT", "/v1/USER/BRAIN/train", {}, keys(TRAINING), {"body": '{"manage_simulator": false}', "headers": JSON}),
    ("websocket", "/v1/USER/BRAIN/ws", {}, None, {}),
    ("websocket", "/v1/USER/BRAIN/sims/ws", {}, None, {}),
    ("websocket", "/v1/USER/BRAIN/VERSION/sims/NUMBER/logs/ws", {}, None, {}),
    ("websocket", "/v1/USER/BRAIN/VERSION/sims/NUMBER/state/ws", {}, None, {}),
    ("GET", "/v1/USER/BRAIN/sims", {}, lambda page: equal(set(page.json["walker"]), {"active", "inactive"}), {}),
    ("play", None, {}, None, {}),
    ("PUT", "/v1/USER/BRAIN/stop", {}, keys(TRAINING), {"body": ""}),
    ("GET", "/v1/USER/BRAIN/status", {}, keys(STATUS), {}),
    ("GET", "/v1/USER", {}, keys({"user", "brains", "datasets"}), {}),
    ("GET", "/v1/USER/BRAIN", {}, keys({"name", "user", "description", "versions"}), {}),
    ("GET", "/v1/USER/BRAIN", {}, kind("multipart/mixed"), {"headers": {"Accept": "multipart/mixed"}}),
    ("GET", "/v1/USER/BRAIN/VERSION/metrics/episode_value", {}, rows(POINT), {}),
    ("GET", "/v1/USER/BRAIN/VERSION/metrics/test_pass_value", {}, rows(POINT), {}),
    ("GET", "/v1/USER/BRAIN/VERSION/metrics/iterations", {}, rows({"value", "time"}), {}),
    ("GET", "/v1/USER/BRAIN/VERSION/metrics/episode_success", {}, text("[]"), {}),
    ("GET", "/v1/USER/BRAIN/VERSION/policy.onnx", {}, kind("application/octet-stream"), {}),
    ("websocket", "/v1/USER/BRAIN/VERSION/predictions/ws", {}, None, {}),
    ("PUT", "/v1/USER/BRAIN/VERSION/resume", {}, keys(TRAINING), {"body": ""}),
    ("DELETE", "/v1/USER/BRAIN", {}, text("{}"), {}),
    ("GET", "/v1/projects/curricula/NAME", {"NAME": "cartpole"}, keys({"name", "description", "project_accompanying_files"}), {}),
    ("GET", "/v1/userproperties", {}, keys({"properties"}), {}),
    ("GET", "/metrics", {}, kind("text/plain"), {}),
]
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")


def fill(path, words, brain="lift"):
    for word, value in ({"USER": "alice", "BRAIN": brain, "VERSION": "1", "NUMBER": "1"} | words).items():
        path = re.sub(rf"\b{word}\b", value, path)
    return path


def handshake(engine, path, **arguments):
    """The status that it is answered with."""
    try:
        engine.websocket(path, **arguments).socket.close()
    except Refused as error:
        assert json.loads(error.body)["error"]["message"]
        return error.status
    return 101


def play(engine):
    """Some episodes, and a test pass."""
    client = simulate(engine, "lift", 0)
    for _ in range(25):
        client.answer(client.until(START))
    client.websocket.socket.close()


def ask(engine, method, path, **arguments):
    return engine.get(path, method=method, **arguments)


def check_good(engine, brains, method, path, check, sent):
    if method == "websocket":
        equal((path, handshake(engine, path)), (path, 101))
        return
    page = ask(engine, method, path, **sent)
    assert page.status == 200 and page.headers["spanid"], (method, path, page.status, page.text)
    check(page)
    if method == "GET":
        head = ask(engine, "HEAD", path, **sent)
        types = [answer.headers["content-type"].split(";")[0] for answer in (head, page)]
        equal((path, head.status, head.body, types[0]), (path, 200, b"", types[1]))
    if path.endswith("/stop"):
        brains.wait_state("lift", "Stopped")


@tap.case("/endpoints/in-a-brains-life")
def _():
    with Engine({}) as engine:
        for method, path, words, check, sent in LIFE:
            if method == "play":
                play(engine)
            else:
                check_good(engine, Brains(engine), method, fill(path, words), check, sent)


def endpoints():
    return {(method, path): words for method, path, words, _, _ in LIFE if path is not None}


@tap.case("/endpoints/the-page-lists-all-and-no-others")
def _():
    with open(sys.argv[2], encoding="utf-8") as file:
        listed = set(re.findall(r"^\| (\w+) \| `(/[^`]+)` \|", file.read(), re.M))
    equal(listed ^ set(endpoints()), set())


def error_of(page):
    """Its status and code; its body and headers are those of every error."""
    equal(set(page.json), {"error"})
    equal(set(page.json["error"]), {"code", "message"})
    assert page.json["error"]["message"] and "\n" not in page.json["error"]["message"], page.text
    equal(page.headers["content-type"], "application/json")
    assert page.headers["spanid"]
    return page.status, page.error


@tap.case("/endpoints/want-the-key")
def _():
    with Engine({"lift": INK}) as engine:
        for (method, path), words in endpoints().items():
            path = fill(path, words)
            for key in (None, KEY + "x"):
                if method == "websocket":
                    equal((path, handshake(engine, path, key=key)), (path, 401))
                else:
                    equal((path, error_of(ask(engine, method, path, key=key))), (path, (401, "Unauthorized")))
        equal(engine.get("/v1/alice/lift").status, 200)


@tap.case("/endpoints/a-brain-that-there-is-not")
def _():
    with Engine({}) as engine:
        for (method, path), words in endpoints().items():
            if "BRAIN" not in path:
                continue
            path = fill(path, words, "ghost")
            if method == "websocket":
                equal((path, handshake(engine, path)), (path, 404))
            else:
                page = ask(engine, method, path, body='{"ink_content": ""}' if method == "POST" else None)
                equal((path, error_of(page)), (path, (404, "BrainNotFound")))


@tap.case("/endpoints/other-methods")
def _():
    with Engine({"lift": INK}) as engine:
        for path in {path.split("?")[0] for _, path in endpoints()}:
            own = {method for method, other in endpoints() if other.split("?")[0] == path}
            allowed = (own | {"HEAD"} if "GET" in own else own) - {"websocket"} or {"GET", "HEAD"}
            words = {"NAME": "cartpole"}
            for method in METHODS:
                if method in allowed:
                    continue
                page = engine.get(fill(path, words), method=method)
                equal((method, path, error_of(page)), (method, path, (405, "MethodNotAllowed")))
                equal((path, set(page.headers["allow"].split(", "))), (path, allowed))
            head = engine.get(fill(path, words), method="HEAD")
            equal((path, head.status == 405, head.body), (path, "HEAD" not in allowed, b""))
            if "websocket" in own:
                equal((path, error_of(engine.get(fill(path, words)))), (path, (426, "UpgradeRequired")))


@tap.case("/endpoints/errors-quote-what-is-no-text")
def _():
    with Engine({}) as engine:
        answered(Brains(engine).create("lift", INK))
        for name in ("%ff", "%EB" * 200, "%C3%A4" * 200, "..%2f%0a%1b[31m"):
            equal(error_of(engine.get("/v1/alice/lift?file=" + name)), (404, "FileNotFound"))
            page = ask(engine, "PUT", "/v1/alice/lift?file=../" + name, body="x")
            equal(error_of(page), (400, "InvalidRequest"))
        answered(ask(engine, "PUT", "/v1/alice/lift?file=lift.ink", body=b'inkling "\xff'))
        equal(engine.get("/v1/alice/lift/ink").json["ink_content"], 'inkling "\ufffd')


tap.run()
