# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Cross a slippery frozen lake without falling into a hole; Gym's FrozenLake-v1.
#
#   simhost train frozen_lake.ink
#   simhost predict frozen_lake --simulator frozen_lake

inkling "2.0"

using Number

# Places have no order that would help to find a way: so each has a name.
type LakeState {
    current_pos: Number.Int32<
        Start = 0, A2 = 1, A3 = 2, A4 = 3,
        B1 = 4, HoleB2 = 5, B3 = 6, HoleB4 = 7,
        C1 = 8, C2 = 9, C3 = 10, HoleC4 = 11,
        HoleD1 = 12, D2 = 13, D3 = 14, Goal = 15,
    >,
}

type LakeAction {
    command: number<Left = 0, Down = 1, Right = 2, Up = 3>,
}

type LakeConfig {
    # The 4x4 or the 8x8 map; the larger one has 64 places.
    size: number<4, 8>,
    slippery: Number.Bool,
}

simulator frozen_lake(action: LakeAction, config: LakeConfig): LakeState {
}

graph (input: LakeState): LakeAction {
    concept cross(input): LakeAction {
        curriculum {
            source frozen_lake

            # 1 at the goal. Solved when 7 of 10 walks get there; on slippery ice
            # the best there is gets there about 73 times in 100.
            training {
                EpisodeIterationLimit: 100,
                LessonRewardThreshold: 0.7,
                LessonAssessmentWindow: 300,
                NoProgressIterationLimit: 3000000,
            }

            lesson slippery {
                scenario {
                    size: 4,
                    slippery: 1,
                }
            }
        }
    }
}
