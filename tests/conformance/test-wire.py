# SPDX-License-Identifier: LGPL-2.1-or-later

"""Items 1 to 20: what messages and schemas look like on the wire."""

from play import IMAGE, LUMINANCE, PLAIN, Play, image, schema, schemas, tap
from wsserver import PONG
import wire


def case(path):
    return tap.case("/conformance/" + path)


def message(kind, **data):
    return wire.ServerToSimulator(message_type=kind, **data)


@case("01-zero-is-written-absent-is-the-default")
def zero():
    fields = {"real": "double", "single": "float", "whole": "int32", "huge": "int64",
              "natural": "uint64", "yes": "bool", "text": "string", "step": "uint32"}
    with Play(schemas=schemas(state=fields)) as play:
        play.acknowledge()
        # Said to be 0, in the config; not said, in the action.
        play.ready(wire.set_properties(play.schemas, real=0.0, whole=0))
        first = wire.message_class(play.schemas["state"]).FromString(play.start().state)
        assert first.real == 0 and first.whole == 0 and first.text == "default", first
        (entry,) = play.predict_bytes(b"")
        state = wire.message_class(play.schemas["state"]).FromString(entry.state)
        for field in fields:
            # proto2 presence: a 0 is there.
            assert state.HasField(field), field
        assert (state.real, state.whole, state.text) == (0, 0, "")
        # Not said in the config: the simulator's own default.
        play.properties()
        first = play.values(play.start())
        assert (first["real"], first["whole"]) == (0.5, 7), first
        play.finish()


@case("02-negative-int32")
def negative():
    parts = schemas(action={"whole": "int32"}, state={"whole": "int32"})
    with Play(schemas=parts) as play:
        play.begin()
        ten = bytes.fromhex("08ffffffffffffffffff01")
        for given in (ten, bytes.fromhex("08ffffffff0f")):
            (entry,) = play.predict_bytes(given)
            assert entry.state == ten, entry.state.hex()
            assert entry.action_taken == given
        play.finish()


UNKNOWN = {
    "varint": "f80601",
    "64-bit": "f9060102030405060708",
    "bytes": "fa0603010203",
    "32-bit": "fd0601020304",
    "largest-number": "f8ffffff0f01",
}


@case("03-unknown-fields-are-skipped")
def unknown():
    more = bytes.fromhex("".join(UNKNOWN.values()))
    with Play() as play:
        reply = message(wire.ACKNOWLEDGE)
        reply.ParseFromString(wire.acknowledge(PLAIN))
        reply.acknowledge_register_data.output_schema.ParseFromString(
            PLAIN["state"].SerializeToString() + more
        )
        play.ready(more + reply.SerializeToString() + more)
        properties = message(wire.SET_PROPERTIES)
        properties.ParseFromString(wire.set_properties(PLAIN, real=3))
        properties.set_properties_data.dynamic_properties += more
        play.ready(properties.SerializeToString() + more)
        assert play.values(play.states(wire.plain(wire.START) + more)[0])["real"] == 3
        action = bytes.fromhex("090000000000001040")
        (entry,) = play.predict_bytes(more + action + more)
        assert play.values(entry)["real"] == 4
        assert entry.action_taken == more + action + more
        play.finish()


@case("04-field-numbers-as-they-come")
def numbers():
    numbered = schemas(
        config={"whole": ("int32", 900), "real": ("double", 16), "limit": ("uint32", 3)},
        action={"text": ("string", 2), "real": ("double", 1)},
        state={"step": ("uint32", 536870911), "real": ("double", 40), "whole": ("int32", 5)},
    )
    with Play(schemas=numbered) as play:
        first = play.values(play.begin(real=1.5, whole=-3, limit=9))
        assert first == {"step": 0, "real": 1.5, "whole": -3}, first
        entry = play.predict({"real": 2.5, "text": "x"})[0]
        assert play.values(entry) == {"step": 1, "real": 2.5, "whole": 0}
        play.finish()


