# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the conformance tests share: the engine's side of a dialogue with
`simhost run witness`, message by message, and the calls that the simulator saw.

To be imported first: it finds the modules of other folders.

  test-NAME.py SIMHOST FOLDER-OF-THE-WITNESS"""

import os
import sys
import tempfile
from pathlib import Path

_here = Path(__file__).parent
sys.path[1:1] = [str(_here.parent / folder) for folder in ("session", "plugins")]

import tap  # noqa: E402, F401
import wire  # noqa: E402
from google.protobuf import descriptor_pb2  # noqa: E402
from host import Host, last_line  # noqa: E402
from wsserver import Engine  # noqa: E402

LUMINANCE = "bonsai.inkling_types.proto.Luminance"
# Type codes that wire.TYPES lacks: plain fields never have them.
TYPES = wire.TYPES | {
    "fixed64": 6,
    "group": 10,
    "message": 11,
    "enum": 14,
    "sfixed32": 15,
    "sfixed64": 16,
    "sint32": 17,
    "sint64": 18,
}
IMAGE = wire.schema("Luminance", width="uint32", height="uint32", pixels="bytes")


def schema(name, fields):
    """A DescriptorProto. A field is its type, or (type, number), or a
    dictionary of what a FieldDescriptorProto holds; numbers go up from 1."""
    result = descriptor_pb2.DescriptorProto(name=name)
    for number, (field, kind) in enumerate(fields.items(), 1):
        if isinstance(kind, str):
            kind = (kind, number)
        if isinstance(kind, tuple):
            kind = {"type": TYPES[kind[0]], "number": kind[1]}
        result.field.add(name=field, **({"number": number} | kind))
    return result


def image(dot=""):
    return {"type": TYPES["message"], "type_name": dot + LUMINANCE}


CONFIG = {"real": "double", "whole": "int32", "limit": "uint32"}
ACTION = {"real": "double"}
STATE = {"real": "double", "step": "uint32"}


def schemas(config=CONFIG, action=ACTION, state=STATE, names=("Config", "Action", "State")):
    parts = zip(("config", "action", "state"), names, (config, action, state))
    return {part: schema(name, fields) for part, name, fields in parts}


PLAIN = schemas()


class Play:
    """One engine and one `simhost run`, from the handshake on."""

    def __init__(self, *flags, simulator="witness", schemas=PLAIN, sim_id=7):
        self.schemas = schemas
        self.sim_id = sim_id
        self.folder = tempfile.TemporaryDirectory()
        self.log = Path(self.folder.name, "calls")
        self.engine = Engine()
        self.host = Host(self.engine, "--seed", "0", *flags, simulator=simulator, WITNESS_LOG=str(self.log))
        self.seen = 0  # lines of the log

    def __enter__(self):
        self.host.__enter__()
        self.connection = self.engine.accept()
        self.register()
        return self

    def __exit__(self, *error):
        self.host.__exit__(*error)
        self.engine.listener.close()
        self.folder.cleanup()

    # Raw.

    def send(self, data):
        self.connection.send(data)

    def ask(self, data):
        """Sends bytes; gives the answer, a SimulatorToServer."""
        self.send(data)
        answer = wire.read(self.connection.receive())
        assert answer.sim_id == self.sim_id or answer.message_type == wire.REGISTER, answer
        return answer

    def refused(self, data, *says):
        """Sends bytes that end the run: closed in good order, status 1, one last
        line that holds these words."""
        self.send(data)
        self.refuses(*says)

    def refuses(self, *says):
        assert self.connection.receive_close() == 1000
        status, text = self.host.wait()
        assert status == 1, (status, text)
        for words in says:
            assert words in last_line(text), (words, text)

    # Messages.

    def register(self):
        self.registration = wire.read(self.connection.receive())
        assert self.registration.message_type == wire.REGISTER, self.registration

    def reconnect(self):
        self.connection = self.engine.accept()
        self.register()

    def ready(self, data):
        answer = self.ask(data)
        assert answer.message_type == wire.READY and not answer.state_data, answer

    def states(self, data):
        """Sends bytes; gives the entries of the STATE that answers them."""
        answer = self.ask(data)
        assert answer.message_type == wire.STATE, answer
        return list(answer.state_data)

    def acknowledge(self):
        self.ready(wire.acknowledge(self.schemas, self.sim_id))

    def properties(self, reward="", **config):
        self.ready(wire.set_properties(self.schemas, reward, **config))

    def start(self):
        (entry,) = self.states(wire.plain(wire.START))
        return entry

    def begin(self, reward="", **config):
        """Into the first episode."""
        self.acknowledge()
        self.properties(reward, **config)
        return self.start()

    def predict(self, *actions):
        return self.states(wire.predict(self.schemas, *actions))

    def predict_bytes(self, *actions):
        message = wire.ServerToSimulator(message_type=wire.PREDICTION)
        for action in actions:
            message.prediction_data.add().dynamic_prediction = action
        return self.states(message.SerializeToString())

    def stop(self):
        self.ready(wire.plain(wire.STOP))

    def reset(self):
        self.ready(wire.plain(wire.RESET))

    def finish(self):
        """The end in good order; gives what the host said."""
        self.send(wire.plain(wire.FINISHED))
        assert self.connection.receive_close() == 1000
        status, text = self.host.wait()
        assert status == 0, text
        return text

    # What came of it.

    def values(self, entry):
        return wire.values(self.schemas["state"], entry.state)

    def calls(self):
        """The calls since the last time, in one line. The host answers a
        message after the calls for it: what is due is there."""
        lines = self.log.read_text().splitlines()
        new, self.seen = lines[self.seen :], len(lines)
        return ", ".join(line.partition(" ")[2] for line in new)


def says(entry):
    """An entry without its state, as a line: reward, terminal, action."""
    terminal = " T" if entry.terminal else ""
    action = f" a{entry.action_taken.hex()}" if entry.action_taken else ""
    return f"r{entry.reward:g}{terminal}{action}"
