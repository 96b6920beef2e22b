# SPDX-License-Identifier: LGPL-2.1-or-later

"""Programs that tests train with on the cart pole."""

TEXT = """inkling "2.0"

type GameState {
    position: Number.Float32<-4.8 .. 4.8>,
    velocity: Number.Float32,
    angle: Number.Float32<-0.5 .. 0.5>,
    rotation: Number.Float32
}

type Action {
    command: Number.Int32<left = 0, right = 1>
}

type CartPoleConfig {
    episode_length: Number.Int32,
    deque_size: Number.UInt32
}

simulator cartpole (action: Action, config: CartPoleConfig): GameState {
}

graph (input: GameState): Action {
    concept Balance (input): Action {
        curriculum {
            source cartpole
            training {
                EpisodeIterationLimit: 500,
                TotalIterationLimit: %(limit)d,
                NoProgressIterationLimit: 1000000000
            }
            lesson easy {
                training { LessonRewardThreshold: 5 }
                scenario { episode_length: -1, deque_size: 1 }
            }
            %(more)s
        }
    }
}
"""

HARD = """lesson hard {
                training { LessonRewardThreshold: 501 }
                scenario { episode_length: -1, deque_size: 1 }
            }"""

# Over in a moment, its curriculum met.
SHORT = TEXT % {"limit": 1_000_000, "more": ""}
# Over in a moment, but not what was to be learnt.
LIMITED = TEXT % {"limit": 20_000, "more": HARD}
# One that does not end by itself: it stays in the second of two lessons.
ENDLESS = TEXT % {"limit": 1_000_000_000, "more": HARD}
