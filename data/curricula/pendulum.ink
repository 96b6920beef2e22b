inkling "2.0"

# Gym's Pendulum-v1 names no return at which it is solved; good controllers have
# about -150 in the mean, since most starts need a swing.

type PendulumState {
    cos_theta: number<-1 .. 1>,
    sin_theta: number<-1 .. 1>,
    theta_dot: number<-8 .. 8>
}

type PendulumAction {
    torque: number<-2 .. 2>
}

simulator pendulum(action: PendulumAction): PendulumState {
}

graph (input: PendulumState): PendulumAction {
    concept StandUp(input): PendulumAction {
        curriculum {
            source pendulum
            training {
                EpisodeIterationLimit: 200,
                LessonRewardThreshold: -200,
                LessonAssessmentWindow: 100
            }
        }
    }
}
