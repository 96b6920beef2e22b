# SPDX-License-Identifier: LGPL-2.1-or-later

"""Items 30 to 47: the order of things, on the wire and in the simulator."""

import itertools

from play import PLAIN, Play, says, schemas, tap
import wire


def case(path):
    return tap.case("/conformance/" + path)


def calls(play):
    return [call for call in play.calls().split(", ") if call not in ("", "create")]


def called(play, *expected):
    """The calls since the last time; states are not numbered."""
    found = ["get_state" if call.startswith("get_state") else call for call in calls(play)]
    wanted = " / ".join(expected).split(" / ") if expected else []
    assert found == wanted, (found, wanted)


def lines(entries):
    return [says(entry) for entry in entries]


def bytes_of(*actions):
    action = wire.message_class(PLAIN["action"])
    return [action(real=real).SerializeToString() for real in actions]


def reals(*actions):
    return [{"real": real} for real in actions]


BEGIN = "reset {} / start / get_state"
STEP = "advance {} / get_state / steps"


@case("30-first-state")
def first_state():
    with Play() as play:
        entry = play.begin(real=3, limit=1)
        assert says(entry) == "r0" and play.values(entry) == {"real": 3, "step": 0}
        called(play, "set_properties 3 1", BEGIN.format(0))
        # Nor in later episodes, when there has been an action.
        play.predict(*reals(4))
        play.stop()
        assert says(play.start()) == "r0"
        called(play, STEP.format(4), "stop", BEGIN.format(1))
        play.finish()


def always_terminal_case(n):
    def run():
        actions = bytes_of(*range(1, n + 1))
        with Play() as play:
            play.begin(limit=1)
            play.calls()
            entries = play.predict_bytes(*actions)
            # Each second entry is used up by the beginning of an episode.
            wanted = [f"r{1 - k % 2}{' T' if k % 2 == 0 else ''} a{a.hex()}" for k, a in enumerate(actions)]
            assert lines(entries) == wanted, lines(entries)
            seed = itertools.count(1)
            expected = []
            for k in range(n):
                expected.append(STEP.format(k + 1) + " / stop" if k % 2 == 0 else BEGIN.format(next(seed)))
            called(play, *expected)
            play.finish()

    return run


for n in (1, 2, 3):
    case(f"31-always-terminal/batch-of-{n}")(always_terminal_case(n))


@case("32-terminal-last-then-stop")
def terminal_then_stop():
    with Play() as play:
        play.begin(limit=2)
        play.calls()
        assert [entry.terminal for entry in play.predict(*reals(1, 2))] == [False, True]
        # It is stopped before its state is sent.
        called(play, STEP.format(1), STEP.format(2), "stop")
        play.stop()
        called(play)
        play.start()
        called(play, BEGIN.format(1))
        assert not play.predict(*reals(1))[0].terminal
        play.finish()
    # No action is used up after that: an episode needs its START.
    with Play() as play:
        play.begin(limit=1)
        play.predict(*reals(1))
        play.stop()
        play.refused(wire.predict(PLAIN, *reals(1)), "has not started an episode")


@case("33-terminal-last-then-prediction")
def terminal_then_prediction():
    with Play() as play:
        play.begin(real=9, limit=1)
        play.predict(*reals(1))
        play.calls()
        used = bytes_of(5, 6)
        entries = play.predict_bytes(*used)
        assert lines(entries) == [f"r0 a{used[0].hex()}", f"r1 T a{used[1].hex()}"], lines(entries)
        # The properties of the last SET_PROPERTIES count.
        assert play.values(entries[0]) == {"real": 9, "step": 0}
        called(play, BEGIN.format(1), STEP.format(6), "stop")
        play.finish()


@case("34-stop-without-terminal")
def stop_without_terminal():
    with Play() as play:
        play.begin()
        play.predict(*reals(1, 2))
        play.calls()
        play.stop()
        called(play, "stop")
        # The original calls finish at every STOP; here each start has one stop.
        play.stop()
        called(play)
        play.finish()


@case("35-stop-straight-after-start")
def stop_after_start():
    with Play() as play:
        play.begin()
        play.stop()
        called(play, "set_properties 0.5 0", BEGIN.format(0), "stop")
        play.start()
        called(play, BEGIN.format(1))
        play.finish()


