# SPDX-License-Identifier: LGPL-2.1-or-later

"""A small host for plugins, on ctypes: loads a shared object, reads its tables
and calls its functions in the documented order. It is written from plugin.h and
shares no code with the real host."""

import ctypes
import struct

OK, WARNING, DISCARD, ERROR, FATAL = range(5)

HAS_MIN, HAS_MAX, HAS_STEP = 1, 2, 4
REWARD_DEFAULT, REWARD_ALIAS = 1, 2

STRING = 12
# SIMHOST_TYPE_* to the code of Python's struct module.
CODES = {1: "d", 2: "f", 3: "b", 4: "h", 5: "i", 6: "q", 7: "B", 8: "H", 9: "I", 10: "Q", 11: "B"}

# Bytes before and after a buffer that a plugin is given.
GUARD = b"\xa5" * 16384

u16, u32, i32 = ctypes.c_uint16, ctypes.c_uint32, ctypes.c_int32
text, address = ctypes.c_char_p, ctypes.c_void_p


def struct_of(name, *members):
    return type(name, (ctypes.Structure,), {"_fields_": members})


Value = struct_of("Value", ("name", text), ("value", ctypes.c_double))

Field = struct_of(
    "Field",
    ("name", text),
    ("type", u32),
    ("flags", u32),
    ("offset", u32),
    ("size", u32),
    ("count", u32),
    ("n_values", u32),
    ("min", ctypes.c_double),
    ("max", ctypes.c_double),
    ("step", ctypes.c_double),
    ("values", ctypes.POINTER(Value)),
    ("unit", text),
    ("description", text),
)

Schema = struct_of(
    "Schema",
    ("struct_size", u32),
    ("field_size", u32),
    ("name", text),
    ("size", u32),
    ("n_fields", u32),
    ("fields", ctypes.POINTER(Field)),
    ("defaults", address),
)

Log = ctypes.CFUNCTYPE(None, address, u32, text)
SetError = ctypes.CFUNCTYPE(None, address, text)
GetExtension = ctypes.CFUNCTYPE(address, address, text)

Host = struct_of(
    "Host",
    ("struct_size", u32),
    ("abi_major", u16),
    ("abi_minor", u16),
    ("name", text),
    ("version", text),
    ("log", Log),
    ("set_error", SetError),
    ("get_extension", GetExtension),
    ("reserved", address),
)

Reward = struct_of(
    "Reward",
    ("name", text),
    ("flags", u32),
    ("description", text),
    ("evaluate", ctypes.CFUNCTYPE(ctypes.c_double, address)),
)

Call = ctypes.CFUNCTYPE(i32, address)

Simulator = struct_of(
    "Simulator",
    ("struct_size", u32),
    ("flags", u32),
    ("name", text),
    ("description", text),
    ("config", Schema),
    ("action", Schema),
    ("state", Schema),
    ("reward_size", u32),
    ("n_rewards", u32),
    ("rewards", ctypes.POINTER(Reward)),
    ("create", ctypes.CFUNCTYPE(i32, ctypes.POINTER(Host), ctypes.POINTER(address))),
    ("destroy", ctypes.CFUNCTYPE(None, address)),
    ("set_properties", ctypes.CFUNCTYPE(i32, address, address)),
    ("reset", ctypes.CFUNCTYPE(i32, address, ctypes.c_uint64)),
    ("start", Call),
    ("advance", ctypes.CFUNCTYPE(i32, address, address)),
    ("get_state", ctypes.CFUNCTYPE(i32, address, address, ctypes.POINTER(ctypes.c_uint8))),
    ("stop", Call),
    ("get_extension", ctypes.CFUNCTYPE(address, text)),
)

Frame = struct_of("Frame", ("struct_size", u32), ("width", u32), ("height", u32), ("stride", u32), ("pixels", address))

Render = struct_of(
    "Render",
    ("struct_size", u32),
    ("width", u32),
    ("height", u32),
    ("min_width", u32),
    ("min_height", u32),
    ("max_width", u32),
    ("max_height", u32),
    ("reserved", u32),
    ("step_time", ctypes.c_double),
    ("render", ctypes.CFUNCTYPE(i32, address, ctypes.POINTER(Frame))),
)

