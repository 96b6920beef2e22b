# SPDX-License-Identifier: LGPL-2.1-or-later

"""Compares the codec with Python's protobuf on random input.

oracle.py CODEC_PEER [SEED]

Random schemas, tables, values and encodings go to codec-peer and to protobuf;
what protobuf makes of the bytes, converted by Python's rules, is what the codec
has to make of them. Prints TAP; a run is the same each time, another SEED gives
another one.
"""

import math
import random
import re
import struct
import sys
import warnings

from google.protobuf import descriptor_pb2
from google.protobuf.message import DecodeError

import wire
from codec import (
    BOOL, BYTES, CannotConvert, DOUBLE, ENUM, E_PROTOCOL, E_SCHEMA, E_VALUE,
    FIXED32, FIXED64, FLOAT, FORMATS, Field, IMAGE_BYTES, INT64, LUMINANCE, MESSAGE,
    NATURAL, Peer, Row, SFIXED64, SINT64, STRING, T_BOOL, T_DOUBLE, T_FLOAT,
    T_INT16, T_INT32, T_INT64, T_LUMINANCE, T_STRING, UINT32, UINT64,
    SINGLE_LABELS, UNWRITTEN, WIRE_TYPES, check, hexed, make_class, pack_float,
    pack_image, pack_member, run_tests, same_member, to_float, to_int, to_text,
    unpack_member)


def describe(rng, fields):
    """The DescriptorProto that an engine sends."""
    message = descriptor_pb2.DescriptorProto(
        name=rng.choice(["", "Schema", "Zustand_é"]))
    for field in fields:
        described = message.field.add(
            name=field.name, number=field.number, type=field.kind)
        label = 3 if field.repeated else rng.choice(SINGLE_LABELS)
        if label:
            described.label = label
        if field.kind == MESSAGE:
            described.type_name = rng.choice(["", "."]) + LUMINANCE
    return message.SerializeToString()


# Random schemas, tables and values.

def random_fields(rng):
    numbers = set()
    while len(numbers) < rng.randint(0, 16):
        number = rng.choice([
            rng.randint(1, 20), rng.randint(1, 300), rng.randint(1, 2**29 - 1)])
        if not 19000 <= number <= 19999:
            numbers.add(number)
    numbers = list(numbers)
    rng.shuffle(numbers)
    if rng.random() < 0.3:
        numbers.sort()
    return [
        Field(f"f{i}", number, rng.choice(WIRE_TYPES), rng.random() < 0.2)
        for i, number in enumerate(numbers)]


def random_row(rng, field):
    kind = rng.choice(NATURAL[field.kind])
    if field.kind != MESSAGE and rng.random() < 0.35:
        kind = rng.randint(T_DOUBLE, T_STRING)
    count = rng.randint(1, 4) if field.repeated else 1
    if kind == T_STRING:
        size = rng.choice([1, 2, 8, 24, 64])
    elif kind == T_LUMINANCE:
        size = IMAGE_BYTES
    else:
        size = struct.calcsize(FORMATS[kind])
    return Row(field.name, kind, count, size)


def random_int(rng, bits, signed):
    low, high = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return rng.choice([
        0, 1, low, high, max(low, -1), rng.randint(low, high),
        max(low, -rng.randint(0, 300)), min(high, rng.randint(0, 300)),
        max(low, min(high, rng.choice([127, 128, 255, 256, 32767, 65535, 2**31 - 1, 2**31])))])


def random_float(rng):
    return rng.choice([
        0.0, -0.0, 1.0, -1.0, 0.5, 1.9, -1.9, 0.1, 1e15, 1e16, 1e-4, 1e-5,
        123456.789, math.nan, math.inf, -math.inf, 5e-324, 1e300, -1e300,
        3.4e38, 2.0**31, 2.0**31 - 1, 2.0**32, 2.0**63, -2.0**63, 2.0**64,
        -129.0, 127.9, 255.99, -0.9, rng.uniform(-300, 300),
        rng.uniform(-1, 1) * 10.0 ** rng.randint(-300, 300)])


def random_text(rng):
    return rng.choice([
        "", "3", "-3", "3.5", " 7 ", "+12", "1e3", "-1", "300", "nan", "inf",
        "-Infinity", "0x10", "1e400", "False", "True", "0", "1,5", "- 1", "+",
        "18446744073709551615", "18446744073709551616", "-9223372036854775808",
        "-9223372036854775809", "\u00fc\u00df", "\U0001f600", "a b\n",
        "x" * rng.randint(0, 70), "9" * rng.randint(1, 40),
        repr(rng.uniform(-1e6, 1e6)), str(rng.randint(-2**70, 2**70))])


def random_pixels(rng, width, height):
    return struct.pack(f"<{width * height}f",
                       *(rng.random() for _ in range(width * height)))