@case("36-start-without-set-properties")
def start_without_properties():
    """The original hands an empty config over; a plugin gets its defaults."""
    with Play() as play:
        play.acknowledge()
        assert play.values(play.start()) == {"real": 0.5, "step": 0}
        called(play, "set_properties 0.5 0", BEGIN.format(0))
        play.stop()
        play.start()
        called(play, "stop", BEGIN.format(1))
        play.finish()


@case("37-set-properties-twice")
def properties_twice():
    with Play() as play:
        play.acknowledge()
        play.properties("real", real=1, limit=1)
        play.properties("steps", real=2)
        called(play)
        assert play.values(play.start()) == {"real": 2, "step": 0}
        called(play, "set_properties 2 0", BEGIN.format(0))
        # The later one says nothing of limit: it is not kept.
        assert not play.predict(*reals(5))[0].terminal
        play.finish()


@case("38-reset-repeated")
def reset_repeated():
    with Play() as play:
        play.begin()
        play.calls()
        for _ in range(3):
            play.reset()
        called(play)
        # It has not ended the episode.
        assert play.values(play.predict(*reals(3))[0]) == {"real": 3, "step": 1}
        play.stop()
        for _ in range(3):
            play.reset()
        called(play, STEP.format(3), "stop")
        play.finish()


@case("39-finished-straight-after-acknowledge")
def finished_at_once():
    with Play() as play:
        play.acknowledge()
        play.finish()
        called(play, "destroy")


@case("39-finished-in-an-episode")
def finished_in_episode():
    with Play() as play:
        play.begin()
        play.predict(*reals(1))
        play.calls()
        play.finish()
        called(play, "stop", "destroy")


@case("39-finished-after-terminal")
def finished_after_terminal():
    with Play() as play:
        play.begin(limit=1)
        play.predict(*reals(1))
        play.calls()
        play.finish()
        called(play, "destroy")


ODD = {
    "": 0,
    "09000000000000f03f": 1,
    "0900000000000000000900000000000000c0": -2,
    "8980808000000000000000f03f": 1,
    "09000000000000f03f08051003": 1,
    "1a036162630900000000000008402500000000": 3,
}


@case("40-action-taken-is-what-came")
def verbatim():
    with Play() as play:
        play.begin()
        given = [bytes.fromhex(text) for text in ODD]
        for entry, action, real in zip(play.predict_bytes(*given), given, ODD.values()):
            assert entry.action_taken == action, (entry.action_taken.hex(), action.hex())
            assert play.values(entry)["real"] == real
        play.finish()


@case("41-terminal-at-the-start-is-ignored")
def terminal_at_start():
    parts = schemas(config={"terminal_at_start": "bool"})
    with Play(schemas=parts) as play:
        assert not play.begin(terminal_at_start=True).terminal
        assert not play.predict(*reals(1))[0].terminal
        called(play, "set_properties 0.5 0", BEGIN.format(0), STEP.format(1))
        play.finish()


@case("42-empty-batch")
def empty_batch():
    with Play() as play:
        play.begin(limit=1)
        play.calls()
        assert play.predict() == []
        called(play)
        play.predict(*reals(1))
        # It uses no beginning up.
        assert play.predict() == []
        assert lines(play.predict_bytes(b"")) == ["r0"]
        called(play, STEP.format(1), "stop", BEGIN.format(1))
        play.finish()


def forbidden_case(kind):
    def run():
        with Play("--predict") as play:
            play.states(wire.acknowledge(PLAIN))
            play.predict(*reals(1))
            play.calls()
            play.refused(wire.plain(kind), "unexpected message during prediction")
            # What is open is stopped when it goes.
            called(play, "stop", "destroy")

    return run


for name in ("SET_PROPERTIES", "START", "STOP", "RESET"):
    case(f"43-forbidden-in-prediction/{name}")(forbidden_case(getattr(wire, name)))


@case("43-finished-in-prediction")
def finished_in_prediction():
    with Play("--predict") as play:
        play.states(wire.acknowledge(PLAIN))
        play.finish()


