# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Keep the pole up for long, by a team: one concept learns to hold the pole, one to
# stay in the middle of the track, and a third one which of them to ask in each step.
#
#   simhost train cartpole_team.ink
#   simhost predict cartpole_team --simulator cartpole

inkling "2.0"

using Math
using Number

type GameState {
    position: Number.Float32,
    velocity: Number.Float32,
    angle: Number.Float32,
    rotation: Number.Float32,
}

type Action {
    command: Number.Int8<Left = 0, Right = 1>,
}

type CartPoleConfig {
    episode_length: Number.Int32,
    deque_size: Number.UInt32,
}

simulator cartpole(action: Action, config: CartPoleConfig): GameState {
}

# 1 in the middle of the track, 0 at its ends.
function Middle(state: GameState) {
    return 1 - Math.Abs(state.position) / 2.4
}

graph (input: GameState): Action {
    # A concept is trained after those that it takes: `hold` and `center` one after the
    # other, `choose` at last. What has been trained stays as it is.
    concept hold(input): Action {
        curriculum {
            source cartpole
            training {
                EpisodeIterationLimit: 500,
                LessonRewardThreshold: 450,
                LessonAssessmentWindow: 30,
            }
            lesson hold {
                scenario {
                    episode_length: -1,
                }
            }
        }
    }

    concept center(input): Action {
        curriculum {
            source cartpole
            reward Middle
            training {
                EpisodeIterationLimit: 500,
                LessonRewardThreshold: 400,
                LessonAssessmentWindow: 30,
            }
            lesson center {
                scenario {
                    episode_length: -1,
                }
            }
        }
    }

    # It drives the output of the graph: what the one that it chose decides.
    output concept choose(input, hold, center): Action {
        select hold
        select center
        curriculum {
            source cartpole
            training {
                EpisodeIterationLimit: 500,
                LessonRewardThreshold: 475,
                LessonAssessmentWindow: 100,
            }
            lesson choose {
                scenario {
                    episode_length: -1,
                }
            }
        }
    }
}
