inkling "2.0"

# Gym's LunarLanderContinuous-v2: solved at a mean return of 200.

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
    engine1: number<-1 .. 1>,
    engine2: number<-1 .. 1>
}

simulator lunar_lander_continuous(action: LanderAction): LanderState {
}

graph (input: LanderState): LanderAction {
    concept Land(input): LanderAction {
        curriculum {
            source lunar_lander_continuous
            training {
                EpisodeIterationLimit: 1000,
                LessonRewardThreshold: 200,
                LessonAssessmentWindow: 100
            }
        }
    }
}
