# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Drive a weak car out of a valley with little effort; Gym's
# MountainCarContinuous-v0.
#
#   simhost train mountain_car_continuous.ink
#   simhost predict mountain_car_continuous --simulator mountain_car_continuous

inkling "2.0"

type CarState {
    x_position: number<-1.2 .. 0.6>,
    x_velocity: number<-0.07 .. 0.07>,
}

type CarAction {
    command: number<-1 .. 1>,
}

type CarConfig {
    # An episode starts somewhere between these.
    start_left: number<-1.2 .. 0.6>,
    start_right: number<-1.2 .. 0.6>,

    # What the square of a push costs.
    effort_price: number<0 .. 1>,
}

simulator mountain_car_continuous(action: CarAction, config: CarConfig): CarState {
}

graph (input: CarState): CarAction {
    concept drive_out(input): CarAction {
        curriculum {
            source mountain_car_continuous

            # 100 at the goal, less what pushing costs. Solved at 90; good brains
            # have 94.
            training {
                EpisodeIterationLimit: 999,
                LessonRewardThreshold: 92.5,
                LessonAssessmentWindow: 100,
            }

            # From the bottom of the valley the goal is hardly ever found by
            # chance, and it seems best not to push at all. So pushing costs
            # nothing at first, and the car starts on the slopes too.
            lesson effortless {
                training {
                    EpisodeIterationLimit: 400,
                }
                scenario {
                    start_left: -1.2,
                    start_right: 0.4,
                    effort_price: 0,
                }
            }

            lesson classic {
                scenario {
                    start_left: -0.6,
                    start_right: -0.4,
                    effort_price: 0.1,
                }
            }
        }
    }
}
