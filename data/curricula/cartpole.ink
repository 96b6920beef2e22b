# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Keep a pole upright on a cart that can only be pushed left or right.
#
#   simhost train cartpole.ink
#   simhost predict cartpole --simulator cartpole

inkling "2.0"

using Number

# What the simulator reports after each step, and what the brain sees.
type GameState {
    # Of the cart, in m and m/s; 0 is the middle of the track.
    position: Number.Float32,
    velocity: Number.Float32,

    # Of the pole, in rad and rad/s; 0 is upright.
    angle: Number.Float32,
    rotation: Number.Float32,
}

# What the brain decides in each step. Values with names are choices without an
# order between them.
type Action {
    command: Number.Int8<Left = 0, Right = 1>,
}

# What can be set for an episode.
type CartPoleConfig {
    # Steps after which the simulator ends the episode; -1: never.
    episode_length: Number.Int32,

    # Part of the classic interface; without effect.
    deque_size: Number.UInt32,
}

# The name is that of the simulator: see `simhost list`.
simulator cartpole(action: Action, config: CartPoleConfig): GameState {
}

graph (input: GameState): Action {
    concept balance(input): Action {
        curriculum {
            source cartpole

            # There is no reward function here, so the simulator's own reward
            # counts: 1 for each step that the pole stays up.
            training {
                EpisodeIterationLimit: 500,
                LessonRewardThreshold: 475,
                LessonAssessmentWindow: 100,
            }

            # Training is over when the mean return of the last 100 episodes
            # reaches 475.
            lesson balance {
                scenario {
                    episode_length: -1,
                    deque_size: 1,
                }
            }
        }
    }
}
