# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The lift of elevator.ink, run by a goal instead of a reward.
#
#   simhost train elevator_goal.ink
#   simhost predict elevator_goal --simulator elevator

inkling "2.0"

using Goal

type LiftState {
    # Floors are places rather than a number: so they have names.
    floor: number<Floor0 = 0, Floor1 = 1, Floor2 = 2, Floor3 = 3, Floor4 = 4>,
    direction: number<-1 .. 1>,
    passengers: number<0 .. 8>,

    # How many wait on each floor.
    waiting0: number<0 .. 9>,
    waiting1: number<0 .. 9>,
    waiting2: number<0 .. 9>,
    waiting3: number<0 .. 9>,
    waiting4: number<0 .. 9>,

    # How many ride to each floor.
    wanted0: number<0 .. 8>,
    wanted1: number<0 .. 8>,
    wanted2: number<0 .. 8>,
    wanted3: number<0 .. 8>,
    wanted4: number<0 .. 8>,
}

type LiftAction {
    command: number<Down = 0, Open = 1, Up = 2>,
}

type LiftConfig {
    arrival_rate: number<0 .. 1>,
    capacity: number<1 .. 8 step 1>,
    traffic: number<Mixed = 0, Morning = 1, Evening = 2>,
}

simulator elevator(action: LiftAction, config: LiftConfig): LiftState {
}

graph (input: LiftState): LiftAction {
    concept serve(input): LiftAction {
        curriculum {
            source elevator

            # Few wait, and few ride, in the mean over an episode. To wait is
            # worse than to ride.
            goal (state: LiftState) {
                minimize Waiting weight 2:
                    state.waiting0 + state.waiting1 + state.waiting2
                    + state.waiting3 + state.waiting4
                    in Goal.RangeBelow(0.6)
                minimize Riding: state.passengers in Goal.RangeBelow(0.6)
            }

            training {
                EpisodeIterationLimit: 200,
                LessonSuccessThreshold: 0.96,
                LessonAssessmentWindow: 200,
                NoProgressIterationLimit: 1000000,
            }

            lesson `mixed traffic` {
                scenario {
                    arrival_rate: 0.1,
                    capacity: 4,
                    traffic: 0,
                }
            }
        }
    }
}
