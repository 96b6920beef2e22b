# SPDX-License-Identifier: LGPL-2.1-or-later

"""The messages of the protocol, by Python's protobuf."""

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.json_format import MessageToDict

OPTIONAL, REPEATED = 1, 3
TYPES = {
    "double": 1,
    "float": 2,
    "int64": 3,
    "uint64": 4,
    "int32": 5,
    "fixed32": 7,
    "bool": 8,
    "string": 9,
    "bytes": 12,
    "uint32": 13,
}

# Message: fields as (number, name, type), a type that is no scalar naming a
# message, one in brackets being repeated.
MESSAGES = {
    "SimulationSourceData": [
        (1, "state", "bytes"),
        (2, "reward", "float"),
        (3, "terminal", "bool"),
        (4, "action_taken", "bytes"),
        (1000, "do_not_learn", "bool"),
        (1001, "info", "bytes"),
    ],
    "RegisterData": [(1, "simulator_name", "string")],
    "SimulatorToServer": [
        (1, "message_type", "int32"),
        (2, "register_data", "RegisterData"),
        (3, "state_data", "[SimulationSourceData]"),
        (4, "sim_id", "fixed32"),
    ],
    "AcknowledgeRegisterData": [
        (1, "properties_schema", ".google.protobuf.DescriptorProto"),
        (2, "output_schema", ".google.protobuf.DescriptorProto"),
        (3, "prediction_schema", ".google.protobuf.DescriptorProto"),
        (4, "sim_id", "fixed32"),
    ],
    "SetPropertiesData": [
        (1, "dynamic_properties", "bytes"),
        (2, "reward_name", "string"),
        (3, "prediction_schema", ".google.protobuf.DescriptorProto"),
    ],
    "PredictionData": [(1, "dynamic_prediction", "bytes")],
    "ServerToSimulator": [
        (1, "message_type", "int32"),
        (2, "acknowledge_register_data", "AcknowledgeRegisterData"),
        (3, "set_properties_data", "SetPropertiesData"),
        (4, "prediction_data", "[PredictionData]"),
        (5, "sim_id", "fixed32"),
    ],
}

REGISTER, READY, STATE = 1, 2, 3
ACKNOWLEDGE, SET_PROPERTIES, START, STOP, PREDICTION, RESET, FINISHED = range(1, 8)


def _build():
    source = descriptor_pb2.FileDescriptorProto(
        name="wire.proto",
        package="wire",
        syntax="proto3",
        dependency=["google/protobuf/descriptor.proto"],
    )
    for name, fields in MESSAGES.items():
        message = source.message_type.add(name=name)
        for number, field_name, kind in fields:
            field = message.field.add(name=field_name, number=number)
            field.label = REPEATED if kind[0] == "[" else OPTIONAL
            kind = kind.strip("[]")
            if kind in TYPES:
                field.type = TYPES[kind]
            else:
                field.type = field.TYPE_MESSAGE
                field.type_name = kind if kind[0] == "." else ".wire." + kind
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(descriptor_pb2.DESCRIPTOR.serialized_pb)
    pool.Add(source)
    factory = message_factory.MessageFactory(pool)
    return {
        name: factory.GetPrototype(pool.FindMessageTypeByName("wire." + name))
        for name in MESSAGES
    }


_classes = _build()
SimulatorToServer = _classes["SimulatorToServer"]
ServerToSimulator = _classes["ServerToSimulator"]


def schema(name, **fields):
    """A DescriptorProto; fields are numbered from 1, name=type."""
    result = descriptor_pb2.DescriptorProto(name=name)
    for number, (field, kind) in enumerate(fields.items(), 1):
        result.field.add(name=field, number=number, type=TYPES[kind])
    return result


def message_class(descriptor):
    """The class of the messages that a schema describes."""
    source = descriptor_pb2.FileDescriptorProto(name="dynamic.proto", package="dynamic")
    source.message_type.add().ParseFromString(descriptor.SerializeToString())
    pool = descriptor_pool.DescriptorPool()
    pool.Add(source)
    found = pool.FindMessageTypeByName("dynamic." + source.message_type[0].name)
    return message_factory.MessageFactory(pool).GetPrototype(found)


def values(descriptor, data):
    """A message's fields as a dictionary, those that are absent as zero."""
    message = message_class(descriptor)()
    message.ParseFromString(data)
    return MessageToDict(
        message, including_default_value_fields=True, preserving_proto_field_name=True
    ) | {
        field.name: getattr(message, field.name) for field in message.DESCRIPTOR.fields
    }


COUNTER = {
    "config": schema("CounterConfig", limit="double", start="float", seed="uint64"),
    "state": schema(
        "CounterState", value="double", step="int32", big="int64", over="bool", label="string"
    ),
    "action": schema("CounterAction", delta="int32", gain="float"),
}

CARTPOLE = {
    "config": schema("CartPoleConfig", episode_length="int32", deque_size="uint32"),
    "state": schema(
        "GameState", position="float", velocity="float", angle="float", rotation="float"
    ),
    "action": schema("Action", command="int32"),
}


def plain(kind):
    return ServerToSimulator(message_type=kind).SerializeToString()


def acknowledge(schemas, sim_id=7):
    message = ServerToSimulator(message_type=ACKNOWLEDGE)
    data = message.acknowledge_register_data
    data.sim_id = sim_id
    for part, field in (
        ("config", "properties_schema"),
        ("state", "output_schema"),
        ("action", "prediction_schema"),
    ):
        getattr(data, field).ParseFromString(schemas[part].SerializeToString())
    return message.SerializeToString()


def set_properties(schemas, reward="", **config):
    message = ServerToSimulator(message_type=SET_PROPERTIES)
    data = message.set_properties_data
    data.reward_name = reward
    data.dynamic_properties = message_class(schemas["config"])(**config).SerializeToString()
    data.prediction_schema.ParseFromString(schemas["action"].SerializeToString())
    return message.SerializeToString()


def predict(schemas, *actions):
    message = ServerToSimulator(message_type=PREDICTION)
    cls = message_class(schemas["action"])
    for action in actions:
        message.prediction_data.add().dynamic_prediction = cls(**action).SerializeToString()
    return message.SerializeToString()


def read(data):
    message = SimulatorToServer()
    message.ParseFromString(data)
    return message


def decode(schemas, data):
    """What a simulator sent, as plain Python."""
    message = read(data)
    return {
        "type": message.message_type,
        "sim_id": message.sim_id,
        "name": message.register_data.simulator_name,
        "states": [
            {
                "state": values(schemas["state"], entry.state),
                "reward": entry.reward,
                "terminal": entry.terminal,
                "action": entry.action_taken,
                "do_not_learn": entry.do_not_learn,
                "info": entry.info,
            }
            for entry in message.state_data
        ],
    }