Snapshot = struct_of(
    "Snapshot",
    ("struct_size", u32),
    ("version", u32),
    ("get_size", ctypes.CFUNCTYPE(ctypes.c_uint64, address)),
    ("save", ctypes.CFUNCTYPE(i32, address, address, ctypes.c_uint64)),
    ("restore", ctypes.CFUNCTYPE(i32, address, address, ctypes.c_uint64)),
)

EXTENSIONS = {"simhost.render/1": Render, "simhost.snapshot/1": Snapshot}

Plugin = struct_of(
    "Plugin",
    ("magic", u32),
    ("abi_major", u16),
    ("abi_minor", u16),
    ("struct_size", u32),
    ("id", text),
    ("name", text),
    ("version", text),
    ("vendor", text),
    ("license", text),
    ("homepage", text),
    ("init", ctypes.CFUNCTYPE(i32, ctypes.POINTER(Host))),
    ("deinit", ctypes.CFUNCTYPE(None)),
    ("get_n_simulators", ctypes.CFUNCTYPE(u32)),
    ("get_simulator", ctypes.CFUNCTYPE(ctypes.POINTER(Simulator), u32)),
    ("get_extension", address),
)


def load(path):
    """The plugin of a shared object, and its simulators by name."""
    plugin = Plugin.in_dll(ctypes.CDLL(path), "simhost_plugin")
    assert plugin.magic == 0x484D4953 and plugin.abi_major == 1
    assert plugin.struct_size == ctypes.sizeof(Plugin)
    simulators = {}
    for index in range(plugin.get_n_simulators()):
        simulator = plugin.get_simulator(index).contents
        assert simulator.struct_size == ctypes.sizeof(Simulator)
        simulators[simulator.name.decode()] = simulator
    return plugin, simulators


def fields_of(schema):
    return [schema.fields[i] for i in range(schema.n_fields)]


def values_of(field):
    """The values of a field by name, those without one by themselves."""
    values = [field.values[i] for i in range(field.n_values)]
    return {value.name.decode() if value.name else value.value: value.value for value in values}


def rewards_of(simulator):
    return {simulator.rewards[i].name.decode(): simulator.rewards[i] for i in range(simulator.n_rewards)}


def extension(simulator, name):
    """The table of an extension, or None."""
    table = simulator.get_extension(name.encode()) if simulator.get_extension else None
    return EXTENSIONS[name].from_address(table) if table else None


class Picture:
    """A frame: picture[x, y] is (red, green, blue, alpha), y from the top."""

    def __init__(self, width, height, stride, data):
        self.width, self.height, self.stride, self.data = width, height, stride, data

    def __getitem__(self, place):
        x, y = place
        assert 0 <= x < self.width and 0 <= y < self.height, place
        return tuple(self.data[y * self.stride + 4 * x :][:4])


def pack(schema, values):
    """The bytes of a schema's struct; fields that are not given keep their
    default."""
    data = bytearray(ctypes.string_at(schema.defaults, schema.size) if schema.defaults else schema.size)
    fields = {field.name.decode(): field for field in fields_of(schema)}
    for name, value in values.items():
        field = fields[name]
        if field.type == STRING:
            code, items = f"{field.size}s", [value.encode()]
        else:
            code, items = f"{field.count}{CODES[field.type]}", value if field.count > 1 else [value]
        struct.pack_into("=" + code, data, field.offset, *items)
    return bytes(data)


def unpack(schema, data):
    """The values of a schema's struct, by name; an array is a tuple."""
    values = {}
    for field in fields_of(schema):
        if field.type == STRING:
            raw = data[field.offset : field.offset + field.size]
            values[field.name.decode()] = raw[: raw.index(0)].decode()
        else:
            items = struct.unpack_from(f"={field.count}{CODES[field.type]}", data, field.offset)
            values[field.name.decode()] = items if field.count > 1 else items[0]
    return values


class Refused(Exception):
    """A call returned something other than SIMHOST_OK."""

    def __init__(self, call, status, reason):
        super().__init__(f"{call} returned {status}: {reason}")
        self.status = status
        self.reason = reason


