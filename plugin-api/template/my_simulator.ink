inkling "2.0"

# What the brain sees, what it does, and what an episode can be given. Names
# and order are those of the structs in my_simulator.c.

type RoomState {
    temperature: number,
    outside: number,
    wanted: number
}

type RoomAction {
    power: number<0 .. 1>
}

type RoomConfig {
    outside: number<-10 .. 15>,
    wanted: number<15 .. 25>
}

simulator my_simulator(action: RoomAction, config: RoomConfig): RoomState {
}

graph (input: RoomState): RoomAction {
    concept KeepWarm(input): RoomAction {
        curriculum {
            source my_simulator

            # Eight hours in steps of five minutes. The threshold is for the
            # sum of rewards of an episode, which is at most 100.
            training {
                EpisodeIterationLimit: 100,
                LessonRewardThreshold: 80
            }

            lesson AnyWeather {
                scenario {
                    outside: number<-10 .. 15>,
                    wanted: number<18 .. 24>
                }
            }
        }
    }
}
