# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Swing a rod up with a weak motor and hold it there; Gym's Pendulum-v1.
#
#   simhost train pendulum.ink
#   simhost predict pendulum --simulator pendulum

inkling "2.0"

type PendulumState {
    # Angle 0 is upright.
    cos_theta: number<-1 .. 1>,
    sin_theta: number<-1 .. 1>,
    theta_dot: number<-8 .. 8>,
}

type PendulumAction {
    torque: number<-2 .. 2>,
}

simulator pendulum(action: PendulumAction): PendulumState {
}

graph (input: PendulumState): PendulumAction {
    concept stand_up(input): PendulumAction {
        curriculum {
            source pendulum

            # Gym names no return at which this is solved. Good controllers have
            # about -150 in the mean, since most starts need a swing.
            training {
                EpisodeIterationLimit: 200,
                LessonRewardThreshold: -160,
                LessonAssessmentWindow: 200,
            }
        }
    }
}
