# SPDX-License-Identifier: LGPL-2.1-or-later

"""The daemon's page for Prometheus, read by Prometheus's own library for Python.

  test-metrics.py SIMHOST PLUGIN-FOLDER DOCUMENT"""

import http.client
import re
import socket
import sys
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "plugins")]

from prometheus_client.parser import text_string_to_metric_families

import tap
from bus import DEADLINE, KEY, ROOT, Bus, GLib
from curricula import ENDLESS

SIMHOST, PLUGINS, DOCUMENT = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
STATES = {"stopped", "waiting", "starting", "connecting", "running", "restarting", "stopping",
          "finished", "failed"}


class Host(Bus):
    def __init__(self):
        super().__init__(SIMHOST)

    def watched(self, *flags):
        """Starts a daemon that tells where its page is."""
        child = self.start(*flags, wait=False)
        self.url = self.told(child)
        self.wait(lambda: self.pid() == child.pid)
        return child

    def told(self, child):
        for line in child.stderr:
            if found := re.search("metrics are at (http://.*)$", line):
                return found[1]
        raise AssertionError("there is no page")

    def configure(self, text):
        file = self.top / "config" / "simhost" / "simhost.conf"
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_suffix(".new")
        beside.write_text(text)
        beside.chmod(0o600)
        beside.rename(file)

    def ask(self, method="GET", path="/metrics", body=None):
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(where.hostname, where.port, timeout=DEADLINE)
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer, text

    def scrape(self):
        answer, text = self.ask()
        assert answer.status == 200, text
        assert answer.getheader("content-type") == "text/plain; version=0.0.4; charset=utf-8"
        return {family.name: {tuple(sample.labels.values()): sample.value
                              for sample in family.samples}
                for family in text_string_to_metric_families(text)}

    def is_refused(self, url):
        where = urlsplit(url)
        try:
            socket.create_connection((where.hostname, where.port), DEADLINE).close()
        except ConnectionRefusedError:
            return True
        return False


@tap.case("/daemon/metrics/names-types-and-help-as-documented")
def form():
    with Host() as host:
        host.watched("--metrics", "127.0.0.1:0")
        _, text = host.ask()
        types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
        assert set(types.values()) == {"counter", "gauge"}, types
        for name, kind in types.items():
            assert name.startswith(("simhost_", "process_")), name
            assert name.endswith("_total") == (kind == "counter"), name
            assert len(re.findall(rf"^# HELP {name} [A-Z0-9].*\.$", text, re.M)) == 1, name
        samples = set(re.findall(r"^([a-z_]+)[{ ]", text, re.M))
        assert samples <= set(types), samples - set(types)
        documented = set(re.findall(r"^\| `(simhost_[a-z_]+)", DOCUMENT.read_text(), re.M))
        assert documented == {name for name in types if name.startswith("simhost_")}, \
            documented ^ set(types)


