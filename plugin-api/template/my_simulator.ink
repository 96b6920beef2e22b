# SPDX-License-Identifier: MIT
#
# What a brain is to learn on my_simulator, and until when. Names of fields are
# those of the structs in my_simulator.c.
#
#   simhost train my_simulator.ink
#   simhost predict my_simulator --simulator my_simulator

inkling "2.0"

# What the brain sees after each step.
type RoomState {
    temperature: number,
    outside: number,
    wanted: number,
}

# What it decides. A range makes it a number; for a choice between things write
# number<Off = 0, Low = 1, High = 2>.
type RoomAction {
    power: number<0 .. 1>,
}

# What can be set for an episode.
type RoomConfig {
    outside: number<-10 .. 15>,
    wanted: number<15 .. 25>,
}

# The name is that of the simulator: see `simhost list`.
simulator my_simulator(action: RoomAction, config: RoomConfig): RoomState {
}

graph (input: RoomState): RoomAction {
    concept keep_warm(input): RoomAction {
        curriculum {
            source my_simulator

            # Eight hours in steps of five minutes. The simulator's default
            # reward is at most 1 a step, so an episode returns 100 at most.
            training {
                EpisodeIterationLimit: 100,
                LessonRewardThreshold: 80,
            }

            # Each episode draws its config from these ranges.
            lesson `any weather` {
                scenario {
                    outside: number<-10 .. 15>,
                    wanted: number<18 .. 24>,
                }
            }
        }
    }
}
