#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""Snapshots of simulators, as bytes: test-snapshots.py FILE..."""

import random
import struct
import sys

import plugin
from compare import random_action
from tap import case, run

simulators = {}
for path in sys.argv[1:]:
    simulators |= plugin.load(path)[1]

CONFIGS = {"cartpole": {"episode_length": 30}, "frozen_lake": {"size": 8}, "pendulum": {}}


def play(instance, simulator, chance, n_steps):
    """States, rewards and terminals of some steps."""
    seen = []
    for _ in range(n_steps):
        state, terminal = instance.advance(**random_action(simulator, chance))
        seen.append((state, terminal, [instance.reward(name) for name in instance.rewards]))
        if terminal:
            break
    return seen


for name, simulator in simulators.items():

    @case(f"/plugins/snapshots/{name}/another-instance-goes-on")
    def goes_on(name=name, simulator=simulator):
        for seed in range(20):
            with plugin.Instance(simulator) as one, plugin.Instance(simulator) as two:
                one.set_properties(**CONFIGS[name])
                one.begin(seed)
                before = play(one, simulator, random.Random(seed), seed % 7)
                if before and before[-1][1]:
                    continue
                saved = one.save()
                assert one.save() == saved
                future = play(one, simulator, random.Random(~seed), 100)

                two.set_properties()
                two.begin(seed + 1000)
                play(two, simulator, random.Random(1), 1)
                state, terminal = two.restore(saved)
                assert not terminal and (not before or state == before[-1][0])
                assert two.save() == saved
                assert play(two, simulator, random.Random(~seed), 100) == future

    @case(f"/plugins/snapshots/{name}/other-bytes-are-refused")
    def refused(name=name, simulator=simulator):
        chance = random.Random(3)
        with plugin.Instance(simulator) as instance:
            instance.set_properties(**CONFIGS[name])
            instance.begin(3)
            saved = instance.save()
            assert struct.unpack("<II", saved[:8]) == (0x50414E53, 1)
            bad = [saved[:n] for n in range(len(saved))] + [saved + b"\0"]
            bad += [struct.pack("<II", 0x50414E53, version) + saved[8:] for version in (0, 2, 2**32 - 1)]
            bad += [chance.randbytes(len(saved)) for _ in range(100)]
            # Infinite and undefined numbers, or places that there are not.
            bad += [saved[:8] + bytes([byte]) * (len(saved) - 8) for byte in (0x7F, 0xFF)]
            for data in bad:
                try:
                    instance.restore(data)
                except plugin.Refused as refusal:
                    assert refusal.status == plugin.DISCARD and "no snapshot" in refusal.reason
                else:
                    raise AssertionError(data.hex())
                assert instance.save() == saved


run()
