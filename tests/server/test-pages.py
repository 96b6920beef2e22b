# SPDX-License-Identifier: LGPL-2.1-or-later

"""The pages that programs for the original platform read, and handshakes.

Usage: test-pages.py SIMHOST
"""

import http.client
import socket
import time

from common import equal, refused, tap, trained
from engine import EASY, KEY, Engine, program
from simulator import USER_AGENT, Client, Walker
from wire import PREDICTION
from wsclient import DEADLINE


@tap.case("/server/pages/need-a-key")
def _():
    with Engine({"lift": program()}) as engine:
        for key in (None, "", "wrong", KEY[:-1], KEY + "x", KEY.upper(), "Bearer " + KEY):
            for path in ("/v1/alice", "/v1/alice/lift", "/v1/nothing/here", "/nowhere"):
                page = engine.get(path, key=key)
                equal((page.status, page.error), (401, "Unauthorized"))
                assert page.headers["spanid"]
            equal(refused(engine.train, "lift", key=key).status, 401)
            equal(refused(engine.predict, "lift", key=key).status, 401)
        equal(engine.get("/v1/alice").status, 200)


@tap.case("/server/pages/brain-in-training")
def _():
    with Engine({"lift": program()}) as engine:
        equal(engine.get("/v1/alice").json["brains"][0]["name"], "lift")
        info = engine.get("/v1/alice/lift")
        equal(info.headers["content-type"], "application/json")
        equal(info.json["versions"], [])
        equal((info.json["name"], info.json["user"]), ("lift", "alice"))
        status = engine.get("/v1/alice/lift/status").json
        equal((status["state"], status["version"]), ("In Progress", 1))
        equal((status["simulators"], status["simulator_loaded"]), ([], False))
        equal(engine.get("/v1/alice/lift/sims").json, {"walker": {"active": [], "inactive": []}})

        client = Client(engine.train("lift", headers=USER_AGENT), Walker())
        client.register()
        for _ in range(30):
            client.turn()
        sims = engine.get("/v1/alice/lift/sims").json
        equal(sims["walker"]["active"], [{"sim_id": client.sim_id}])
        status = engine.get("/v1/alice/lift/status").json
        equal(status["simulators"][0]["name"], "walker")
        assert status["simulators"][0]["sample_rate"] >= 0
        assert status["iteration"] > 0 and status["episode"] > 0
        equal(status["concepts"][0]["algorithm"], "PPO")


@tap.case("/server/pages/brain-that-is-stored")
def _():
    with Engine({"lift": program(training=EASY), "other": program()}) as engine:
        trained(engine, "lift")
        info = engine.get("/v1/bob/lift").json
        equal(info["versions"], [{"url": "/v1/bob/lift/1", "version": 1}])
        status = engine.get("/v1/bob/lift/status").json
        equal((status["state"], status["version"]), ("Completed", 1))
        equal(status["versions"][0]["reward"], 10.0)
        with Engine({}, data=engine.data) as second:
            equal(second.get("/v1/bob/lift/status").json["state"], "Completed")
            equal(second.get("/v1/bob/LIFT").json["name"], "lift")
            equal(second.get("/v1/bob/lift/sims").json, {"walker": {"active": [], "inactive": []}})
            names = [brain["name"] for brain in second.get("/v1/bob").json["brains"]]
            equal(names, ["lift"])
            equal(refused(second.train, "lift").status, 404)


@tap.case("/server/pages/unknown")
def _():
    with Engine({"lift": program()}) as engine:
        for path in ("ghost", "ghost/status", "ghost/sims", "a%2Fb", "%C3%A9", "x" * 200):
            page = engine.get("/v1/alice/" + path)
            equal((page.status, page.error), (404, "BrainNotFound"))
        for path in ("/", "/v1", "/v2/alice", "/v1/alice/lift/ghost", "/v1/alice/lift/1/x/y/z"):
            page = engine.get(path)
            equal((page.status, page.error), (404, "NotFound"))
        equal(refused(engine.train, "ghost").status, 404)
        equal(refused(engine.predict, "ghost").status, 404)
        equal(refused(engine.predict, "lift").status, 404)
        equal(refused(engine.websocket, "/v1/alice/ghost/ws").status, 404)