@tap.case("/daemon/metrics/what-there-is-and-what-it-does")
def story():
    with Host() as host:
        host.watched("--metrics", "127.0.0.1:0")
        page = host.scrape()
        assert page["simhost_plugins"] == {("usable",): 0, ("failed",): 0}, page
        assert page["simhost_simulators"] == {(): 0} and not page["simhost_session_info"], page
        host.add(PLUGINS / "cartpole.so")
        (host.plugins / "broken.so").write_bytes(b"no plugin")
        host.wait(lambda: host.scrape()["simhost_plugins"] == {("usable",): 1, ("failed",): 1})
        assert host.scrape()["simhost_simulators"] == {(): 1}

        path, = host.call(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole", {
            "name": GLib.Variant("s", "pole"), "instances": GLib.Variant("u", 3),
            "engine": GLib.Variant("s", host.serve("cartpole")),
            "accesskey": GLib.Variant("s", KEY)})
        host.call(ROOT, "Manager.StartSession", "(sa{sv})", "cartpole", {
            "name": GLib.Variant("s", "other"), "mode": GLib.Variant("s", "predict")})
        host.wait(lambda: host.scrape()["simhost_session_connected_instances"] ==
                  {("other",): 0, ("pole",): 3})
        page = host.wait(lambda: (it := host.scrape())["simhost_session_mean_return"] and it)
        assert page["simhost_session_info"] == {("other", "cartpole", "cartpole", "predict"): 1,
                                                ("pole", "cartpole", "cartpole", "train"): 1}
        states = page["simhost_session_state"]
        assert {state for _, state in states} == STATES, states
        assert {key for key, value in states.items() if value == 1} == \
            {("pole", "running"), ("other", "waiting")}, states
        assert page["simhost_session_instances"] == {("other",): 1, ("pole",): 3}
        assert page["simhost_session_mean_return"].keys() == {("pole",)}, page
        assert page["simhost_session_restarts"] == {("other",): 0, ("pole",): 0}
        assert page["simhost_session_episodes"][("pole",)] > 0
        # At most a second old.
        memory = lambda: host.scrape()["simhost_session_worker_resident_memory_bytes"]
        host.wait(lambda: memory()[("pole",)] > 1 << 20)
        assert memory().keys() == {("pole",)}, memory()
        started = page["simhost_session_worker_start_time_seconds"]
        assert started.keys() == {("pole",)}, started
        assert 0 <= started[("pole",)] - page["process_start_time_seconds"][()] < 2 * DEADLINE
        # Counters only grow, and are what the bus says.
        before = page["simhost_session_iterations"][("pole",)]
        host.wait(lambda: host.scrape()["simhost_session_iterations"][("pole",)] > before)
        host.call(path, "Session.Stop")
        host.wait(lambda: host.managed()[path]["State"] == "stopped")
        page = host.scrape()
        host.wait(lambda: host.managed()[path]["IterationCount"] ==
                  page["simhost_session_iterations"][("pole",)])
        assert page["simhost_session_state"][("pole", "stopped")] == 1
        assert not page["simhost_session_worker_resident_memory_bytes"], page
        host.call(path, "Session.Delete")
        assert ("pole",) not in host.scrape()["simhost_session_instances"]

        # A training, while it goes on.
        run, = host.call(ROOT, "Manager.Train", "(sa{sv})", ENDLESS, {
            "brain": GLib.Variant("s", "learner"), "muscles": GLib.Variant("u", 1)})
        host.wait(lambda: host.scrape()["simhost_training_iterations"].get(("learner", "1"), 0) > 0)
        host.wait(lambda: host.scrape()["simhost_training_episodes"][("learner", "1")] > 0)
        host.call(run, "Run.Stop")
        host.wait(lambda: not host.scrape()["simhost_training_iterations"])


@tap.case("/daemon/metrics/other-requests")
def requests():
    with Host() as host:
        host.watched("--metrics", "localhost:0")
        for path in ("/", "/metrics/", "/metricsx", "/v1/local", "/" + "x" * 2000):
            answer, text = host.ask(path=path)
            assert answer.status == 404 and "/metrics" in text, (path, text)
        for method in ("POST", "PUT", "DELETE"):
            answer, text = host.ask(method, body="x" * 100000)
            assert answer.status == 405 and answer.getheader("allow") == "GET, HEAD", text
        answer, text = host.ask("HEAD")
        assert answer.status == 200 and text == ""
        where = urlsplit(host.url)
        for garbage in (b"\0" * 1000, b"GET /metrics HTTP/9.9\r\n\r\n", b"\r\n\r\n", b"GET"):
            with socket.create_connection((where.hostname, where.port), DEADLINE) as peer:
                peer.sendall(garbage)
        assert host.scrape()["process_open_fds"][()] > 0


@tap.case("/daemon/metrics/addresses")
def addresses():
    with Host() as host:
        for wrong in ("", "nonsense", "127.0.0.1", "example.org:80", "127.0.0.1:x", ":9100"):
            said = host.run("daemon", "--metrics", wrong, status=2).stderr
            assert said.count("\n") == 1 and "HOST:PORT" in said, said
        with socket.create_server(("127.0.0.1", 0)) as taken:
            address = "%s:%d" % taken.getsockname()
            said = host.run("daemon", "--metrics", address, status=1).stderr
            assert said.count("\n") == 1 and f"cannot listen on {address}" in said, said

            # In the file it is a warning.
            host.configure(f"[daemon]\nmetrics={address}\n")
            child = host.start()
            warning, = host.wait(lambda: host.manager()["Warnings"])
            assert warning.endswith(f"simhost.conf: [daemon] metrics: cannot listen on {address}: "
                                    "the port is in use; choose another with --metrics=HOST:PORT, "
                                    "or port 0 for any that is free"), warning
        # Elsewhere, elsewhere again, and nowhere.
        host.configure("[daemon]\nmetrics=127.0.0.1:0\n")
        host.url = first = host.told(child)
        assert host.scrape()["simhost_build_info"] and host.manager()["Warnings"] == []
        host.configure("[daemon]\nmetrics=localhost:0\n")
        host.url = host.told(child)
        assert host.url != first and host.scrape() and host.is_refused(first)
        host.configure("")
        host.wait(lambda: host.is_refused(host.url))


@tap.case("/daemon/metrics/the-command-comes-first")
def first():
    with Host() as host:
        host.configure("[daemon]\nmetrics=127.0.0.1:1\n")
        host.watched("--metrics", "127.0.0.1:0")
        assert host.scrape() and host.manager()["Warnings"] == []


tap.run()
