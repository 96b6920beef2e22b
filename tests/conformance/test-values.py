# SPDX-License-Identifier: LGPL-2.1-or-later

"""Items 21 to 29: what becomes of a simulator's values under the schema that an
engine asks for. The original is a Python library: Python itself is the oracle."""

import math
import struct

from play import PLAIN, Play, image, schemas, tap
from wsserver import Closed
import wire


def case(path):
    return tap.case("/conformance/" + path)


def encode(source, value, target):
    """What an engine reads that asks for a field of type `target`, where the
    simulator has a `source` with that value; None when that ends the run."""
    field = {"real": "double", "single": "float", "whole": "int32", "huge": "int64",
             "natural": "uint64", "yes": "bool", "text": "string"}
    parts = schemas(
        config={source: field[source]}, action={}, state={source: target}
    )
    with Play(schemas=parts) as play:
        play.acknowledge()
        play.properties(**{source: value})
        play.send(wire.plain(wire.START))
        try:
            entry = wire.read(play.connection.receive()).state_data[0]
        except Closed as closed:
            play.connection.send_close(closed.code)
            status, text = play.host.wait()
            last = text.rstrip().rpartition("\n")[2]
            assert status == 1 and "witness" in last and f"'{source}'" in last, text
            return None
        result = play.values(entry)[source]
        play.finish()
        return result


@case("21-field-that-the-simulator-lacks")
def missing():
    for fields in ({"height": "double"}, {"real": "double", "Real": "float"}):
        with Play() as play:
            name = list(fields)[-1]
            play.refused(
                wire.acknowledge(schemas(state=fields)), "witness", name, "real, single, whole"
            )


@case("22-field-that-the-engine-does-not-ask-for")
def extra():
    with Play(schemas=schemas(state={"step": "uint32"})) as play:
        first = play.begin(real=4)
        assert first.state == b"\x08\x00", first.state.hex()
        play.finish()


INTEGERS = {
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint32": (0, 2**32 - 1),
    "uint64": (0, 2**64 - 1),
}


def to_integer(value, target):
    """Python's own int(), and protobuf's ranges."""
    try:
        whole = int(value)
    except (ValueError, OverflowError):
        return None
    low, high = INTEGERS[target]
    return whole if low <= whole <= high else None


def number_case(source, value, target):
    def run():
        found = encode(source, value, target)
        assert found == to_integer(value, target), (found, value)

    return run


for source, value, target in (
    ("text", "3", "int32"),
    ("text", "3.5", "int32"),
    ("text", " -12 ", "int64"),
    ("text", "", "int32"),
    ("text", "three", "int32"),
    ("real", 1.9, "int32"),
    ("real", -1.9, "int32"),
    ("real", math.nan, "int32"),
    ("real", math.inf, "int64"),
    ("real", -math.inf, "int32"),
    ("real", 2.0**31, "int32"),
    ("real", 2.0**31 - 1, "int32"),
    ("huge", 2**31, "uint32"),
    ("huge", -1, "uint32"),
    ("huge", 2**32, "uint32"),
    ("whole", -1, "uint64"),
    ("natural", 2**63, "int64"),
    ("yes", True, "int32"),
):
    name = f"{value}".strip().replace(" ", "-") or "empty"
    case(f"23-{source}-{name}-to-{target}")(number_case(source, value, target))


@case("23-text-to-double")
def text_to_double():
    for text in ("3", "3.5", "-1e3", "nan", "inf"):
        found = encode("text", text, "double")
        assert repr(found) == repr(float(text)), (found, text)
    for text in ("three", "", "1,5"):
        assert encode("text", text, "double") is None, text


@case("24-bool")
def to_bool():
    for source, value in (
        ("text", "False"),
        ("text", ""),
        ("text", "0"),
        ("real", 0.25),
        ("real", 0.0),
        ("real", math.nan),
        ("whole", -1),
        ("whole", 0),
    ):
        found = encode(source, value, "bool")
        assert found is bool(value), (found, value)


@case("25-text-from-numbers")
def to_text():
    for source, value in (
        ("whole", -5),
        ("huge", -(2**63)),
        ("natural", 2**64 - 1),
        ("yes", True),
        ("yes", False),
        ("real", 0.1),
        ("real", 1e22),
        ("real", 3.0),
        ("real", -0.0),
        ("real", math.inf),
        ("text", "as it is"),
    ):
        found = encode(source, value, "string")
        assert found == str(value), (found, value)


@case("26-luminance-for-another-type")
def wrong_object():
    """A plugin's types are known before it runs: this fails with the schema, not
    with the first state."""
    for fields in (
        {"real": image()},
        {"text": image()},
        {"image": "double"},
        {"image": "string"},
        {"pair": image()},
    ):
        with Play() as play:
            (name,) = fields
            play.refused(wire.acknowledge(schemas(state=fields)), "witness", f"'{name}'")


