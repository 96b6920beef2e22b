#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later

"""What simulators draw, against where their states say that things are:

    test-pictures.py CARTPOLE PENDULUM FROZEN_LAKE [LUNAR_LANDER]
"""

import math
import random
import sys

import plugin
from compare import random_action
from tap import case, run

simulators = {}
for path in sys.argv[1:]:
    simulators |= plugin.load(path)[1]

WHITE = 0xFFFFFF
PAPER, WOOD, BLUE, RED, GREEN = 0xF7F6F2, 0xC98F52, 0x2F6DB3, 0xD1495B, 0x3A9D6E
ICE, WATER, HULL, PAD, MOON, FLAME = 0xD8EAF6, 0x173A5E, 0x9B7FE0, 0x58D68D, 0xB9BCC6, 0xFFB02E

SIZES = [(None, None), (150, 150), (640, 200), (300, 500)]


class View:
    """The world on a frame: in its middle, as large as it may be."""

    def __init__(self, picture, left, bottom, width, height):
        self.picture, self.x, self.y = picture, left + width / 2, bottom + height / 2
        self.scale = min(picture.width / width, picture.height / height)

    def at(self, x, y):
        """The colour there, as 0xRRGGBB; what is drawn is opaque."""
        column = self.picture.width / 2 + (x - self.x) * self.scale
        row = self.picture.height / 2 - (y - self.y) * self.scale
        red, green, blue, alpha = self.picture[int(column), int(row)]
        assert alpha == 255
        return red << 16 | green << 8 | blue


def near(one, two):
    """Nearly the same colour: thin lines are antialiased."""
    return all(abs((one >> shift & 255) - (two >> shift & 255)) < 60 for shift in (0, 8, 16))


def episode(simulator, seed, n_steps, choose=None, **config):
    """Instances in each state of an episode, the state and the last action."""
    chance = random.Random(seed)
    with plugin.Instance(simulator) as instance:
        instance.set_properties(**config)
        state, terminal, action = instance.begin(seed), False, None
        yield instance, state, action
        for _ in range(n_steps):
            if terminal:
                break
            action = choose(state) if choose else random_action(simulator, chance)
            state, terminal = instance.advance(**action)
            yield instance, state, action
        instance.stop()


@case("/plugins/pictures/cartpole/cart-pole-and-limits")
def cartpole():
    for seed, (width, height) in enumerate(SIZES):
        for instance, state, action in episode(simulators["cartpole"], seed, 60):
            picture = instance.render(width, height, gap=8 * seed)
            view = View(picture, -3.0, -0.65, 6.0, 2.4)
            x, angle = state["position"], state["angle"]
            for part in 0.3, 0.7, 0.98:
                assert view.at(x + 1.5 * part * math.sin(angle), 1.5 * part * math.cos(angle)) == WOOD
            assert view.at(x + 1.62 * math.sin(angle), 1.62 * math.cos(angle)) == PAPER
            assert view.at(x, -0.2) == BLUE and view.at(x + 0.3, -0.1) == BLUE
            assert view.at(x + 0.4, 0.1) == PAPER
            assert near(view.at(-2.4, -0.3), RED) and near(view.at(2.4, -0.3), RED)
            # The arrow points where the last push went.
            pushed = [near(view.at(x + side * 0.66, -0.17), 0xFF9F1C) for side in (-1, 1)]
            assert pushed == ([False, False] if action is None else [action["command"] == 0, action["command"] == 1])


@case("/plugins/pictures/pendulum/rod-and-torque")
def pendulum():
    turns = set()
    for seed, (width, height) in enumerate(SIZES):
        for instance, state, action in episode(simulators["pendulum"], seed, 60):
            picture = instance.render(width, height)
            view = View(picture, -1.4, -1.4, 2.8, 2.8)
            # Positive angles are to the left.
            right, up = -state["sin_theta"], state["cos_theta"]
            for part in 0.6, 0.8, 1.0:
                assert view.at(part * right, part * up) == RED
            assert view.at(-0.8 * right, -0.8 * up) == PAPER
            arrow = [view.at(side * 0.42 * math.sin(0.35), 0.42 * math.cos(0.35)) == BLUE for side in (-1, 1)]
            torque = action["torque"] if action else 0.0
            if abs(torque) > 0.5:
                assert arrow == [torque > 0, torque < 0], (arrow, torque)
                turns.add(torque > 0)
            elif abs(torque) < 0.08:
                assert arrow == [False, False]
    assert len(turns) == 2


