# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The pole of cartpole.ink, balanced by a goal instead of a reward.
#
#   simhost train cartpole_goal.ink
#   simhost predict cartpole_goal --simulator cartpole

inkling "2.0"

using Goal
using Math
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

            # The pole stays up, and the cart on the track and near its middle.
            goal (state: GameState) {
                avoid Fall: Math.Abs(state.angle) in Goal.RangeAbove(12 * Math.Pi / 180)
                avoid End: Math.Abs(state.position) in Goal.RangeAbove(2.4)
                drive Middle: state.position in Goal.Range(-1, 1) within 50
            }

            training {
                EpisodeIterationLimit: 500,
                LessonSuccessThreshold: 0.95,
                LessonAssessmentWindow: 100,
            }

            lesson balance {
                scenario {
                    episode_length: -1,
                    deque_size: 1,
                }
            }
        }
    }
}