@tap.case("/server/pages/methods")
def _():
    with Engine({"lift": program()}) as engine:
        allowed = {
            "/v1/alice": "GET, HEAD",
            "/v1/alice/lift/sims/ws": "GET, HEAD",
            "/v1/alice/lift": "GET, HEAD, PUT, DELETE",
            "/v1/alice/brains": "POST",
            "/v1/alice/lift/train": "PUT",
            "/v1/alice/lift/ink": "GET, HEAD, POST",
        }
        for path, methods in allowed.items():
            for method in ("GET", "POST", "PUT", "DELETE", "PATCH"):
                if method in methods:
                    continue
                page = engine.get(path, method=method, body=b"{}")
                equal((page.status, page.error), (405, "MethodNotAllowed"))
                equal(page.headers["allow"], methods)
        page = engine.get("/v1/alice/lift", method="HEAD")
        equal((page.status, page.text), (200, ""))


def exchange(plain, data):
    """What comes back; nothing when the server just closes."""
    try:
        plain.sendall(data)
        return plain.recv(100)
    except ConnectionError:
        return b""


@tap.case("/server/pages/requests-of-odd-clients")
def _():
    with Engine({"lift": program()}) as engine:
        # After a push the original library goes on sending this header.
        page = engine.get(
            "/v1/alice/lift", headers={"Content-Type": "multipart/mixed; boundary=abc"}
        )
        equal(page.status, 200)
        equal(engine.get("/v1/alice/lift", headers={"Range": "bytes=0-3,5-9"}).status, 200)
        equal(engine.get("/v1/alice/lift/status?file=x&y").status, 200)
        equal(engine.get("/v1/alice/lift/").status, 200)
        # A body that nobody asked for, in pieces.
        page = engine.get(
            "/v1/alice/lift",
            body=iter([b"x" * 1000] * 10),  # without a length: chunked
        )
        equal(page.status, 200)
        page = engine.get("/v1/alice/lift", body=b"x" * 800000)
        equal((page.status, page.error), (413, "RequestTooLarge"))
        with socket.create_connection(("127.0.0.1", engine.port), timeout=DEADLINE) as plain:
            assert not exchange(
                plain, b"GET /v1/alice HTTP/1.1\r\nX: " + b"y" * 100000 + b"\r\n\r\n"
            ).startswith(b"HTTP/1.1 2")
        with socket.create_connection(("127.0.0.1", engine.port), timeout=DEADLINE) as plain:
            assert not exchange(plain, b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n").startswith(
                b"HTTP/1.1 2"
            )
        equal(engine.get("/v1/alice").status, 200)


@tap.case("/server/pages/crowd-of-idle-connections")
def _():
    with Engine({"lift": program()}) as engine:
        kept = engine.train("lift")
        crowd = [
            socket.create_connection(("127.0.0.1", engine.port), timeout=DEADLINE)
            for _ in range(520)
        ]
        # There is room for 512: the rest are sent away at once.
        for plain in crowd[512:]:
            equal(exchange(plain, b""), b"")
        # Websockets are not among them.
        client = Client(kept, Walker())
        client.register()
        message = client.until(PREDICTION)
        for plain in crowd:
            plain.close()
        client.answer(message)
        client.turn()
        # There is room again as soon as the engine has seen them go.
        end = time.monotonic() + DEADLINE
        while True:
            try:
                equal(engine.get("/v1/alice").status, 200)
                break
            except (ConnectionError, http.client.HTTPException):
                assert time.monotonic() < end


@tap.case("/server/handshake")
def _():
    with Engine({"lift": program()}) as engine:
        page = engine.get("/v1/alice/lift/sims/ws")
        equal((page.status, page.error), (426, "UpgradeRequired"))
        equal(page.headers["upgrade"], "websocket")
        page = engine.get(
            "/v1/alice/lift/sims/ws",
            headers={
                "Upgrade": "websocket",
                "Connection": "Upgrade",
                "Sec-WebSocket-Version": "12",
                "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
            },
        )
        equal(page.status, 426)
        with engine.train("lift") as socket_:
            assert socket_.headers["spanid"]
            assert "sec-websocket-protocol" not in socket_.headers
        with engine.train("lift", headers={"Sec-WebSocket-Protocol": "bonsaiauth"}) as socket_:
            equal(socket_.headers["sec-websocket-protocol"], "bonsaiauth")
        with engine.train("lift", headers={"Sec-WebSocket-Protocol": ""}) as socket_:
            assert "sec-websocket-protocol" not in socket_.headers
        offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
        with engine.train("lift", headers=offer) as socket_:
            assert "sec-websocket-extensions" not in socket_.headers
        # Names are the same in whatever case.
        with engine.train("LIFT") as socket_:
            assert socket_.close()


tap.run()
