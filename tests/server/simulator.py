# SPDX-License-Identifier: LGPL-2.1-or-later

"""A simulator as the original library would connect it: it answers each message
with the one that is due, and never speaks unasked."""

import math
import random

from wire import (
    ACKNOWLEDGE,
    FINISHED,
    PREDICTION,
    READY,
    REGISTER,
    RESET,
    SET_PROPERTIES,
    START,
    STATE,
    STOP,
    ServerToSimulator,
    SimulatorToServer,
    message_class,
    values,
)

USER_AGENT = {"User-Agent": "bonsai-ai/2.2.8 (python 3.7.4; linux)"}


class Walker:
    """Reward 1 a step; terminal after `length` steps, if it is given."""

    name = "walker"

    def __init__(self, length=None):
        self.length = length
        self.configs = []

    def start(self, config):
        self.configs.append(config)
        self.step = 0
        return {"x": config.get("start", 0.0), "v": 0.0}

    def simulate(self, action):
        self.step += 1
        state = {"x": float(self.step), "v": float(action["push"])}
        return state, 1.0, self.step == self.length


class CartPole:
    """The equations of Barto, Sutton and Anderson, as in Gym's CartPole-v1."""

    name = "cartpole"

    def __init__(self, seed):
        self.random = random.Random(seed)

    def _state(self):
        return dict(zip(("position", "velocity", "angle", "rotation"), self.state))

    def start(self, config):
        self.state = [self.random.uniform(-0.05, 0.05) for _ in range(4)]
        return self._state()

    def simulate(self, action):
        x, v, angle, rotation = self.state
        force = 10.0 if action["command"] == 1 else -10.0
        sin, cos = math.sin(angle), math.cos(angle)
        part = (force + 0.05 * rotation**2 * sin) / 1.1
        turn = (9.8 * sin - cos * part) / (0.5 * (4 / 3 - 0.1 * cos**2 / 1.1))
        push = part - 0.05 * turn * cos / 1.1
        self.state = [
            x + 0.02 * v,
            v + 0.02 * push,
            angle + 0.02 * rotation,
            rotation + 0.02 * turn,
        ]
        fallen = abs(self.state[0]) > 2.4 or abs(self.state[2]) > math.radians(12)
        return self._state(), 1.0, fallen


class Client:
    """One connection. `log` has the type of every message received."""

    def __init__(self, websocket, simulator):
        self.websocket = websocket
        self.simulator = simulator
        self.log = []
        self.sim_id = 0
        self.config = {}
        self.properties = None  # the bytes of the last SET_PROPERTIES
        self.reward_name = None
        self.schemas = {}
        self.actions = []

    def send(self, kind, **members):
        message = SimulatorToServer(message_type=kind, sim_id=self.sim_id, **members)
        self.websocket.send(message.SerializeToString())

    def register(self, name=None):
        message = SimulatorToServer(message_type=REGISTER)
        message.register_data.simulator_name = name or self.simulator.name
        self.websocket.send(message.SerializeToString())

    def entry(self, state, reward=0.0, terminal=False, action=b""):
        """A SimulationSourceData, its state as a dictionary."""
        message = message_class(self.schemas["state"])(**state)
        return {
            "state": message.SerializeToString(),
            "reward": reward,
            "terminal": terminal,
            "action_taken": action,
        }

    def receive(self):
        message = ServerToSimulator()
        message.ParseFromString(self.websocket.receive())
        self.log.append(message.message_type)
        return message

    def absorb(self, message):
        if message.message_type == ACKNOWLEDGE:
            data = message.acknowledge_register_data
            self.sim_id = data.sim_id
            self.schemas = {
                "config": data.properties_schema,
                "state": data.output_schema,
                "action": data.prediction_schema,
            }
        elif message.message_type == SET_PROPERTIES:
            data = message.set_properties_data
            # An absent schema would wipe it.
            self.schemas["action"] = data.prediction_schema
            self.properties = data.dynamic_properties
            self.reward_name = data.reward_name
            self.config = values(self.schemas["config"], data.dynamic_properties)

    def step(self, prediction):
        action = values(self.schemas["action"], prediction.dynamic_prediction)
        self.actions.append(action)
        state, reward, terminal = self.simulator.simulate(action)
        return self.entry(state, reward, terminal, prediction.dynamic_prediction)

    def answer(self, message):
        """Sends the answer that is due to a message."""
        kind = message.message_type
        if kind in (ACKNOWLEDGE, SET_PROPERTIES, STOP, RESET):
            self.send(READY)
        elif kind == START:
            entry = self.entry(self.simulator.start(self.config))
            self.send(STATE, state_data=[entry])
        elif kind == PREDICTION:
            entries = [self.step(p) for p in message.prediction_data]
            self.send(STATE, state_data=entries)
        else:
            raise AssertionError(f"message type {kind}")

    def turn(self):
        """One message and its answer; the message."""
        message = self.receive()
        self.absorb(message)
        if message.message_type != FINISHED:
            self.answer(message)
        return message

    def until(self, kind):
        """Plays on until a message of that kind; it is not answered."""
        while True:
            message = self.receive()
            self.absorb(message)
            if message.message_type == kind:
                return message
            self.answer(message)

    def run(self):
        """A whole training; True if the server agreed to the close. It does not wait
        for it for long: it may have closed before, as the brain trains no more."""
        self.register()
        self.until(FINISHED)
        return self.websocket.close(1000, 1001)