@case("44-action-for-the-state-given")
def no_lag():
    """The state that answers an action is the one after it, not one late."""
    with Play("--predict") as play:
        (first,) = play.states(wire.acknowledge(PLAIN))
        assert says(first) == "r0" and play.values(first) == {"real": 0.5, "step": 0}
        for step in range(1, 6):
            (entry,) = play.predict(*reals(step * 10))
            assert play.values(entry) == {"real": step * 10, "step": step}
            assert entry.reward == step
        play.finish()


@case("44-terminal-in-prediction")
def terminal_in_prediction():
    with Play("--predict", "--set", "limit=1") as play:
        play.states(wire.acknowledge(PLAIN))
        assert lines(play.predict_bytes(b"")) == ["r1 T"]
        assert lines(play.predict_bytes(b"")) == ["r0"]
        assert lines(play.predict_bytes(b"")) == ["r1 T"]
        called(play, "set_properties 0.5 1", BEGIN.format(0), STEP.format(0), "stop",
               BEGIN.format(1), STEP.format(0), "stop")
        play.finish()


@case("46-state-before-reward")
def state_before_reward():
    with Play() as play:
        play.begin("real")
        play.calls()
        play.predict(*reals(1.5, 2))
        called(play, "advance 1.5", "get_state", "real", "advance 2", "get_state", "real")
        play.finish()


@case("46-reward-that-the-simulator-lacks")
def lacking_reward():
    """The first library fails at START, with an attribute error; here it is the
    SET_PROPERTIES, and the answer says which there are. Case counts."""
    for name in ("speed", "Steps", "get_state"):
        with Play() as play:
            play.acknowledge()
            play.refused(wire.set_properties(PLAIN, name), "witness", f"'{name}'", "'real', 'steps'")
            called(play, "destroy")


@case("46-no-name-of-a-reward")
def no_reward_name():
    """The one that the plugin says is the default; 0 if it has none."""
    with Play() as play:
        play.begin("")
        assert play.predict(*reals(9))[0].reward == 1
        play.finish()
    parts = schemas(config={})
    with Play(simulator="mute", schemas=parts) as play:
        play.acknowledge()
        play.ready(wire.set_properties(parts, ""))
        play.start()
        assert lines(play.predict_bytes(b"")) == ["r0"]
        called(play, "reset 0 / start / get_state / advance 0 / get_state")
        play.finish()


@case("47-reward-changes-between-lessons")
def reward_changes():
    with Play() as play:
        play.begin("real")
        assert play.predict(*reals(4, 6))[1].reward == 6
        play.stop()
        play.properties("steps")
        play.start()
        assert play.predict(*reals(4, 6))[1].reward == 2
        # Even in an episode.
        play.properties("real")
        assert play.predict(*reals(4))[0].reward == 4
        play.finish()


@case("53-lost-in-a-batch")
def lost():
    """It begins with REGISTER, and nothing of before counts; the episode that
    was open is stopped no earlier than another one begins."""
    for terminal in (False, True):
        with Play() as play:
            play.begin("real", limit=1 if terminal else 9, real=3)
            play.predict(*reals(1))
            play.send(wire.predict(PLAIN, *reals(2, 3)))
            play.connection.receive()
            play.calls()
            play.connection.drop()
            play.reconnect()
            called(play)
            play.sim_id = 8
            play.acknowledge()
            called(play)
            assert play.values(play.start()) == {"real": 0.5, "step": 0}
            # With a limit of 1 the batch ended an episode of its own.
            seed = 2 if terminal else 1
            stop = [] if terminal else ["stop"]
            called(play, *stop, "set_properties 0.5 0", BEGIN.format(seed))
            # The default reward again, and no prediction is used up.
            (entry,) = play.predict(*reals(7))
            assert entry.reward == 1 and not entry.terminal
            play.finish()


@case("53-no-flag-survives")
def fresh_flags():
    """Lost after a terminal step: the next action would have been used up."""
    with Play() as play:
        play.begin(limit=1)
        play.predict(*reals(1))
        play.connection.drop()
        play.reconnect()
        play.acknowledge()
        play.refused(wire.predict(PLAIN, *reals(1)), "has not started an episode")


tap.run()