def random_value(rng, kind):
    """A value as protobuf holds it."""
    if kind == DOUBLE:
        return random_float(rng)
    if kind == FLOAT:
        return struct.unpack("<f", pack_float(random_float(rng)))[0]
    if kind == BOOL:
        return rng.random() < 0.5
    if kind in (STRING, BYTES):
        text = random_text(rng)
        return text if kind == STRING else text.encode()
    if kind == ENUM:
        return rng.choice([0, 1, -1, 2, 7, 2**31 - 1, -2**31])
    bits = 64 if kind in (INT64, UINT64, FIXED64, SFIXED64, SINT64) else 32
    return random_int(rng, bits, kind not in (UINT32, UINT64, FIXED32, FIXED64))


def random_member(rng, row):
    """The bytes in memory of one element, for encoding."""
    if row.kind == T_LUMINANCE:
        width, height = rng.choice([(0, 0), (1, 1), (3, 2), (0, 7), (20, 15)])
        return struct.pack("<II", width, height) + random_pixels(rng, width, height)
    if row.kind == T_STRING:
        text = random_text(rng).encode()[:row.size - 1]
        return text.decode(errors="ignore").encode().ljust(row.size, b"\0")
    if row.kind == T_FLOAT:
        return pack_float(random_float(rng))
    if row.kind == T_DOUBLE:
        return struct.pack("<d", random_float(rng))
    if row.kind == T_BOOL:
        return bytes([rng.choice([0, 1])])
    bits = 8 * row.size
    return struct.pack(FORMATS[row.kind],
                       random_int(rng, bits, row.kind <= T_INT64))


# Bytes as no encoder would write them, but every reader must take.

def odd_image(rng):
    width, height = rng.choice([(0, 0), (1, 1), (2, 3), (5, 0), (17, 9)])
    pixels = random_pixels(rng, width, height)
    if rng.random() < 0.05:
        pixels = pixels[:-1] if pixels else b"\0"
    parts = [wire.key(rng, 1, 0) + wire.varint(rng, width),
             wire.key(rng, 2, 0) + wire.varint(rng, height),
             wire.key(rng, 3, 2) + wire.sized(rng, pixels)]
    for _ in range(rng.choice([0, 0, 0, 2])):
        parts.append(wire.unknown(rng, [4, 5, 100]))
    if rng.random() < 0.2:
        parts.append(parts[rng.randrange(3)])
    rng.shuffle(parts)
    return parts


def odd_single(rng, field):
    """Chunks for one value of a field."""
    if field.kind != MESSAGE:
        return [wire.key(rng, field.number, wire.TYPES[field.kind]) +
                wire.value(rng, field.kind, random_value(rng, field.kind))]
    parts = odd_image(rng)
    if field.repeated or rng.random() < 0.8:
        pieces = [b"".join(parts)]
    else:  # one image in several sub-messages, which merge
        pieces = parts
    return [wire.key(rng, field.number, 2) + wire.sized(rng, piece)
            for piece in pieces]


def odd_repeated(rng, field, count):
    if field.kind in (STRING, BYTES, MESSAGE) or rng.random() < 0.5:
        return [chunk for _ in range(count) for chunk in odd_single(rng, field)]
    chunks, left = [], count
    while left > 0:
        n = rng.randint(0, left)
        data = b"".join(wire.value(rng, field.kind, random_value(rng, field.kind))
                        for _ in range(n))
        chunks.append(wire.key(rng, field.number, 2) + wire.sized(rng, data))
        left -= n
    return chunks


def odd_message(rng, fields, counts):
    chunks = []
    used = [field.number for field in fields]
    free = [n for n in (1, 3, 15, 16, 300, 2**29 - 1) if n not in used]
    for field in fields:
        if field.repeated:
            chunks += odd_repeated(rng, field, counts.get(field.name, 0))
        elif rng.random() < 0.85:
            for _ in range(rng.choice([1, 1, 1, 1, 2])):
                chunks += odd_single(rng, field)
        if rng.random() < 0.05:  # a known number with another wire type
            others = [w for w in (0, 1, 5) if w != wire.TYPES[field.kind]]
            chunks.append(wire.unknown_of(rng, field.number, rng.choice(others)))
    for _ in range(rng.choice([0, 0, 1, 3]) if free else 0):
        chunks.append(wire.unknown(rng, free))
    if rng.random() < 0.5:
        rng.shuffle(chunks)
    return b"".join(chunks)


# What the codec must answer.

