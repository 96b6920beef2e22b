# SPDX-License-Identifier: LGPL-2.1-or-later

"""The daemon's own engine on a private bus, with sessions and clients of it.

  test-engine.py SIMHOST PLUGIN-FOLDER"""

import os
import random
import signal
import socket
import sys
import threading
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]
sys.path += [str(HERE.parent / "server"), str(HERE.parent / "session")]

import tap
from bus import DEADLINE, KEY, ROOT, GLib
from curricula import ENDLESS
from runs import Home
from simulator import USER_AGENT, CartPole, Client
from wire import PREDICTION, STATE, values
from wsclient import Closed, Refused, Websocket

SIMHOST, PLUGINS = sys.argv[1:]


class House(Home):
    """A home with a simhost.conf."""

    def __init__(self, conf=""):
        super().__init__(SIMHOST, PLUGINS)
        self.conf = conf

    def __enter__(self):
        super().__enter__()
        self.configure(self.conf)
        return self

    def configure(self, conf):
        file = self.top / "config" / "simhost" / "simhost.conf"
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".new")
        beside.write_text(conf)
        beside.chmod(0o600)
        beside.rename(file)

    def engine(self, state):
        """What the manager says of the engine, once its state is that."""
        def look():
            it = self.manager()
            return it if it["EngineState"] == state else None
        return self.wait(look)

    def session(self, **options):
        path, = self.call(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole",
                          {name: GLib.Variant("u" if name == "version" else "s", value)
                           for name, value in options.items()})
        return path

    def teach(self, url, brain="pole", key=KEY):
        """Has the engine train a brain, as its clients do."""
        file = self.top / "program.ink"
        file.write_text(ENDLESS)
        flags = ["--url", url, "--accesskey", key]
        self.run("brain", "create", brain, file, *flags)
        self.run("brain", "start", brain, *flags)

    def the_run(self, **wanted):
        """The path and the properties of the one run that is so."""
        def look():
            return [(path, it) for path, it in self.managed().items() if "/run/" in path
                    and all(value(it[key]) if callable(value) else it[key] == value
                            for key, value in wanted.items())]
        (found,) = self.wait(look)
        return found


def takes_key(url, key=KEY):
    request = urllib.request.Request(url + "/v1/local", headers={"Authorization": key})
    try:
        with urllib.request.urlopen(request, timeout=DEADLINE) as answer:
            return answer.status == 200
    except OSError:
        return False