class Instance:
    """One running simulation. Use it in a `with` statement."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.rewards = rewards_of(simulator)
        self.reason = None
        self.extensions = {}
        self.host = Host(
            struct_size=ctypes.sizeof(Host),
            abi_major=1,
            abi_minor=0,
            name=b"test",
            version=b"1.0",
            log=Log(lambda host, level, line: None),
            set_error=SetError(self._set_error),
            get_extension=GetExtension(lambda host, name: None),
        )
        self.self = address()
        self._check("create", simulator.create(ctypes.byref(self.host), ctypes.byref(self.self)))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.simulator.destroy(self.self)

    def _set_error(self, host, line):
        self.reason = line.decode(errors="replace")

    def _check(self, call, status):
        if status != OK:
            raise Refused(call, status, self.reason)

    def _guarded(self, data):
        return ctypes.create_string_buffer(GUARD + data + GUARD, len(data) + 2 * len(GUARD))

    def _inside(self, buffer):
        assert buffer.raw[: len(GUARD)] == GUARD, "wrote before the struct"
        assert buffer.raw[-len(GUARD) :] == GUARD, "wrote past the struct"
        return buffer.raw[len(GUARD) : -len(GUARD)]

    def set_properties(self, **config):
        if self.simulator.config.n_fields == 0:
            return
        buffer = self._guarded(pack(self.simulator.config, config))
        self._check(
            "set_properties", self.simulator.set_properties(self.self, ctypes.addressof(buffer) + len(GUARD))
        )
        self._inside(buffer)

    def begin(self, seed):
        """reset, start, get_state: the first state of an episode."""
        self._check("reset", self.simulator.reset(self.self, seed))
        if self.simulator.start:
            self._check("start", self.simulator.start(self.self))
        return self.observe()[0]

    def observe(self):
        buffer = self._guarded(bytes(self.simulator.state.size))
        terminal = ctypes.c_uint8(77)
        self._check(
            "get_state",
            self.simulator.get_state(self.self, ctypes.addressof(buffer) + len(GUARD), ctypes.byref(terminal)),
        )
        assert terminal.value in (0, 1), "get_state did not set terminal"
        return unpack(self.simulator.state, self._inside(buffer)), bool(terminal.value)

    def advance(self, **action):
        """One step: the state after it, and whether it is terminal."""
        buffer = self._guarded(pack(self.simulator.action, action))
        self._check("advance", self.simulator.advance(self.self, ctypes.addressof(buffer) + len(GUARD)))
        self._inside(buffer)
        return self.observe()

    def reward(self, name):
        return self.rewards[name].evaluate(self.self)

    def stop(self):
        if self.simulator.stop:
            self._check("stop", self.simulator.stop(self.self))

    def extension(self, name):
        if name not in self.extensions:
            self.extensions[name] = extension(self.simulator, name)
        return self.extensions[name]

    def render(self, width=None, height=None, gap=0):
        """A picture of the state that was seen last."""
        table = self.extension("simhost.render/1")
        width, height = width or table.width, height or table.height
        stride = 4 * width + gap
        buffer = self._guarded((bytes(4 * width) + b"\xa5" * gap) * height)
        frame = Frame(ctypes.sizeof(Frame), width, height, stride, ctypes.addressof(buffer) + len(GUARD))
        self._check("render", table.render(self.self, ctypes.byref(frame)))
        data = self._inside(buffer)
        for y in range(height):
            assert data[y * stride + 4 * width : (y + 1) * stride] == b"\xa5" * gap, "wrote between rows"
        return Picture(width, height, stride, data)

    def save(self):
        table = self.extension("simhost.snapshot/1")
        buffer = self._guarded(bytes(table.get_size(self.self)))
        size = len(buffer) - 2 * len(GUARD)
        self._check("save", table.save(self.self, ctypes.addressof(buffer) + len(GUARD), size))
        return self._inside(buffer)

    def restore(self, data):
        """The state after it, and whether it is terminal."""
        table = self.extension("simhost.snapshot/1")
        buffer = self._guarded(data)
        self._check("restore", table.restore(self.self, ctypes.addressof(buffer) + len(GUARD), len(data)))
        self._inside(buffer)
        return self.observe()