def expect_decoded(message, fields, rows):
    """The members' bytes, by protobuf and the rules above."""
    by_name = {field.name: field for field in fields}
    members = []
    for row in rows:
        field = by_name.get(row.name)
        if field is None:
            size = 8 if row.kind == T_LUMINANCE else row.size
            members.append(bytes(size * row.count))
            continue
        values = getattr(message, row.name)
        values = list(values) if field.repeated else [values]
        if field.repeated and not values:
            size = 8 if row.kind == T_LUMINANCE else row.size
            members.append(bytes(size * row.count))
            continue
        if len(values) != row.count:
            raise CannotConvert(E_VALUE)
        present = field.repeated or message.HasField(row.name)
        data = b""
        for value in values:
            if not present and field.kind != MESSAGE:
                data += bytes(row.size)
            elif field.kind == MESSAGE:
                data += pack_image(value)
            else:
                if field.kind == BYTES:
                    value = value.decode()
                data += pack_member(row, value, field.kind == FLOAT)
        members.append(data)
    return members


def expect_encoded(cls, fields, rows, members):
    """The message that the original library would have made."""
    message = cls()
    by_name = {row.name: (row, data) for row, data in zip(rows, members)}
    for field in fields:
        if field.kind in UNWRITTEN:
            continue
        row, data = by_name[field.name]
        for value in elements(row, data):
            set_field(message, field, row, value)
    return message


def elements(row, data):
    if row.kind == T_LUMINANCE:
        while data:
            width, height = struct.unpack("<II", data[:8])
            end = 8 + width * height * 4
            yield width, height, data[8:end]
            data = data[end:]
        return
    for i in range(row.count):
        yield unpack_member(row, data[i * row.size:(i + 1) * row.size])


def set_field(message, field, row, value):
    target = getattr(message, field.name)
    if field.kind == MESSAGE:
        image = target.add() if field.repeated else target
        image.SetInParent()
        image.width, image.height, image.pixels = value
        return
    if field.kind in (DOUBLE, FLOAT):
        value = to_float(value)
    elif field.kind == BOOL:
        value = bool(value)
    elif field.kind == STRING:
        value = to_text(value, row.kind == T_FLOAT)
    else:
        value = to_int(value)
    try:
        if field.repeated:
            target.append(value)
        else:
            setattr(message, field.name, value)
    except ValueError as error:
        raise CannotConvert(E_VALUE) from error


# The properties.

def set_up(peer, rng, fields, rows):
    descriptor = describe(rng, fields)
    check(peer.ask("schema", hexed(descriptor)) == [], "schema refused", descriptor.hex())
    check(peer.ask("table", *(row.spec() for row in rows)) == [], "table refused")


def decode_cases(peer, rng):
    """Odd bytes through one schema."""
    fields = random_fields(rng)
    rows = [random_row(rng, field) for field in fields if rng.random() < 0.85]
    rows += [Row("extra", T_INT32, 2, 4)] if rng.random() < 0.3 else []
    rng.shuffle(rows)
    cls = make_class(fields)
    set_up(peer, rng, fields, rows)
    names = {row.name for row in rows}
    ignored = [field.name for field in fields if field.name not in names]
    check(peer.ask("decoder") == ignored, "ignored fields differ", ignored)
    counts = {row.name: row.count for row in rows}
    for _ in range(24):
        wanted = {name: count if rng.random() < 0.93 else rng.randint(0, 5)
                  for name, count in counts.items()}
        data = odd_message(rng, fields, wanted)
        message = cls()
        message.ParseFromString(data)
        answer = peer.ask("decode", hexed(data))
        context = (data.hex(), [(f.name, f.number, f.kind, f.repeated) for f in fields],
                   [row.spec() for row in rows], answer, message)
        try:
            expected = expect_decoded(message, fields, rows)
        except CannotConvert as error:
            # Of several values that cannot be converted protobuf sees the last.
            check(answer[0] == error.code, "should be refused", *context)
            continue
        if isinstance(answer, tuple):
            # An earlier value of several may be one that the codec refuses.
            check(answer[0] == E_VALUE and answer_is_overridden(data, message, answer),
                  "refused", *context)
            continue
        found = [bytes.fromhex(word) for word in answer]
        check(all(same_member(*both) for both in zip(rows, expected, found)) and
              len(found) == len(rows), "decoded differs", expected, *context)
    return 24


def answer_is_overridden(data, message, answer):
    """Whether the field that was refused stood more than once in the bytes."""
    name = re.search("field '(\\w+)'", answer[1])[1]
    number = message.DESCRIPTOR.fields_by_name[name].number
    return sum(1 for n, _ in wire.fields(data) if n == number) > 1


