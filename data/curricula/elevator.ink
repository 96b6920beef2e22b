# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Run a lift so that nobody has to wait for long.
#
#   simhost train elevator.ink
#   simhost predict elevator --simulator elevator

inkling "2.0"

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

            # A tenth for everybody who waits or rides, negated. The rule of real
            # lifts, on in one direction as long as there is somebody to fetch or
            # to bring, has about -13.
            training {
                EpisodeIterationLimit: 200,
                LessonRewardThreshold: -13.5,
                LessonAssessmentWindow: 100,
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
