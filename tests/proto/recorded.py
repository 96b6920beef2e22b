# SPDX-License-Identifier: LGPL-2.1-or-later

"""Sends the recorded dialogues of the original library through the codec.

recorded.py CODEC_PEER WIRE_FOLDER

Each message goes through the guard and protobuf-c and must come out with the
same meaning; each config, action and state in it is decoded and compared with
what was recorded, and encoded again. Prints TAP.
"""

import json
import pathlib
import struct
import sys

import wire
from codec import (
    FLOAT, FORMATS, Field, INT64, NATURAL, Peer, Row, T_STRING, UINT64, check,
    hexed, make_class, pack_float, run_tests, unpack_member)


def same_data(decoded, fields):
    """`decoded` of a recorded dialogue (64-bit integers are texts in it)."""
    return {name: int(value) if isinstance(value, str) and name in fields else value
            for name, value in decoded.items()}


def recorded_message(peer, entry):
    side = "client" if entry["from"] == "simulator" else "server"
    data = bytes.fromhex(entry["hex"])
    answer = peer.ask("message", side, entry["hex"])
    check(isinstance(answer, list), "refused", answer, entry["hex"])
    cls = wire.static_class("SimulatorToServer" if side == "client" else "ServerToSimulator")
    sent, passed = cls(), cls()
    sent.ParseFromString(data)
    passed.ParseFromString(bytes.fromhex(answer[0].strip("-")))
    check(sent == passed, "differs after a round trip", sent, passed)
    return sent


def recorded_payload(peer, descriptor, data, decoded, original=False):
    """One dynamic message: decoded it is what was recorded, and encoded again
    protobuf reads the same; the same bytes, when the original wrote them."""
    rows, kinds = [], {}
    for field in descriptor.field:
        kinds[field.name] = field.type
        kind = NATURAL[field.type][-1]
        size = 16 if kind == T_STRING else struct.calcsize(FORMATS[kind])
        rows.append(Row(field.name, kind, 1, size))
    peer.ask("schema", hexed(descriptor.SerializeToString()))
    peer.ask("table", *(row.spec() for row in rows))
    check(peer.ask("decoder") == [], "decoder")
    answer = peer.ask("decode", hexed(data))
    found = {row.name: unpack_member(row, bytes.fromhex(word))
             for row, word in zip(rows, answer)}
    whole = {name for name, kind in kinds.items() if kind in (INT64, UINT64)}
    expected = same_data(decoded, whole)
    for name, value in expected.items():
        if kinds[name] == FLOAT:
            value = struct.unpack("<f", pack_float(value))[0]
        check(found[name] == value, name, found, expected)
    check(peer.ask("encoder") == [], "encoder")
    again = peer.ask("encode", *answer)
    again = bytes.fromhex(again[0].strip("-"))
    if original:
        check(again == data, "bytes differ", again.hex(), data.hex())
    cls = make_class([Field(f.name, f.number, f.type, False) for f in descriptor.field])
    before, after = cls.FromString(data), cls.FromString(again)
    for field in descriptor.field:
        check(after.HasField(field.name), field.name, "zero is not written")
        check(getattr(before, field.name) == getattr(after, field.name),
              field.name, "differs", before, after)


def recorded_cases(peer, path):
    dialogue = json.loads(path.read_text(encoding="utf-8"))["dialogue"]
    schemas = {}
    count = 0
    for entry in dialogue:
        if "hex" not in entry:
            continue
        message = recorded_message(peer, entry)
        count += 1
        if entry["from"] == "engine":
            count += recorded_engine(peer, schemas, message, entry["decoded"])
        for data, decoded in zip(getattr(message, "state_data", []),
                                 entry["decoded"].get("states", [])):
            recorded_payload(peer, schemas["state"], data.state, decoded["state"], True)
            if "action_taken" in decoded:
                recorded_payload(peer, schemas["action"], data.action_taken,
                                 decoded["action_taken"])
            count += 1
    return count


def recorded_engine(peer, schemas, message, decoded):
    if message.HasField("acknowledge_register_data"):
        ack = message.acknowledge_register_data
        schemas["config"] = ack.properties_schema
        schemas["state"] = ack.output_schema
        schemas["action"] = ack.prediction_schema
    if message.HasField("set_properties_data"):
        properties = message.set_properties_data
        schemas["action"] = properties.prediction_schema
        recorded_payload(peer, schemas["config"], properties.dynamic_properties,
                         decoded["setPropertiesData"]["properties"])
    for data, action in zip(message.prediction_data, decoded.get("predictions", [])):
        recorded_payload(peer, schemas["action"], data.dynamic_prediction, action)
    return len(message.prediction_data)


def main():
    peer = Peer(sys.argv[1])
    return run_tests(peer, [
        (f"/proto/recorded/{path.stem}", lambda path=path: recorded_cases(peer, path))
        for path in sorted(pathlib.Path(sys.argv[2]).glob("*.json"))])


if __name__ == "__main__":
    sys.exit(main())
