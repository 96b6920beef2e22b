inkling "2.0"

# Gym's LunarLander-v2: solved at a mean return of 200.

type LanderState {
    x_position: number,
    y_position: number,
    x_velocity: number,
    y_velocity: number,
    angle: number,
    rotation: number,
    left_leg: Number.Bool,
    right_leg: Number.Bool
}

type LanderAction {
    command: number<None = 0, Left = 1, Main = 2, Right = 3>
}

simulator lunar_lander(action: LanderAction): LanderState {
}

graph (input: LanderState): LanderAction {
    concept Land(input): LanderAction {
        curriculum {
            source lunar_lander
            training {
                EpisodeIterationLimit: 1000,
                LessonRewardThreshold: 200,
                LessonAssessmentWindow: 100
            }
        }
    }
}