MAPS = {
    4: "SFFF FHFH FFFH HFFG".split(),
    8: "SFFFFFFF FFFFFFFF FFFHFFFF FFFFFHFF FFFHFFFF FHHFFFHF FHFFHFHF FFFHFFFG".split(),
}


@case("/plugins/pictures/frozen_lake/places-and-agent")
def frozen_lake():
    seen = set()
    for size in MAPS:
        for seed in range(8):
            for instance, state, action in episode(simulators["frozen_lake"], seed, 60, size=size):
                view = View(instance.render(*SIZES[seed % 4]), -0.15, -0.15, size + 0.3, size + 0.3)
                agent = divmod(state["current_pos"], size)
                for row, places in enumerate(MAPS[size]):
                    for column, ice in enumerate(places):
                        colour = view.at(column + 0.5, size - row - 0.5)
                        corner = view.at(column + 0.09, size - row - 0.91)
                        assert near(corner, ICE), (row, column, hex(corner))
                        if (row, column) == agent:
                            assert near(colour, WHITE if action else RED), hex(colour)
                            edge = view.at(column + 0.5 + 0.17, size - row - 0.5 + 0.17)
                            # Where a pixel is no larger than what it is to show.
                            assert view.scale < 30 or near(edge, 0x7C5561 if ice == "H" else RED), hex(edge)
                            seen.add(ice)
                        elif ice == "G":
                            assert view.at(column + 0.45, size - row - 0.3) == GREEN
                        else:
                            assert colour == (WATER if ice == "H" else ICE)
    assert {"S", "F", "H"} <= seen, seen


def lander():
    down = {"lunar_lander": lambda state: {"command": 2}, "lunar_lander_continuous": lambda state: {"engine1": 1, "engine2": 0}}
    for name, choose in down.items():
        for seed, (width, height) in enumerate(SIZES):
            for instance, state, action in episode(simulators[name], seed, 80, choose):
                view = View(instance.render(width, height), 0.0, 0.0, 20.0, 40 / 3)
                x = 10 + 10 * state["x_position"]
                y = 10 / 3 + 18 / 30 + 20 / 3 * state["y_position"]
                if not (1 < x < 19 and 1 < y < 12.5):
                    continue
                sin, cos = math.sin(state["angle"]), math.cos(state["angle"])

                def hull(across, up):
                    return view.at(x + across * cos - up * sin, y + across * sin + up * cos)

                assert hull(0.0, -0.2) == HULL and hull(0.4, -0.1) == HULL
                assert (hull(0.0, -1.4) == FLAME) == (action is not None), hex(hull(0.0, -1.4))
                assert hull(1.0, 0.5) != HULL
                assert view.at(10.0, 10 / 3) == PAD and view.at(10.0, 1.0) == MOON


if "lunar_lander" in simulators:
    case("/plugins/pictures/lunar_lander/hull-flame-and-pad")(lander)


for name, simulator in simulators.items():

    @case(f"/plugins/pictures/{name}/every-size-is-filled")
    def sizes(simulator=simulator):
        table = plugin.extension(simulator, "simhost.render/1")
        assert 1 <= table.min_width <= table.width <= table.max_width <= 4096
        for instance, _, _ in episode(simulator, 1, 0):
            for width in table.min_width, table.min_width + 1, table.width, table.max_width:
                for height in table.min_height, table.height, table.max_height:
                    picture = instance.render(width, height)
                    assert set(picture.data[3::4]) == {255}, "what is drawn is opaque"
                    assert len(set(zip(*[iter(picture.data)] * 4))) > 4, (width, height)

    @case(f"/plugins/pictures/{name}/the-same-state-looks-the-same")
    def same(simulator=simulator):
        first = [instance.render().data for instance, _, _ in episode(simulator, 5, 10)]
        again = [instance.render().data for instance, _, _ in episode(simulator, 5, 10)]
        other = [instance.render().data for instance, _, _ in episode(simulator, 6, 10)]
        assert first == again != other


run()
