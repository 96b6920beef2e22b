# SPDX-License-Identifier: LGPL-2.1-or-later

"""The record of a session as the original library would have written it: made
from what the engine said and was told, by Python's json and csv modules."""

import csv
import io
import json
import struct

STATISTICS = ("episode_reward", "episode_count", "episode_rate", "iteration_count", "iteration_rate")
# Not known beforehand.
UNKNOWN = ("time", "statistics.episode_rate", "statistics.iteration_rate")


def as_float(number):
    """What is left of a number on its way through a float32."""
    return struct.unpack("f", struct.pack("f", number))[0]


def names(schema):
    return [field.name for field in schema.field]


class Record:
    def __init__(self, schemas, simulator="counter", predict=False, sim_id=7, own=()):
        self.keys = [
            f"{part}.{name}"
            for part in ("config", "action", "state")
            for name in names(schemas[part])
        ]
        self.keys += ["reward", "terminal", "time", "simulator", "predict", "sim_id"]
        self.keys += ["statistics." + name for name in STATISTICS] + list(own)
        self.fixed = {"simulator": simulator, "predict": predict, "sim_id": sim_id}
        self.rows = []
        self.reward = self.episodes = self.iterations = 0

    def _add(self, **parts):
        row = dict.fromkeys(self.keys) | self.fixed
        for part, values in parts.items():
            if isinstance(values, dict):
                row |= {f"{part}.{key}": value for key, value in values.items()}
            else:
                row[part] = values
        row |= {
            "statistics.episode_reward": self.reward,
            "statistics.episode_count": self.episodes,
            "statistics.iteration_count": self.iterations,
        }
        self.rows.append(row)

    def start(self, state, config=None):
        self.reward = self.iterations = 0
        self._add(state=state, config=config or {})

    def step(self, state, action, reward, terminal=False):
        self.iterations += 1
        self.reward += reward
        self._add(state=state, action=action, reward=reward, terminal=terminal)

    def finish(self):
        self.episodes += 1

    def complete(self, found):
        """Takes over what cannot be known, once it looks right."""
        assert len(found) == len(self.rows), (len(found), len(self.rows), found)
        for row, other in zip(self.rows, found):
            for key in UNKNOWN:
                row[key] = other[key]

    def to_json(self):
        return "".join(json.dumps(row) + "\n" for row in self.rows).encode()

    def to_csv(self, header=True):
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.keys)
        if header:
            writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue().encode()
