# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Drive a weak car out of a valley; Gym's MountainCar-v0.
#
#   simhost train mountain_car.ink
#   simhost predict mountain_car --simulator mountain_car

inkling "2.0"

type CarState {
    x_position: number<-1.2 .. 0.6>,
    x_velocity: number<-0.07 .. 0.07>,
}

type CarAction {
    command: number<Left = 0, Coast = 1, Right = 2>,
}

simulator mountain_car(action: CarAction): CarState {
}

graph (input: CarState): CarAction {
    concept drive_out(input): CarAction {
        curriculum {
            source mountain_car

            # -1 for each step until the goal. Solved when that takes 110 steps
            # in the mean. It takes a while until the goal is found at all.
            training {
                EpisodeIterationLimit: 200,
                LessonRewardThreshold: -110,
                LessonAssessmentWindow: 100,
                NoProgressIterationLimit: 1000000,
            }
        }
    }
}