@case("05-anonymous-schemas")
def anonymous():
    with Play(schemas=schemas(names=("", "", ""))) as play:
        play.acknowledge()
        properties = message(wire.SET_PROPERTIES)
        properties.set_properties_data.dynamic_properties = wire.message_class(
            PLAIN["config"]
        )(real=2).SerializeToString()
        properties.set_properties_data.prediction_schema.ParseFromString(
            play.schemas["action"].SerializeToString()
        )
        play.ready(properties.SerializeToString())
        (entry,) = play.states(wire.plain(wire.START))
        assert wire.values(PLAIN["state"], entry.state) == {"real": 2, "step": 0}
        play.finish()


@case("06-label-absent-or-not")
def labels():
    def fields(label):
        kind = {"type": wire.TYPES["double"]}
        return {"real": kind if label is None else kind | {"label": label}}

    for label in (None, 1, 2):
        with Play(schemas=schemas(action=fields(label), state=fields(label))) as play:
            play.begin()
            (entry,) = play.predict({"real": 4})
            assert play.values(entry) == {"real": 4}, label
            play.finish()


@case("07-type-name-with-and-without-dot")
def type_name():
    for dot in ("", "."):
        parts = schemas(action={"image": image(dot)}, state={"image": image(dot)})
        with Play(schemas=parts) as play:
            play.acknowledge()
            play.ready(set_properties(parts))
            play.start()
            picture = wire.message_class(IMAGE)(width=2, height=1, pixels=bytes(8))
            packed = b"\x0a" + bytes([picture.ByteSize()]) + picture.SerializeToString()
            (entry,) = play.predict_bytes(packed)
            assert entry.state == packed, entry.state.hex()
            play.finish()


def set_properties(parts):
    """One that Python's protobuf need not understand."""
    result = message(wire.SET_PROPERTIES)
    result.set_properties_data.prediction_schema.CopyFrom(
        wire.ServerToSimulator.FromString(
            wire.acknowledge(parts)
        ).acknowledge_register_data.prediction_schema
    )
    return result.SerializeToString()


@case("08-unknown-type-name-is-refused")
def unknown_type():
    for name in ("bonsai.inkling_types.proto.Colour", "Luminance", "", ".." + LUMINANCE):
        field = {"type": 11, "type_name": name}
        for part in ("config", "action", "state"):
            with Play() as play:
                parts = PLAIN | {part: schema("Part", {"image": field})}
                play.refused(wire.acknowledge(parts), part, "'image'")


@case("09-schemas-of-the-same-name")
def same_name():
    with Play(schemas=schemas(names=("Thing", "Thing", "Thing"))) as play:
        assert play.values(play.begin(real=3, limit=1)) == {"real": 3, "step": 0}
        (entry,) = play.predict({"real": 5})
        assert play.values(entry) == {"real": 5, "step": 1} and entry.terminal
        play.finish()


@case("10-schema-replaced-and-wiped")
def replaced():
    with Play(schemas=schemas(state={"real": "double", "whole": "int32"})) as play:
        play.begin()
        assert play.values(play.predict({"real": 5})[0]) == {"real": 5, "whole": 0}
        # Another one, in which the same number means another field.
        play.schemas = play.schemas | {"action": schema("Action", {"whole": "int32"})}
        play.stop()
        play.properties()
        play.start()
        assert play.values(play.predict({"whole": 6})[0]) == {"real": 0, "whole": 6}
        # None: every action has its defaults, whatever the bytes say.
        for wiped in (
            message(wire.SET_PROPERTIES, set_properties_data={"reward_name": "steps"}),
            message(wire.SET_PROPERTIES),
        ):
            play.properties()
            play.ready(wiped.SerializeToString())
            play.start()
            (entry,) = play.predict({"whole": 6})
            assert play.values(entry) == {"real": 0, "whole": 0}, entry
            assert entry.action_taken == b"\x08\x06"
        play.finish()


