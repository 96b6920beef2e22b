inkling "2.0"

# Gym's MountainCar-v0: solved when the goal takes 110 steps in the mean.

type CarState {
    x_position: number<-1.2 .. 0.6>,
    x_velocity: number<-0.07 .. 0.07>
}

type CarAction {
    command: number<Left = 0, Coast = 1, Right = 2>
}

simulator mountain_car(action: CarAction): CarState {
}

graph (input: CarState): CarAction {
    concept DriveOut(input): CarAction {
        curriculum {
            source mountain_car
            training {
                EpisodeIterationLimit: 200,
                LessonRewardThreshold: -110,
                LessonAssessmentWindow: 100
            }
        }
    }
}
