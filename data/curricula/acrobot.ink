# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Swing two links up with a motor between them; Gym's Acrobot-v1.
#
#   simhost train acrobot.ink
#   simhost predict acrobot --simulator acrobot

inkling "2.0"

type AcrobotState {
    # Of the upper link; angle 0 is hanging down.
    cos_theta0: number<-1 .. 1>,
    sin_theta0: number<-1 .. 1>,

    # Of the lower link against the upper.
    cos_theta1: number<-1 .. 1>,
    sin_theta1: number<-1 .. 1>,

    # How fast these angles change, in rad/s.
    theta0_dot: number,
    theta1_dot: number,
}

type AcrobotAction {
    command: number<Left = 0, None = 1, Right = 2>,
}

simulator acrobot(action: AcrobotAction): AcrobotState {
}

graph (input: AcrobotState): AcrobotAction {
    concept swing_up(input): AcrobotAction {
        curriculum {
            source acrobot

            # -1 for each step until the tip is up. Solved when that takes 100
            # steps in the mean; good brains need 80.
            training {
                EpisodeIterationLimit: 500,
                LessonRewardThreshold: -84,
                LessonAssessmentWindow: 100,
            }
        }
    }
}