def picture(width, height, pixels):
    data = wire.message_class(IMAGE)(width=width, height=height, pixels=pixels).SerializeToString()
    return b"\x0a" + bytes([len(data)]) + data


def read_picture(data):
    found = wire.message_class(IMAGE).FromString(data[2:])
    return found.width, found.height, found.pixels


@case("11-luminance")
def luminance():
    parts = schemas(action={"image": image()}, state={"image": image()})
    pixels = bytes.fromhex("0000000000 00803f 0000003f cdcccc3d 0000807f 0000c07f".replace(" ", "") + "00")
    good = [picture(3, 2, pixels[:24]), picture(0, 0, b""), picture(1, 1, pixels[4:8])]
    with Play(schemas=parts) as play:
        play.acknowledge()
        play.ready(set_properties(parts))
        play.start()
        for entry, given in zip(play.predict_bytes(*good), good):
            assert read_picture(entry.state) == read_picture(given), entry.state.hex()
        play.finish()
    for bad in (picture(2, 2, bytes(15)), picture(1, 1, b""), picture(0, 0, bytes(4)),
                picture(2**31, 2, b""), picture(2**32 - 1, 2**32 - 1, bytes(4))):
        with Play(schemas=parts) as play:
            play.acknowledge()
            play.ready(set_properties(parts))
            play.start()
            action = message(wire.PREDICTION)
            action.prediction_data.add().dynamic_prediction = bad
            play.refused(action.SerializeToString(), "witness", "'image'")


@case("15-pong-that-nobody-asked-for")
def pong():
    """From the engine as well, even before it answers REGISTER."""
    with Play() as play:
        for payload in (b"", b"x" * 125):
            play.connection.send_frame(PONG, payload)
        play.begin()
        play.connection.send_frame(PONG, b"again")
        play.predict({"real": 1})
        play.finish()


@case("16-cut-and-over-long")
def cut():
    """In the action's own bytes."""
    for given in ("09000000", "088080808080808080808001", "0a7f00", "0a80", "08", "ff", "0b"):
        with Play() as play:
            play.begin()
            action = message(wire.PREDICTION)
            action.prediction_data.add().dynamic_prediction = bytes.fromhex(given)
            play.refused(action.SerializeToString(), "witness")


@case("18-acknowledge-without-data")
def no_data():
    with Play() as play:
        play.refused(wire.plain(wire.ACKNOWLEDGE), "ACKNOWLEDGE_REGISTER without its data")
    # With empty data there are three empty schemas, and that is a simulator
    # that nobody looks at.
    with Play(sim_id=0) as play:
        play.ready(message(wire.ACKNOWLEDGE, acknowledge_register_data={}).SerializeToString())
        (entry,) = play.states(wire.plain(wire.START))
        assert entry.state == b"", entry
        play.finish()


@case("19-sim-id")
def sim_id():
    for number in (0, 1, 0x7FFFFFFF, 0xFFFFFFFF):
        with Play(sim_id=number) as play:
            play.acknowledge()
            data = wire.plain(wire.RESET)
            play.send(data)
            raw = play.connection.receive()
            # fixed32; 0 is left out, as proto3 does it.
            tail = b"" if number == 0 else b"\x25" + number.to_bytes(4, "little")
            assert raw == b"\x08\x02" + tail, raw.hex()
            play.finish()


@case("19-latest-sim-id-counts")
def latest_sim_id():
    with Play() as play:
        play.acknowledge()
        play.sim_id = 270022238
        play.acknowledge()
        play.properties(**{"real": 2})
        assert play.start().state
        play.finish()


@case("20-sim-id-of-the-server-is-ignored")
def server_sim_id():
    with Play() as play:
        for data in (wire.acknowledge(PLAIN), wire.set_properties(PLAIN, real=1)):
            play.ready(data + b"\x2d\x78\x56\x34\x12")
        assert play.states(b"\x2d\xff\xff\xff\xff" + wire.plain(wire.START))
        play.finish()


tap.run()
