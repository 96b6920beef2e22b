# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Bring a number to the middle of a range, and keep it there: the smallest
# example with continuous values.
#
#   simhost train find_center.ink
#   simhost predict find_center --simulator find_center

inkling "2.0"

# What the simulator reports after each step, and what the brain sees.
type State {
    value: number,
    min: number,
    max: number,
}

# What is added to the value in each step. A range without steps makes the
# action continuous.
type Action {
    delta: number<-1 .. 1>,
}

# The ends of the range, fixed for an episode.
type Config {
    min: number,
    max: number,
}

# The name is that of the simulator: see `simhost list`.
simulator find_center(action: Action, config: Config): State {
}

graph (input: State): Action {
    concept seek(input): Action {
        curriculum {
            source find_center

            # The simulator's own reward counts: the distance to the middle,
            # negated. The best that can be reached is about -3.5 in the mean,
            # as the value starts away from the middle.
            training {
                EpisodeIterationLimit: 15,
                LessonRewardThreshold: -5,
                LessonAssessmentWindow: 100,
            }

            # The ends are drawn anew for each episode, so that the brain learns
            # to look at them.
            lesson `any range` {
                scenario {
                    min: number<-10 .. -8>,
                    max: number<8 .. 10>,
                }
            }
        }
    }
}
