# SPDX-License-Identifier: LGPL-2.1-or-later

"""An engine under test: `simhost serve` with a store of its own."""

import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import threading

from wsclient import DEADLINE, Websocket, request

KEY = "a-key-for-tests"

PROGRAM = """inkling "2.0"
type State {{ {state} }}
type Action {{ {action} }}
type Config {{ {config} }}
simulator {simulator} (action: Action, config: Config): State {{ }}
graph (input: State): Action {{
  concept Steer (input): Action {{
    curriculum {{
      source {simulator}
      training {{ {training} }}
      {lessons}
    }}
  }}
  output Steer
}}
"""

# Met as soon as three episodes of ten steps with reward 1 are over.
EASY = "EpisodeIterationLimit: 10, LessonRewardThreshold: 5, LessonAssessmentWindow: 3"
# Never met.
ENDLESS = "EpisodeIterationLimit: 10, LessonRewardThreshold: 1000000"


def program(
    simulator="walker",
    state="x: number, v: Number.Float32",
    action="push: Number.Int8<left = 0, right = 1>",
    config="start: number, mass: Number.Float32",
    training=ENDLESS,
    lessons="lesson one { scenario { start: 0.5 } }",
):
    return PROGRAM.format(**locals())


class Engine:
    """Serves the given programs, {brain: text}. Stopped at the end of a with."""

    simhost = None  # the executable; set by the test program

    def __init__(self, programs, flags=(), data=None, environment=None):
        self.folder = tempfile.mkdtemp(prefix="simhost-server-")
        self.data = data or os.path.join(self.folder, "data")
        files = []
        for brain, text in programs.items():
            files.append(os.path.join(self.folder, brain + ".ink"))
            with open(files[-1], "w", encoding="utf-8") as file:
                file.write(text)
        self.stderr = open(os.path.join(self.folder, "stderr"), "w", encoding="utf-8")
        self.process = subprocess.Popen(
            [self.simhost, "serve", "--listen", "127.0.0.1:0", "--accesskey", KEY]
            + ["--json", *flags, *files],
            env=os.environ | {"SIMHOST_DATA_HOME": self.data} | (environment or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.stderr,
            text=True,
        )
        self.events = []
        self.sockets = []
        self._queue = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        listening = self.wait_event("listening")
        self.url = listening["url"]
        self.port = int(re.fullmatch(r"http://127\.0\.0\.1:(\d+)", self.url)[1])

    def _read(self):
        for line in self.process.stdout:
            self._queue.put(json.loads(line))
        self._queue.put(None)

    def wait_event(self, name, **members):
        """The next event of that name with those members."""
        while True:
            event = self._queue.get(timeout=DEADLINE)
            assert event is not None, f"no event {name}: {self.errors()}"
            self.events.append(event)
            if event["event"] == name and members.items() <= event.items():
                return event

    def errors(self):
        # Not by the descriptor that it writes to: both would have one position.
        with open(self.stderr.name, encoding="utf-8") as file:
            return file.read()

    def get(self, path, **arguments):
        return request(self.port, path, **({"key": KEY} | arguments))

    def websocket(self, path, **arguments):
        self.sockets.append(Websocket(self.port, path, **({"key": KEY} | arguments)))
        return self.sockets[-1]

    def train(self, brain, **arguments):
        return self.websocket(f"/v1/alice/{brain}/sims/ws", **arguments)

    def predict(self, brain, version="latest", **arguments):
        return self.websocket(
            f"/v1/alice/{brain}/{version}/predictions/ws", **arguments
        )

    def stop(self, number=signal.SIGTERM):
        """Stops it if it still runs; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(DEADLINE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # What is left of a test; nobody is to wait for it.
        for websocket in self.sockets:
            websocket.socket.close()
        try:
            status = self.stop()
            assert status == 0, f"exit status {status}: {self.errors()}"
        finally:
            self.stderr.close()
            self.process.stdout.close()
            shutil.rmtree(self.folder)