def free_port():
    """One that the system gives to nobody while an engine is away that comes back."""
    while True:
        port = random.randrange(20000, 32000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
            return port
        except OSError:
            pass


CONF = f"[engine]\nautostart=true\naccesskey={KEY}\n"
# For an engine that has the brain: it is started by hand the first time.
POLE = "[session pole]\nsimulator=cartpole\nautostart=%s\n"
SESSION = f"{ROOT}/session/pole"


@tap.case("/daemon/engine/sessions-train-with-it-as-runs")
def trains():
    with House(CONF) as house:
        engine = house.engine("running")
        assert engine["EngineUrl"].startswith("http://127.0.0.1:"), engine
        assert engine["EngineError"] == "", engine
        house.teach(engine["EngineUrl"])
        path, it = house.the_run(Brain="pole", State="running")
        assert it["Version"] == 1 and it["Simulator"] == "cartpole", it
        assert it["Algorithm"] == "PPO" and it["Iterations"] == 0, it
        assert it["Muscles"] == 0 and os.path.exists(f"/proc/{it['Pid']}"), it
        # A session that names no engine.
        session = house.session(brain="pole")
        its = house.run_of(session, State="running")
        assert its["Engine"] == engine["EngineUrl"] and its["Brain"] == "pole", its
        # Through the first lesson into the second.
        it = house.run_of(path, Lesson="hard", Progress=0.5)
        house.wait(lambda: house.managed()[path]["Iterations"] > it["Iterations"] > 0)
        brain = house.wait(lambda: house.brain("pole"))
        assert house.run_of(path, BrainObject=brain["path"]) and brain["Run"] == path, brain
        name, said = house.train_refused(ENDLESS, brain="pole")
        assert name == "Busy" and "being trained" in said, (name, said)
        house.call(path, "Run.Stop")
        it = house.run_of(path, State="finished")
        assert it["Reason"] == "interrupted" and it["Pid"] == 0 and it["EndTime"] > 0, it
        house.wait(house.finished)
        assert house.finished()[0][:5] == (path, "pole", 1, "interrupted", ""), house.finished()
        curve, _, lessons = house.call(path, "Run.GetCurve")
        assert len(curve) > 0 and [name for _, name in lessons] == ["easy"], lessons
        newest, = house.listed("pole")
        assert newest["iterations"] == it["Iterations"], (newest, it)
        assert house.engine("running")["EngineUrl"] == engine["EngineUrl"]


@tap.case("/daemon/engine/started-and-stopped-by-clients")
def by_clients():
    with House() as house:
        assert house.manager()["EngineState"] == "off"
        session = house.session(brain="pole")
        its = house.run_of(session, State="waiting")
        assert "there is no engine" in its["LastError"], its
        # Two ask at once: both are answered when it listens.
        asked = []
        for _ in range(2):
            house.client.call("org.simhost.Host1", ROOT, "org.simhost.Host1.Manager", "StartEngine",
                              GLib.Variant("(a{sv})", ({},)), None, 0, DEADLINE * 1000, None,
                              lambda client, result: asked.append(client.call_finish(result)))
        house.wait(lambda: len(asked) == 2)
        engine = house.manager()
        assert engine["EngineState"] == "running", engine
        house.wait(lambda: house.managed()[session]["Engine"] == engine["EngineUrl"])
        house.call(ROOT, "Manager.StartEngine")
        assert house.manager()["EngineUrl"] == engine["EngineUrl"]
        house.call(ROOT, "Manager.StopEngine")
        house.engine("off")
        house.run_of(session, State="waiting", Engine="")
        house.call(ROOT, "Manager.StopEngine")
        # Stopped while it starts, and started while it stops.
        for _ in range(3):
            house.call(ROOT, "Manager.StartEngine")
            house.call(ROOT, "Manager.StopEngine")
        house.call(ROOT, "Manager.StartEngine")
        assert house.manager()["EngineState"] == "running"
        name, said = house.refused(ROOT, "Manager.StartEngine", "(a{sv})",
                                   {"port": GLib.Variant("u", 1)})
        assert name == "Usage" and "'port'" in said, (name, said)


@tap.case("/daemon/engine/one-that-dies-comes-back-and-goes-on")
def dies():
    with House(CONF + f"listen=127.0.0.1:{free_port()}\n" + POLE % "false") as house:
        url = house.engine("running")["EngineUrl"]
        house.teach(url, "cartpole")
        house.call(SESSION, "Session.Start")
        first, it = house.the_run(State="running", Lesson="hard")
        worker = house.managed()[SESSION]["Pid"]
        os.kill(it["Pid"], signal.SIGKILL)
        lost = house.run_of(first, State="failed")
        assert "the engine was killed" in lost["Message"], lost
        second, it = house.the_run(State="running", Lesson="hard")
        # At the same address, so that its simulators find it.
        assert second != first and house.engine("running")["EngineUrl"] == url
        house.wait(lambda: house.managed()[second]["Iterations"] > it["Iterations"])
        assert house.managed()[SESSION]["Pid"] == worker
        # Too often is too often.
        for _ in range(4):
            path, it = house.the_run(State="running")
            os.kill(it["Pid"], signal.SIGKILL)
            house.run_of(path, State="failed")
        engine = house.engine("failed")
        assert "gave up after 5 deaths" in engine["EngineError"], engine
        house.run_of(SESSION, State="waiting")
        house.call(ROOT, "Manager.StartEngine")
        house.the_run(State="running")


@tap.case("/daemon/engine/trainings-stay-open-when-the-daemon-ends")
def ends():
    with House(CONF + POLE % "false") as house:
        daemon = house.start()
        house.teach(house.engine("running")["EngineUrl"], "cartpole")
        house.call(SESSION, "Session.Start")
        _, it = house.the_run(State="running", Lesson="hard")
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(DEADLINE) == 0
        assert not os.path.exists(f"/proc/{it['Pid']}")
        newest, = house.listed("cartpole")
        assert newest["iterations"] >= it["Iterations"], (newest, it)
        house.configure(CONF + POLE % "true")
        _, again = house.the_run(State="running", Lesson="hard", Version=1)
        assert again["Pid"] != it["Pid"], again


@tap.case("/daemon/engine/what-simhost.conf-says-of-it")
def conf():
    # Too long a name for any server to be asked for it, which may take its time.
    nowhere = f"{'no-such-host' * 6}.invalid:1"
    with House(f"[engine]\nautostart=true\nlisten={nowhere}\n") as house, \
            socket.create_server(("127.0.0.1", free_port())) as taken:
        engine = house.engine("failed")
        assert f"cannot listen on {nowhere}" in engine["EngineError"], engine
        name, said = house.refused(ROOT, "Manager.StartEngine")
        assert name == "Failed" and said == engine["EngineError"], (name, said)
        port = taken.getsockname()[1]
        house.configure(f"[engine]\nautostart=true\nlisten=127.0.0.1:{port}\n")
        house.wait(lambda: house.manager()["EngineError"].endswith(
            f"cannot listen on 127.0.0.1:{port}: the port is in use; choose another with --listen=HOST:PORT, "
            "or port 0 for any that is free"))
        taken.close()
        house.call(ROOT, "Manager.StartEngine")
        url = f"http://127.0.0.1:{port}"
        assert house.manager()["EngineUrl"] == url
        # Another key, and it is started again with that.
        house.configure(f"[engine]\nlisten=127.0.0.1:{port}\naccesskey={KEY}\n")
        house.wait(lambda: takes_key(url))
        # One elsewhere in its place.
        session = house.session(brain="pole")
        house.configure(f"[engine]\nurl=http://127.0.0.1:{port + 1}\naccesskey={KEY}\n")
        house.engine("off")
        house.wait(lambda: house.managed()[session]["Engine"] == f"http://127.0.0.1:{port + 1}")
        name, said = house.refused(ROOT, "Manager.StartEngine")
        assert name == "Usage" and "simhost.conf" in said, (name, said)


@tap.case("/daemon/engine/sessions-wait-for-their-brain")
def waits():
    with House(CONF) as house:
        url = house.engine("running")["EngineUrl"]
        trains, plays = house.session(brain="pole"), house.session(brain="pole", mode="predict")
        always = house.session(brain="pole", restart="always")
        third = house.session(brain="pole", mode="predict", restart="never", version=3)
        pids = {}
        for path, said in [(trains, "does not train a brain 'pole'"),
                           (plays, "has no brain 'pole' that can predict"),
                           (always, "does not train a brain 'pole'"),
                           (third, "has no version 3 of a brain 'pole'")]:
            it = house.run_of(path, State="waiting")
            assert url in it["LastError"] and said in it["LastError"], it
            assert it["Pid"] > 0 and it["Connected"] == 0, it
            pids[path] = it["Pid"]
        # Whose key is wrong waits for nothing.
        wrong = house.session(brain="pole", engine=url, accesskey="no")
        assert "access key is wrong" in house.run_of(wrong, State="failed")["LastError"]

        house.teach(url)
        for path in (trains, plays, always):
            it = house.run_of(path, State="running")
            # No worker has died of it.
            assert it["Pid"] == pids[path] and it["Restarts"] == 0 and it["LastError"] == "", it
        assert house.run_of(third, State="waiting")["Pid"] == pids[third]
        # The engine goes while one waits, and what it waits for is another thing.
        house.call(ROOT, "Manager.StopEngine")
        it = house.run_of(third, State="waiting", Pid=0)
        assert "there is no engine" in it["LastError"], it
        for path in (trains, plays, always):
            house.run_of(path, State="waiting", Pid=0)
        # The next one has brain and training from its beginning.
        house.call(ROOT, "Manager.StartEngine")
        for path in (trains, plays, always):
            assert house.run_of(path, State="running")["LastError"] == ""
        assert "has no version 3" in house.run_of(third, State="waiting", Pid=lambda pid: pid > 0)["LastError"]


def train(client):
    """Until the engine stops."""
    try:
        client.run()
    except Closed:
        pass


def play(client):
    """The action that a predictor has for a state."""
    client.register()
    client.absorb(client.receive())
    client.send(STATE, state_data=[client.entry(client.simulator.start({}))])
    message = client.receive()
    assert message.message_type == PREDICTION, message
    return values(client.schemas["action"], message.prediction_data[0].dynamic_prediction)


@tap.case("/daemon/engine/gives-its-key-to-clients-of-the-daemon")
def key():
    with House(f"[engine]\nlisten=127.0.0.1:{free_port()}\n") as house:
        name, said = house.refused(ROOT, "Manager.GetEngine")
        assert name == "NotFound" and "StartEngine" in said, (name, said)
        house.call(ROOT, "Manager.StartEngine")
        url, key = house.call(ROOT, "Manager.GetEngine")
        assert url == house.manager()["EngineUrl"] and len(key) >= 32, (url, key)
        assert takes_key(url, key) and not takes_key(url, key[::-1]) and not takes_key(url, "")
        # Whoever may look only finds it nowhere.
        assert key not in str(house.manager()) + str(house.managed())
        assert key not in Path(f"/proc/{house.pid()}/cmdline").read_text()

        # A simulator that is no plugin, and a predictor.
        port = int(url.rsplit(":", 1)[1])
        house.teach(url, key=key)
        path, it = house.the_run(Brain="pole", State="running")
        websocket = Websocket(port, "/v1/local/pole/sims/ws", key=key, headers=USER_AGENT)
        player = threading.Thread(target=train, args=(Client(websocket, CartPole(1)),))
        player.start()
        house.run_of(path, Lesson="hard", Iterations=lambda count: count > it["Iterations"])
        house.wait(lambda: (brain := house.brain("pole")) and brain["Version"] == 1)
        where = "/v1/local/pole/latest/predictions/ws"
        with Websocket(port, where, key=key, headers=USER_AGENT) as other:
            assert play(Client(other, CartPole(2)))["command"] in (0, 1)
        try:
            Websocket(port, where, key="no", headers=USER_AGENT)
            raise AssertionError("a wrong key was taken")
        except Refused as error:
            assert error.status == 401, error

        # Another engine, another key; it stays when the engine comes back by itself.
        house.call(ROOT, "Manager.StopEngine")
        player.join(DEADLINE)
        assert house.refused(ROOT, "Manager.GetEngine")[0] == "NotFound"
        house.call(ROOT, "Manager.StartEngine")
        again = house.call(ROOT, "Manager.GetEngine")
        assert again[1] != key and takes_key(*again) and not takes_key(again[0], key)
        _, it = house.the_run(State="running", Pid=lambda pid: pid not in (0, it["Pid"]))
        os.kill(it["Pid"], signal.SIGKILL)
        house.wait(lambda: house.managed() and takes_key(*again))
        assert house.call(ROOT, "Manager.GetEngine") == again
        # One of simhost.conf.
        house.configure("[engine]\nurl=http://127.0.0.1:1\naccesskey=theirs\n")
        house.wait(lambda: house.manager()["EngineState"] == "off")
        assert house.call(ROOT, "Manager.GetEngine") == ("http://127.0.0.1:1", "theirs")
        name, said = house.refused(ROOT, "Manager.GetEngine", "(a{sv})",
                                   {"new": GLib.Variant("b", True)})
        assert name == "Usage" and "'new'" in said, (name, said)


tap.run()
