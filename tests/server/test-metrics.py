# SPDX-License-Identifier: LGPL-2.1-or-later

"""The page for Prometheus, read by Prometheus's own library for Python.

Usage: test-metrics.py SIMHOST
"""

import re
import time

from common import equal, tap, trained
from engine import EASY, KEY, Engine, program
from prometheus_client.parser import text_string_to_metric_families
from restclient import Brains, answered, simulate
from simulator import Client, Walker
from wire import FINISHED, PREDICTION, START, STATE
from wsclient import DEADLINE

# Every state that docs/rest.md lists but the one that is told to watchers alone.
STATES = {"Not Started", "Inkling Loaded", "In Progress", "Finishing", "Stopped", "Completed", "Error"}
GOAL = program(training="EpisodeIterationLimit: 10, LessonSuccessThreshold: 1").replace(
    "curriculum {", "curriculum { goal (state: State) { reach Far: state.x in Goal.RangeAbove(4) }"
)


def scrape(engine, **arguments):
    page = engine.get("/metrics", **arguments)
    assert page.status == 200, page.text
    equal(page.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8")
    return {family.name: family for family in text_string_to_metric_families(page.text)}


def figures(families, name):
    """The samples of a metric, by their labels' values in the order of labels."""
    return {tuple(v for _, v in sorted(s.labels.items())): s.value for s in families[name].samples}


def states(engine):
    found = figures(scrape(engine), "simhost_brain_state")
    for brain in {brain for brain, _ in found}:
        equal({state for name, state in found if name == brain}, STATES)
    assert set(found.values()) <= {0, 1}
    return {key for key, value in found.items() if value == 1}


@tap.case("/metrics/names-types-and-help")
def _():
    with Engine({"lift": program()}) as engine:
        text = engine.get("/metrics").text
        types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
        equal(set(types.values()), {"counter", "gauge"})
        for name, kind in types.items():
            assert name.startswith(("simhost_", "process_")), name
            equal((name, name.endswith("_total")), (name, kind == "counter"))
            equal((name, len(re.findall(rf"^# HELP {name} [A-Z0-9].*\.$", text, re.M))), (name, 1))
            equal((name, len(re.findall(rf"^# TYPE {name} ", text, re.M))), (name, 1))
        samples = set(re.findall(r"^([a-z_]+)[{ ]", text, re.M))
        assert samples <= set(types), samples - set(types)


@tap.case("/metrics/the-life-of-a-brain")
def _():
    with Engine({}) as engine:
        brains = Brains(engine)
        equal(states(engine), set())
        answered(brains.create("lift"))
        equal(states(engine), {("lift", "Not Started")})
        answered(brains.push("lift", program()))
        equal(states(engine), {("lift", "Inkling Loaded")})
        assert not scrape(engine)["simhost_training_iterations"].samples
        answered(brains.train("lift"))
        answered(brains.create("other"))
        equal(states(engine), {("lift", "In Progress"), ("other", "Not Started")})

        # Four episodes of ten iterations are over when the fifth begins.
        client = simulate(engine, "lift", 0)
        for _ in range(4):
            client.answer(client.until(START))
        fifth = client.until(START)
        status = brains.status("lift")
        found = scrape(engine)
        equal(figures(found, "simhost_training_iterations"), {("lift", "1"): status["iteration"]})
        equal(figures(found, "simhost_training_episodes"), {("lift", "1"): status["episode"]})
        equal(figures(found, "simhost_training_mean_return"), {("lift", "1"): 10})
        equal(figures(found, "simhost_training_simulators"), {("lift", "1"): 1})
        equal(figures(found, "simhost_training_lesson"), {("lift", "1"): 1})
        equal(figures(found, "simhost_training_lessons"), {("lift", "1"): 1})
        equal(figures(found, "simhost_brain_version"), {("lift",): 1, ("other",): 0})
        equal(found["simhost_training_success_ratio"].samples, [])
        equal((status["iteration"], status["episode"]), (40, 4))

        client.answer(fifth)
        answered(brains.stop("lift"))
        client.until(FINISHED)
        brains.wait_state("lift", "Stopped")
        equal(states(engine), {("lift", "Stopped"), ("other", "Not Started")})
        saved = figures(scrape(engine), "simhost_brain_saved_timestamp_seconds")
        equal(set(saved), {("lift",)})
        assert abs(saved["lift",] - time.time()) < 60


@tap.case("/metrics/success-of-goals")
def _():
    with Engine({"lift": GOAL}) as engine:
        client = simulate(engine, "lift", 0)
        for length in (10, 3, 10, 10):
            # Only those of ten steps get beyond 4.
            client.simulator.length = length
            client.answer(client.until(START))
        client.until(START)
        equal(figures(scrape(engine), "simhost_training_success_ratio"), {("lift", "1"): 0.75})


@tap.case("/metrics/predictions")
def _():
    with Engine({"lift": program(training=EASY)}) as engine:
        trained(engine, "lift")
        equal(figures(scrape(engine), "simhost_predictions"), {(): 0})
        clients = [Client(engine.predict("lift", version), Walker()) for version in ("latest", 1)]
        for client in clients:
            client.register()
            client.absorb(client.receive())
        for number in range(5):
            client = clients[number % 2]
            client.send(STATE, state_data=[client.entry({"x": 0.5})])
            equal(client.receive().message_type, PREDICTION)
        found = scrape(engine)
        equal(figures(found, "simhost_predictions"), {(): 5})
        equal(figures(found, "simhost_prediction_simulators"), {("lift",): 2})
        # What was counted stays so when nobody asks any more.
        for client in clients:
            client.websocket.close()
        end = time.monotonic() + DEADLINE
        while figures(found, "simhost_prediction_simulators") != {("lift",): 0}:
            assert time.monotonic() < end
            found = scrape(engine)
        equal(figures(found, "simhost_predictions"), {(): 5})


@tap.case("/metrics/who-may-have-it")
def _():
    with Engine({}) as engine:
        for key in (KEY, "Bearer " + KEY, "bearer " + KEY):
            scrape(engine, key=key)
        for key in (None, "", "wrong", "Bearer", "Bearer wrong", "Bearer Bearer " + KEY, "Basic " + KEY):
            page = engine.get("/metrics", key=key)
            equal((page.status, page.error), (401, "Unauthorized"))
        equal(engine.get("/metrics", method="HEAD").status, 200)
        for method in ("POST", "PUT", "DELETE"):
            page = engine.get("/metrics", method=method)
            equal((page.status, page.error, page.headers["allow"]), (405, "MethodNotAllowed", "GET, HEAD"))


tap.run()
