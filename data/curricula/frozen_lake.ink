inkling "2.0"

# Gym's FrozenLake-v1: solved when 7 of 10 walks reach the goal. Places have no
# order that would help to find a way, so each has a name.

type LakeState {
    current_pos: number<
        Start = 0, A2 = 1, A3 = 2, A4 = 3,
        B1 = 4, HoleB2 = 5, B3 = 6, HoleB4 = 7,
        C1 = 8, C2 = 9, C3 = 10, HoleC4 = 11,
        HoleD1 = 12, D2 = 13, D3 = 14, Goal = 15
    >
}

type LakeAction {
    command: number<Left = 0, Down = 1, Right = 2, Up = 3>
}

type LakeConfig {
    size: number<4, 8>,
    slippery: Number.Bool
}

simulator frozen_lake(action: LakeAction, config: LakeConfig): LakeState {
}

graph (input: LakeState): LakeAction {
    concept Cross(input): LakeAction {
        curriculum {
            source frozen_lake
            training {
                EpisodeIterationLimit: 100,
                LessonRewardThreshold: 0.7,
                LessonAssessmentWindow: 100
            }

            lesson Slippery {
                scenario {
                    size: 4,
                    slippery: 1
                }
            }
        }
    }
}
