# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The task of find_center.ink, told by a goal instead of a reward.
#
#   simhost train find_center_goal.ink
#   simhost predict find_center_goal --simulator find_center

inkling "2.0"

using Goal

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

            # Within eight steps it is in the middle, and it does not leave it
            # again. This says it all: there is no reward to be thought out.
            goal (state: State) {
                drive Middle: state.value - (state.min + state.max) / 2
                    in Goal.Range(-0.5, 0.5) within 8
            }

            training {
                EpisodeIterationLimit: 15,
                LessonSuccessThreshold: 0.95,
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
