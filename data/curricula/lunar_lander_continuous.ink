# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Land on the moon with two throttles; Gym's LunarLanderContinuous-v2.
#
#   simhost train lunar_lander_continuous.ink
#   simhost predict lunar_lander_continuous --simulator lunar_lander_continuous

inkling "2.0"

using Number

type LanderState {
    # The pad is at 0, 0.
    x_position: number,
    y_position: number,
    x_velocity: number,
    y_velocity: number,
    angle: number,
    rotation: number,

    # Whether they are on the ground.
    left_leg: Number.Bool,
    right_leg: Number.Bool,
}

type LanderAction {
    # Of the main engine and of those at the sides.
    engine1: number<-1 .. 1>,
    engine2: number<-1 .. 1>,
}

simulator lunar_lander_continuous(action: LanderAction): LanderState {
}

graph (input: LanderState): LanderAction {
    concept land(input): LanderAction {
        curriculum {
            source lunar_lander_continuous

            # Progress to the pad, and 100 for landing. Solved at 200; here a good
            # deal better is wanted. The mean of 100 episodes is a few points off,
            # and the first lucky one of many tests would end the lesson.
            training {
                EpisodeIterationLimit: 1000,
                LessonRewardThreshold: 258,
                LessonAssessmentWindow: 300,
                NoProgressIterationLimit: 2000000,
            }
        }
    }
}
