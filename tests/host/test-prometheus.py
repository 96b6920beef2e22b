# SPDX-License-Identifier: LGPL-2.1-or-later

"""Pages for Prometheus, read by Prometheus's own library for Python.

Usage: test-prometheus.py PAGE_WRITER
"""

import math
import os
import subprocess
import sys
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "plugins"))

import tap  # noqa: E402
from prometheus_client.parser import text_string_to_metric_families  # noqa: E402

LABELS = ["plain", "", 'a "quote"', "back\\slash", "two\nlines", "\\n", "ends in \\", "{a=\"b\"} 1", "größe, ✓", "#"]
NUMBERS = [0, -0.0, 1, -1.5, 0.1, 1e-300, 1.7976931348623157e308, 2**53, 123456789, math.inf, -math.inf]


def page(help, samples, **environment):
    arguments = [text for value, label in samples for text in (repr(float(value)), label)]
    return subprocess.run(
        [sys.argv[1], help, *arguments], stdout=subprocess.PIPE, check=True, env=os.environ | environment
    ).stdout


def families(text):
    return {family.name: family for family in text_string_to_metric_families(text.decode())}


@tap.case("/prometheus/labels-and-help-come-back")
def _():
    help = 'Of "all" sorts, with \\ and\na line.'
    found = families(page(help, [(i, label) for i, label in enumerate(LABELS)]))["test_size_bytes"]
    assert found.type == "gauge"
    assert found.documentation == help, found.documentation
    assert [(s.labels["name"], s.value) for s in found.samples] == [(l, i) for i, l in enumerate(LABELS)]
    assert all(s.labels["kind"] == "none" for s in found.samples)


@tap.case("/prometheus/numbers-come-back-in-any-locale")
def _():
    for locale in ("C", "de_DE.UTF-8"):
        text = page("Numbers.", [(number, "x") for number in NUMBERS] + [(math.nan, "x")], LC_ALL=locale)
        values = [sample.value for sample in families(text)["test_size_bytes"].samples]
        assert values[:-1] == NUMBERS and math.isnan(values[-1]), values


@tap.case("/prometheus/what-is-no-text-is-replaced")
def _():
    found = families(page("Bytes.", [(1, b"a\xff".decode("utf-8", "surrogateescape"))]))
    assert found["test_size_bytes"].samples[0].labels["name"] == "a\ufffd"


@tap.case("/prometheus/a-metric-without-samples-and-counters")
def _():
    text = page("Nothing.", [])
    found = families(text)
    assert found["test_size_bytes"].samples == []
    (done,) = found["test_done"].samples
    assert (found["test_done"].type, done.name, done.labels, done.value) == ("counter", "test_done_total", {}, 2)
    assert text.endswith(b"\n")


@tap.case("/prometheus/the-process")
def _():
    before = time.time()
    found = families(page("Nothing.", []))
    value = {name: family.samples[0].value for name, family in found.items() if name.startswith("process_")}
    assert set(value) == {
        "process_cpu_seconds",
        "process_resident_memory_bytes",
        "process_open_fds",
        "process_max_fds",
        "process_start_time_seconds",
    }, value
    assert 0 <= value["process_cpu_seconds"] < 60
    assert 2**16 < value["process_resident_memory_bytes"] < 2**31
    assert 3 <= value["process_open_fds"] <= value["process_max_fds"]
    # The kernel counts from its start in hundredths, and tells that in seconds.
    assert abs(value["process_start_time_seconds"] - before) < 60
    (build,) = found["simhost_build_info"].samples
    assert build.value == 1 and build.labels["version"]


tap.run()
