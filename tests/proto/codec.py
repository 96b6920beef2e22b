# SPDX-License-Identifier: LGPL-2.1-or-later

"""What the scripts that compare the codec with Python's protobuf share: the
program that they drive, protobuf's classes for run-time schemas, and the rules
by which values convert, which are those of Python's int (), float (), bool ()
and str (). Also how results are told: in TAP.
"""

import math
import struct
import subprocess

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

import wire

DOUBLE, FLOAT, INT64, UINT64, INT32, FIXED64, FIXED32, BOOL, STRING = range(1, 10)
MESSAGE, BYTES, UINT32, ENUM, SFIXED32, SFIXED64, SINT32, SINT64 = range(11, 19)
WIRE_TYPES = [t for t in range(1, 19) if t != 10]
UNWRITTEN = {BYTES, ENUM, FIXED32, FIXED64, SFIXED32, SFIXED64}
LUMINANCE = "bonsai.inkling_types.proto.Luminance"

# The table's types: number, name, struct format, smallest, largest.
(T_DOUBLE, T_FLOAT, T_INT8, T_INT16, T_INT32, T_INT64, T_UINT8, T_UINT16,
 T_UINT32, T_UINT64, T_BOOL, T_STRING, T_LUMINANCE) = range(1, 14)
FORMATS = {
    T_DOUBLE: "<d", T_FLOAT: "<f", T_INT8: "<b", T_INT16: "<h", T_INT32: "<i",
    T_INT64: "<q", T_UINT8: "<B", T_UINT16: "<H", T_UINT32: "<I",
    T_UINT64: "<Q", T_BOOL: "<B",
}
NATURAL = {
    DOUBLE: [T_DOUBLE], FLOAT: [T_FLOAT], INT64: [T_INT64], UINT64: [T_UINT64],
    INT32: [T_INT8, T_INT16, T_INT32], FIXED64: [T_UINT64],
    FIXED32: [T_UINT32], BOOL: [T_BOOL], STRING: [T_STRING],
    MESSAGE: [T_LUMINANCE], BYTES: [T_STRING],
    UINT32: [T_UINT8, T_UINT16, T_UINT32], ENUM: [T_INT32],
    SFIXED32: [T_INT32], SFIXED64: [T_INT64], SINT32: [T_INT32],
    SINT64: [T_INT64],
}

# Of ShError.
E_PROTOCOL, E_SCHEMA, E_VALUE, E_LIMIT = 8, 9, 10, 11
SINGLE_LABELS = [0, 1, 2]  # absent, optional, required
IMAGE_BYTES = 16


class Failure(Exception):
    pass


def check(condition, *what):
    if not condition:
        raise Failure("; ".join(str(w) for w in what))


def run_tests(peer, tests):
    """Runs (name, function that returns a count of cases); the exit code."""
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, (name, test) in enumerate(tests, 1):
        try:
            count = test()
            check(count > 0, "no cases")
            print(f"ok {number} {name}\n# {count} cases", flush=True)
        except (Failure, AssertionError) as failure:
            failed += 1
            text = str(failure).replace("\n", "\n# ")
            print(f"not ok {number} {name}\n# {text}", flush=True)
    peer.close()
    return 1 if failed or not tests else 0