@case("27-other-types-stay-unset")
def unset():
    fields = {"real": "double", "whole": "fixed32", "huge": "sfixed64", "text": "bytes",
              "natural": "fixed64", "single": "sfixed32", "yes": "enum", "step": "uint32"}
    with Play(schemas=schemas(config={"whole": "int32"}, action={}, state=fields)) as play:
        play.acknowledge()
        play.properties(whole=5)
        entry = play.start()
        # The double and the step alone are there.
        assert entry.state == b"\x09" + struct.pack("<d", 0.5) + b"\x40\x00", entry.state.hex()
        play.finish()
    # But the simulator must have them.
    with Play() as play:
        play.refused(wire.acknowledge(schemas(state={"nothing": "bytes"})), "'nothing'")


@case("27-group-is-refused")
def group():
    with Play() as play:
        play.refused(wire.acknowledge(schemas(state={"real": "group"})), "'real'", "group")


@case("27-zigzag-is-written")
def zigzag():
    assert encode("whole", -3, "sint32") == -3
    assert encode("huge", -(2**63), "sint64") == -(2**63)


@case("27-repeated")
def repeated():
    """An array is a field of its own here; the original has none. A repeated
    field of another length does not go with it."""
    kind = {"type": wire.TYPES["double"], "label": 3}
    with Play(schemas=schemas(state={"pair": kind})) as play:
        play.begin(real=4)
        (entry,) = play.predict({"real": 6})
        assert list(play.values(entry)["pair"]) == [6, 1]
        play.finish()
    with Play() as play:
        play.refused(wire.acknowledge(schemas(state={"pair": "double"})), "'pair'")


def reward_case(value):
    def run():
        with Play() as play:
            play.begin("real")
            wanted = struct.unpack("<f", struct.pack("<f", value))[0]
            (entry,) = play.predict({"real": value})
            assert entry.reward == wanted, (entry.reward, wanted)
            play.finish()

    return run


for value in (0.1, -3.4028234663852886e38, 1e-46, 16777217.0):
    case(f"28-reward/{value}")(reward_case(value))


def bad_reward_case(value):
    """The original sends it. An engine that learns from it is spoilt for good:
    the episode is given up, and the session begins anew."""

    def run():
        with Play() as play:
            play.begin("real")
            play.send(wire.predict(PLAIN, {"real": 1}, {"real": value}))
            assert play.connection.receive_close() == 1000
            play.calls()
            play.reconnect()
            first = play.begin("real", real=2)
            assert play.values(first)["real"] == 2
            assert play.calls() == "stop, set_properties 2 0, reset 1, start, get_state 4"
            (entry,) = play.predict({"real": 3})
            assert entry.reward == 3
            assert "not a finite number" in play.finish()

    return run


for value in (math.nan, math.inf, -math.inf):
    case(f"28-reward/{value}-ends-the-episode")(bad_reward_case(value))


@case("28-reward-beyond-float")
def too_large():
    with Play() as play:
        play.begin("real")
        play.send(wire.predict(PLAIN, {"real": 3.5e38}))
        assert play.connection.receive_close() == 1000
        play.reconnect()
        play.begin("real")
        assert "3.5e+38" in play.finish()


@case("29-names-and-values-in-utf-8")
def utf8():
    """Python's protobuf takes no such names, the wire does: the same numbers
    under other names stand in for them."""
    text = "d\u00e9j\u00e0 \u20ac \U0001f600"
    names = ("K\u00f6nfig", "\u52d5\u4f5c", "\u72b6\u614b")
    parts = schemas(
        config={"text": "string", "gr\u00f6\u00dfe": "int32"},
        action={"text": "string", "\u529b": "double"},
        state={"text": "string"},
        names=names,
    )
    plain = schemas(
        config={"text": "string", "b": "int32"},
        action={"text": "string", "b": "double"},
        state={"text": "string"},
    )
    with Play("--name", "simul\u00e9", schemas=parts) as play:
        assert play.registration.register_data.simulator_name == "simul\u00e9"
        play.acknowledge()
        play.ready(retyped(wire.set_properties(plain, text=text, b=3), parts["action"]))
        play.schemas = plain
        assert play.values(play.start()) == {"text": text}
        (entry,) = play.predict({"text": text[::-1], "b": 1})
        assert play.values(entry) == {"text": text[::-1]}
        said = play.finish()
        assert "gr\u00f6\u00dfe" in said and "\u529b" in said, said


def retyped(message, action):
    """SET_PROPERTIES with another action schema."""
    result = wire.ServerToSimulator.FromString(message)
    result.set_properties_data.prediction_schema.ParseFromString(action.SerializeToString())
    return result.SerializeToString()


@case("29-no-utf-8")
def no_utf8():
    parts = schemas(action={"text": "string"})
    for given in (b"\xff", b"a\0b", b"\xed\xa0\x80"):
        with Play(schemas=parts) as play:
            play.begin()
            action = wire.ServerToSimulator(message_type=wire.PREDICTION)
            action.prediction_data.add().dynamic_prediction = b"\x0a" + bytes([len(given)]) + given
            play.refused(action.SerializeToString(), "witness", "'text'")


@case("29-text-longer-than-its-member")
def long_text():
    parts = schemas(action={"text": "string"}, state={"text": "string"})
    with Play(schemas=parts) as play:
        play.begin()
        (entry,) = play.predict({"text": "x" * 63})
        assert play.values(entry)["text"] == "x" * 63
        play.refused(wire.predict(parts, {"text": "x" * 64}), "witness", "'text'", "64")


tap.run()
