# SPDX-License-Identifier: LGPL-2.1-or-later

"""protobuf's wire format by hand, and the fixed messages as classes.

The writers take a random generator and choose among the encodings that a
reader must accept: longer varints than needed, longer keys and lengths.
"""

import struct

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

VARINT, BITS64, SIZED, BITS32 = 0, 1, 2, 5

# The wire type of one value, by protobuf's type code.
TYPES = {
    1: BITS64, 2: BITS32, 3: VARINT, 4: VARINT, 5: VARINT, 6: BITS64, 7: BITS32,
    8: VARINT, 9: SIZED, 11: SIZED, 12: SIZED, 13: VARINT, 14: VARINT,
    15: BITS32, 16: BITS64, 17: VARINT, 18: VARINT,
}
_FIXED = {1: "<d", 2: "<f", 6: "<Q", 7: "<I", 15: "<i", 16: "<q"}


def varint(rng, number, longest=10):
    """Least significant group first; sometimes with groups of zeros behind."""
    groups = [number & 0x7F]
    while number > 0x7F:
        number >>= 7
        groups.append(number & 0x7F)
    if rng.random() < 0.1:
        groups += [0] * rng.randint(0, longest - len(groups))
    return bytes(g | 0x80 for g in groups[:-1]) + bytes(groups[-1:])


def key(rng, number, wire_type):
    return varint(rng, number << 3 | wire_type, 5)


def sized(rng, data):
    return varint(rng, len(data), 5) + data


def value(rng, kind, number):
    if kind in _FIXED:
        return struct.pack(_FIXED[kind], number)
    if kind == 9:
        return sized(rng, number.encode())
    if kind == 12:
        return sized(rng, number)
    if kind == 8:
        # Any number but 0 is true.
        return varint(rng, rng.choice([1, 2, 128, 2**32, 2**63]) if number else 0)
    if kind in (17, 18):
        number = number * 2 if number >= 0 else -number * 2 - 1
    elif number < 0:
        # Ten bytes by the book; five for 32 bits also occur.
        short = kind == 5 and rng.random() < 0.3
        number += 2**32 if short else 2**64
    elif kind in (5, 13) and rng.random() < 0.05:
        number += 2**32 * rng.randint(1, 2**31)  # bits that are dropped
    return varint(rng, number)


def unknown_of(rng, number, wire_type):
    data = {
        VARINT: lambda: varint(rng, rng.getrandbits(rng.randint(1, 64))),
        BITS64: lambda: rng.randbytes(8),
        SIZED: lambda: sized(rng, rng.randbytes(rng.randint(0, 20))),
        BITS32: lambda: rng.randbytes(4),
    }[wire_type]()
    return key(rng, number, wire_type) + data


def unknown(rng, numbers):
    return unknown_of(rng, rng.choice(numbers), rng.choice([VARINT, BITS64, SIZED, BITS32]))


def _read_varint(data, at, longest):
    number = 0
    for i in range(longest):
        if at >= len(data):
            raise ValueError
        byte = data[at]
        at += 1
        number |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return number, at
    raise ValueError


def fields(data):
    """Yields (number, wire type) of each field; ValueError at damage."""
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at, 5)
        if tag >> 3 == 0 or tag > 0xFFFFFFFF:
            raise ValueError
        yield tag >> 3, tag & 7
        if tag & 7 == VARINT:
            _, at = _read_varint(data, at, 10)
        elif tag & 7 == SIZED:
            size, at = _read_varint(data, at, 5)
            at += size
        elif tag & 7 in (BITS64, BITS32):
            at += 8 if tag & 7 == BITS64 else 4
        else:
            raise ValueError
        if at > len(data):
            raise ValueError


def has_oddity(data):
    """What protobuf lets pass and the codec does not: groups, keys of 0, keys
    of more than 32 bits."""
    try:
        for _ in fields(data):
            pass
    except ValueError:
        return True
    return False


def luminance_file():
    file = descriptor_pb2.FileDescriptorProto(
        name="luminance.proto", package="bonsai.inkling_types.proto", syntax="proto3")
    message = file.message_type.add(name="Luminance")
    message.field.add(name="width", number=1, type=13, label=1)
    message.field.add(name="height", number=2, type=13, label=1)
    message.field.add(name="pixels", number=3, type=12, label=1)
    return file


# name: [(field, number, type or message, repeated)]
_STATIC = {
    "SimulationSourceData": [("state", 1, 12, 0), ("reward", 2, 2, 0),
                             ("terminal", 3, 8, 0), ("action_taken", 4, 12, 0)],
    "RegisterData": [("simulator_name", 1, 9, 0)],
    "SimulatorToServer": [("message_type", 1, 5, 0), ("register_data", 2, "RegisterData", 0),
                          ("state_data", 3, "SimulationSourceData", 1), ("sim_id", 4, 7, 0)],
    "AcknowledgeRegisterData": [
        ("properties_schema", 1, "google.protobuf.DescriptorProto", 0),
        ("output_schema", 2, "google.protobuf.DescriptorProto", 0),
        ("prediction_schema", 3, "google.protobuf.DescriptorProto", 0),
        ("sim_id", 4, 7, 0)],
    "SetPropertiesData": [("dynamic_properties", 1, 12, 0), ("reward_name", 2, 9, 0),
                          ("prediction_schema", 3, "google.protobuf.DescriptorProto", 0)],
    "PredictionData": [("dynamic_prediction", 1, 12, 0)],
    "ServerToSimulator": [
        ("message_type", 1, 5, 0),
        ("acknowledge_register_data", 2, "AcknowledgeRegisterData", 0),
        ("set_properties_data", 3, "SetPropertiesData", 0),
        ("prediction_data", 4, "PredictionData", 1), ("sim_id", 5, 7, 0)],
}


def _static_pool():
    package = "bonsai.proto.generator_simulator_api"
    file = descriptor_pb2.FileDescriptorProto(
        name="static.proto", package=package, syntax="proto3",
        dependency=["google/protobuf/descriptor.proto"])
    for name, rows in _STATIC.items():
        message = file.message_type.add(name=name)
        for field, number, kind, repeated in rows:
            added = message.field.add(name=field, number=number, label=3 if repeated else 1)
            if isinstance(kind, int):
                added.type = kind
            else:
                added.type = 11
                added.type_name = "." + kind if "." in kind else f".{package}.{kind}"
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(descriptor_pb2.DESCRIPTOR.serialized_pb)
    pool.AddSerializedFile(file.SerializeToString())
    return message_factory.MessageFactory(pool), pool, package


_FACTORY, _POOL, _PACKAGE = _static_pool()


def static_class(name):
    """protobuf's class for a message that the protocol fixes."""
    return _FACTORY.GetPrototype(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
