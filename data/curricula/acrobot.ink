inkling "2.0"

# Gym's Acrobot-v1: solved when swinging up takes 100 steps in the mean.

type AcrobotState {
    cos_theta0: number<-1 .. 1>,
    sin_theta0: number<-1 .. 1>,
    cos_theta1: number<-1 .. 1>,
    sin_theta1: number<-1 .. 1>,
    theta0_dot: number,
    theta1_dot: number
}

type AcrobotAction {
    command: number<Left = 0, None = 1, Right = 2>
}

simulator acrobot(action: AcrobotAction): AcrobotState {
}

graph (input: AcrobotState): AcrobotAction {
    concept SwingUp(input): AcrobotAction {
        curriculum {
            source acrobot
            training {
                EpisodeIterationLimit: 500,
                LessonRewardThreshold: -100,
                LessonAssessmentWindow: 100
            }
        }
    }
}