def encode_cases(peer, rng):
    """Structs through one schema."""
    fields = random_fields(rng)
    rows = [random_row(rng, field) for field in fields]
    rows += [Row("extra", T_DOUBLE, 1, 8)] if rng.random() < 0.3 else []
    rng.shuffle(rows)
    cls = make_class(fields)
    set_up(peer, rng, fields, rows)
    check(peer.ask("encoder") == [], "encoder refused")
    for _ in range(24):
        members = [b"".join(random_member(rng, row) for _ in range(row.count))
                   for row in rows]
        answer = peer.ask("encode", *(hexed(data) for data in members))
        context = ([(f.name, f.number, f.kind, f.repeated) for f in fields],
                   [row.spec() for row in rows], [m.hex() for m in members], answer)
        try:
            expected = expect_encoded(cls, fields, rows, members)
        except CannotConvert as error:
            check(answer[0] == error.code, "should be refused", *context)
            continue
        check(isinstance(answer, list), "refused", *context)
        data = bytes.fromhex(answer[0].strip("-"))
        found = cls()
        found.ParseFromString(data)
        check(found.SerializeToString() == expected.SerializeToString(),
              "encoded differs", expected, found, *context)
        check(len(data) == len(expected.SerializeToString()), "not the shortest", *context)
    return 24


def mismatch_cases(peer, rng):
    """Types that can never go together are refused when a plan is made."""
    field = Field("a", 1, rng.choice(WIRE_TYPES), False)
    image = field.kind == MESSAGE
    if rng.random() < 0.5:
        row = Row("a", T_LUMINANCE, 1, IMAGE_BYTES) if not image else Row("a", T_FLOAT, 1, 4)
    else:
        row = Row("a", T_LUMINANCE, 2, IMAGE_BYTES) if image else Row("a", T_INT16, 3, 2)
    set_up(peer, rng, [field], [row])
    answer = peer.ask("decoder")
    check(answer and answer[0] == E_SCHEMA and "'a'" in answer[1], "decoder", answer)
    if field.kind not in UNWRITTEN:
        answer = peer.ask("encoder")
        check(answer and answer[0] == E_SCHEMA and "'a'" in answer[1], "encoder", answer)
    return 2


def damage_cases(peer, rng):
    """Whatever the bytes: protobuf and the codec agree on what is a message,
    but for groups and texts, of which the codec takes fewer. What no row wants the
    codec passes over, so protobuf does not know it here either: inside a packed
    list it would find damage that the codec never looks at."""
    fields = [f for f in random_fields(rng) if f.kind not in (STRING, BYTES, MESSAGE)]
    wanted = [f for f in fields if not f.repeated]
    rows = [Row(f.name, T_DOUBLE, 1, 8) for f in wanted]
    cls = make_class(wanted)
    set_up(peer, rng, fields, rows)
    peer.ask("decoder")
    for _ in range(24):
        data = bytearray(odd_message(rng, fields, {}))
        for _ in range(rng.randint(0, 3)):
            if data and rng.random() < 0.7:
                data[rng.randrange(len(data))] = rng.randrange(256)
            else:
                del data[rng.randint(0, len(data)):]
        data = bytes(data)
        answer = peer.ask("decode", hexed(data))
        try:
            message = cls()
            message.ParseFromString(data)
            good = not wire.has_oddity(data)
        except DecodeError:
            good = False
        if good:
            check(isinstance(answer, list), "refused", data.hex(), answer)
        else:
            check(isinstance(answer, tuple) and answer[0] == E_PROTOCOL,
                  "should be refused", data.hex(), answer)
    return 24


def schema_cases(peer, rng):
    """Schemas come back as they were sent."""
    fields = random_fields(rng)
    data = describe(rng, fields)
    peer.ask("schema", hexed(data))
    answer = peer.ask("describe")
    found = descriptor_pb2.DescriptorProto.FromString(bytes.fromhex(answer[0].strip("-")))
    sent = descriptor_pb2.DescriptorProto.FromString(data)
    if not sent.name:
        sent.ClearField("name")
    for field in sent.field:
        if field.label != 3:
            field.ClearField("label")
        field.type_name = field.type_name.lstrip(".")
        if not field.type_name:
            field.ClearField("type_name")
    check(found == sent, "schema differs", found, sent)
    return 1


PROPERTIES = [
    ("decode/as-protobuf-reads", decode_cases, 250),
    ("encode/as-protobuf-writes", encode_cases, 250),
    ("plan/types-that-never-fit", mismatch_cases, 100),
    ("decode/damaged-bytes", damage_cases, 150),
    ("schema/comes-back-as-sent", schema_cases, 200),
]


def main():
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    # protobuf warns of what it stops reading at; has_oddity knows them.
    warnings.simplefilter("ignore", RuntimeWarning)
    print(f"# seed {seed}")
    peer = Peer(sys.argv[1])
    return run_tests(peer, [
        (f"/proto/oracle/{name}",
         lambda run=run, rounds=rounds, name=name: sum(
             run(peer, random.Random(f"{seed} {name} {i}")) for i in range(rounds)))
        for name, run, rounds in PROPERTIES])


if __name__ == "__main__":
    sys.exit(main())
