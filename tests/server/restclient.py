# SPDX-License-Identifier: LGPL-2.1-or-later

"""The original library's way with brains over HTTP."""

import json
import time

from simulator import USER_AGENT, Client, Walker
from wsclient import DEADLINE

BOUNDARY = "c9a1f0e2b7"


def document(name, files, description=""):
    names = list(files)
    return json.dumps(
        {
            "name": name,
            "description": description,
            "project_file": {"name": "bonsai_brain.bproj", "content": {"files": ["*.ink"] if names else []}},
            "project_accompanying_files": names,
        }
    )


def multipart(name, files, description="", newline=b"\r\n", boundary=BOUNDARY):
    """As the original library writes it."""
    lines = [
        b"--" + boundary.encode(),
        b'Content-Disposition: form-data; name="project_data"',
        b"Content-Type: application/json",
        b"",
        document(name, files, description).encode(),
    ]
    for path, content in files.items():
        lines += [
            b"--" + boundary.encode(),
            f'Content-Disposition: attachment; name="{path}"; filename="{path}"'.encode(),
            b"Content-Type: application/octet-stream",
            f"Content-Length: {len(content)}".encode(),
            b"",
            content,
        ]
    return newline.join(lines + [b"--" + boundary.encode() + b"--", b""])


def content_type(boundary=BOUNDARY):
    return {"Content-Type": f"multipart/mixed; boundary={boundary}"}


class Brains:
    """What a user does with the brains of an engine."""

    def __init__(self, engine, user="alice"):
        self.engine = engine
        self.base = f"/v1/{user}"
        # Once it has pushed, the original library sends this with every request.
        self.headers = {}

    def request(self, method, path, body=None, headers=None):
        return self.engine.get(
            self.base + path, method=method, body=body, headers=self.headers if headers is None else headers
        )

    def get(self, path):
        return self.request("GET", path)

    def create(self, name, ink=None, description=""):
        self.headers = content_type()
        files = {} if ink is None else {name + ".ink": ink.encode()}
        return self.request("POST", "/brains", multipart(name, files, description))

    def push(self, name, ink):
        self.headers = content_type()
        return self.request("PUT", "/" + name, multipart(name, {name + ".ink": ink.encode()}))

    def train(self, name):
        return self.request("PUT", f"/{name}/train", b"")

    def stop(self, name):
        return self.request("PUT", f"/{name}/stop", b"")

    def resume(self, name, version="latest"):
        return self.request("PUT", f"/{name}/{version}/resume", b"")

    def delete(self, name):
        return self.request("DELETE", "/" + name)

    def status(self, name):
        page = self.get(f"/{name}/status")
        assert page.status == 200, page.text
        return page.json

    def state(self, name):
        return self.status(name)["state"]

    def wait_state(self, name, *states):
        """Polls as the original library's users do."""
        end = time.monotonic() + DEADLINE
        while True:
            state = self.state(name)
            if state in states:
                return state
            assert time.monotonic() < end, state


def answered(page, status=200):
    """The JSON of an answer."""
    assert page.status == status, (page.status, page.text)
    return page.json


def simulate(engine, brain, turns=30, simulator=None):
    """A simulator in training, after some turns."""
    client = Client(engine.train(brain, headers=USER_AGENT), simulator or Walker())
    client.register()
    for _ in range(turns):
        client.turn()
    return client
