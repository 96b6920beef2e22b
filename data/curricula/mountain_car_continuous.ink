inkling "2.0"

# Gym's MountainCarContinuous-v0: solved at a mean return of 90.

type CarState {
    x_position: number<-1.2 .. 0.6>,
    x_velocity: number<-0.07 .. 0.07>
}

type CarAction {
    command: number<-1 .. 1>
}

simulator mountain_car_continuous(action: CarAction): CarState {
}

graph (input: CarState): CarAction {
    concept DriveOut(input): CarAction {
        curriculum {
            source mountain_car_continuous
            training {
                EpisodeIterationLimit: 999,
                LessonRewardThreshold: 90,
                LessonAssessmentWindow: 100
            }
        }
    }
}