class Peer:
    """codec-peer, and what it answers."""

    def __init__(self, program):
        self.process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            encoding="utf-8")

    def ask(self, *words):
        """The answer's words, or (code, text) of an error."""
        self.process.stdin.write(" ".join(words) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().rstrip("\n")
        if answer.startswith("ok"):
            return answer[3:].split()
        if not answer.startswith("error"):
            raise AssertionError(f"codec-peer died at: {' '.join(words)[:2000]}")
        _, code, text = answer.split(" ", 2)
        return int(code), text

    def close(self):
        self.process.stdin.close()
        if self.process.wait(240) != 0:
            raise AssertionError(f"codec-peer ended with {self.process.returncode}")


class Field:
    def __init__(self, name, number, kind, repeated):
        self.name = name
        self.number = number
        self.kind = kind
        self.repeated = repeated


class Row:
    def __init__(self, name, kind, count, size):
        self.name = name
        self.kind = kind
        self.count = count
        self.size = size  # of one element

    def spec(self):
        return f"{self.name}:{self.kind}:{self.count}:{self.size}"


class CannotConvert(Exception):
    """The codec has to refuse this."""

    def __init__(self, code):
        super().__init__(code)
        self.code = code


def hexed(data):
    return data.hex() or "-"


def make_class(fields):
    """protobuf's class for a schema, as the original library built it."""
    file = descriptor_pb2.FileDescriptorProto(
        name="random.proto", dependency=["luminance.proto"])
    message = file.message_type.add(name="M")
    enum = file.enum_type.add(name="E")
    for number in (0, 1, -1, 2, 7, 2**31 - 1, -2**31):
        enum.value.add(name=f"V{len(enum.value)}", number=number)
    for field in fields:
        message.field.add(
            name=field.name, number=field.number, type=field.kind,
            label=3 if field.repeated else 1,
            type_name={MESSAGE: "." + LUMINANCE, ENUM: ".E"}.get(field.kind))
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(wire.luminance_file().SerializeToString())
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.MessageFactory(pool).GetPrototype(
        pool.FindMessageTypeByName("M"))


# Conversions: the rules of the original library.

def shortest(value, single):
    """Python's text of a float; of a 32-bit one the shortest that reads back."""
    if not single or math.isnan(value) or math.isinf(value):
        return str(value)
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if struct.pack("<f", float(text)) == struct.pack("<f", value):
            return str(float(text))
    raise AssertionError(value)


def to_text(value, single):
    return shortest(value, single) if isinstance(value, float) else str(value)


def to_int(value):
    try:
        return int(value)
    except (ValueError, OverflowError) as error:
        raise CannotConvert(E_VALUE) from error


def to_float(value):
    try:
        return float(value)
    except ValueError as error:
        raise CannotConvert(E_VALUE) from error


def pack_float(value):
    if math.isnan(value):
        return struct.pack("<f", value)
    try:
        return struct.pack("<f", value)
    except OverflowError:
        return struct.pack("<f", math.copysign(math.inf, value))


def pack_member(row, value, single):
    """The bytes in memory of one element."""
    if row.kind == T_STRING:
        text = to_text(value, single).encode()
        if len(text) >= row.size:
            raise CannotConvert(E_VALUE)
        return text.ljust(row.size, b"\0")
    if row.kind == T_FLOAT:
        return pack_float(to_float(value))
    if row.kind == T_DOUBLE:
        return struct.pack("<d", to_float(value))
    if row.kind == T_BOOL:
        return bytes([bool(value)])
    try:
        return struct.pack(FORMATS[row.kind], to_int(value))
    except struct.error as error:
        raise CannotConvert(E_VALUE) from error


def pack_image(image):
    if len(image.pixels) != image.width * image.height * 4:
        raise CannotConvert(E_VALUE)
    return struct.pack("<II", image.width, image.height) + image.pixels


def unpack_member(row, data):
    """A value for Python from the bytes of one element."""
    if row.kind == T_STRING:
        return data.split(b"\0")[0].decode()
    value = struct.unpack(FORMATS[row.kind], data)[0]
    return bool(value) if row.kind == T_BOOL else value


def same_member(row, expected, found):
    """Bytes are equal, or NaNs in the same places."""
    if expected == found:
        return True
    if row.kind not in (T_FLOAT, T_DOUBLE) or len(expected) != len(found):
        return False
    for i in range(0, len(found), row.size):
        a, b = (struct.unpack(FORMATS[row.kind], x[i:i + row.size])[0]
                for x in (expected, found))
        if a != b and not (math.isnan(a) and math.isnan(b)):
            return False
    return True
