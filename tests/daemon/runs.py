# SPDX-License-Identifier: LGPL-2.1-or-later

"""A bus with the cart pole, and what tests ask of trainings on it."""

import json
from pathlib import Path

from bus import NAME, ROOT, Bus, GLib


def variants(**options):
    kinds = {"seed": "t", "muscles": "u", "instances": "u"}
    return {key: GLib.Variant(kinds.get(key, "s"), value) for key, value in options.items()}


class Home(Bus):
    def __init__(self, simhost, plugins):
        super().__init__(simhost)
        self.cartpole = Path(plugins) / "cartpole.so"
        self.seen = []

    def __enter__(self):
        super().__enter__()
        self.add(self.cartpole)
        self.client.signal_subscribe(
            NAME, None, None, None, None, 0,
            lambda connection, sender, path, interface, name, parameters:
                self.seen.append((path, name, parameters.unpack())))
        return self

    def train(self, text, **options):
        path, = self.call(ROOT, "Manager.Train", "(sa{sv})", text,
                          variants(muscles=1, instances=4) | variants(**options))
        return path

    def train_refused(self, text, **options):
        return self.refused(ROOT, "Manager.Train", "(sa{sv})", text, variants(**options))

    def run_of(self, path, **wanted):
        """The run once its properties are so; a value may be a function."""
        def look():
            it = self.managed().get(path)
            return it if it and all(value(it[key]) if callable(value) else it[key] == value
                                    for key, value in wanted.items()) else None
        return self.wait(look)

    def learning(self, path):
        """The run once it is in its second lesson, so that something is saved."""
        return self.run_of(path, Lesson="hard")

    def brain(self, name):
        return next((it | {"path": path} for path, it in self.managed().items()
                     if "/brain/" in path and it["Name"] == name), None)

    def finished(self):
        return [parameters for path, name, parameters in self.seen if name == "RunFinished"]

    def files(self):
        """What daemons have written for their trainings, but not taken away."""
        folder = self.top / "run" / "simhost"
        return list(folder.glob("curriculum-*")) if folder.exists() else []

    def listed(self, name):
        return [json.loads(line)
                for line in self.run("brain", "list", name, "--json").stdout.splitlines()]
