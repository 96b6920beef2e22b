# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the test programs of the server share. To be imported first: it finds
the modules of other folders, and the executable."""

import json
import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
sys.path += [os.path.join(_here, "..", "session"), os.path.join(_here, "..", "plugins")]

import tap  # noqa: E402, F401
from engine import Engine  # noqa: E402
from simulator import USER_AGENT, Client, Walker  # noqa: E402
from wsclient import Refused  # noqa: E402

Engine.simhost = sys.argv[1]

# Seconds in which a simulator must end its episode once its training is over; then
# it is told FINISHED all the same.
STOP_DEADLINE = 1


def equal(found, expected):
    assert found == expected, f"found {found!r}, expected {expected!r}"


def refused(function, *arguments, **keywords):
    """The Refused that it raises."""
    try:
        function(*arguments, **keywords)
    except Refused as error:
        assert json.loads(error.body)["error"]["message"]
        return error
    raise AssertionError("it was not refused")


def trained(engine, brain):
    """A brain that has been trained in no time."""
    assert Client(engine.train(brain, headers=USER_AGENT), Walker()).run()
    engine.wait_event("finished", brain=brain)
