# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Land on the moon with three engines; Gym's LunarLander-v2.
#
#   simhost train lunar_lander.ink
#   simhost predict lunar_lander --simulator lunar_lander

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
    command: number<None = 0, Left = 1, Main = 2, Right = 3>,
}

simulator lunar_lander(action: LanderAction): LanderState {
}

graph (input: LanderState): LanderAction {
    concept land(input): LanderAction {
        curriculum {
            source lunar_lander

            # Progress to the pad, and 100 for landing. Solved at 200; here a good
            # deal better is wanted.
            training {
                EpisodeIterationLimit: 1000,
                LessonRewardThreshold: 235,
                LessonAssessmentWindow: 100,
                NoProgressIterationLimit: 2000000,
            }
        }
    }
}
