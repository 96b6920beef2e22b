# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Cross the larger slippery frozen lake; Gym's FrozenLake8x8-v1.
#
#   simhost train frozen_lake_8x8.ink
#   simhost predict frozen_lake_8x8 --simulator frozen_lake

inkling "2.0"

using Number

# Places have no order that would help to find a way: so each has a name.
type LakeState {
    current_pos: Number.Int32<
        Start = 0, A2 = 1, A3 = 2, A4 = 3,
        A5 = 4, A6 = 5, A7 = 6, A8 = 7,
        B1 = 8, B2 = 9, B3 = 10, B4 = 11,
        B5 = 12, B6 = 13, B7 = 14, B8 = 15,
        C1 = 16, C2 = 17, C3 = 18, HoleC4 = 19,
        C5 = 20, C6 = 21, C7 = 22, C8 = 23,
        D1 = 24, D2 = 25, D3 = 26, D4 = 27,
        D5 = 28, HoleD6 = 29, D7 = 30, D8 = 31,
        E1 = 32, E2 = 33, E3 = 34, HoleE4 = 35,
        E5 = 36, E6 = 37, E7 = 38, E8 = 39,
        F1 = 40, HoleF2 = 41, HoleF3 = 42, F4 = 43,
        F5 = 44, F6 = 45, HoleF7 = 46, F8 = 47,
        G1 = 48, HoleG2 = 49, G3 = 50, G4 = 51,
        HoleG5 = 52, G6 = 53, HoleG7 = 54, G8 = 55,
        H1 = 56, H2 = 57, H3 = 58, HoleH4 = 59,
        H5 = 60, H6 = 61, H7 = 62, Goal = 63,
    >,
}

type LakeAction {
    command: number<Left = 0, Down = 1, Right = 2, Up = 3>,
}

type LakeConfig {
    # The 4x4 or the 8x8 map.
    size: number<4, 8>,
    slippery: Number.Bool,
}

simulator frozen_lake(action: LakeAction, config: LakeConfig): LakeState {
}

graph (input: LakeState): LakeAction {
    concept cross(input): LakeAction {
        curriculum {
            source frozen_lake

            # 1 at the goal. Nearly all ways are safe but long.
            training {
                EpisodeIterationLimit: 200,
                LessonRewardThreshold: 0.84,
                LessonAssessmentWindow: 300,
                NoProgressIterationLimit: 3000000,
            }

            lesson slippery {
                scenario {
                    size: 8,
                    slippery: 1,
                }
            }
        }
    }
}
