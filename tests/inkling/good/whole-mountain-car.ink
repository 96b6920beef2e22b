inkling "2.0"
using Math
type GameState {
    x_position: number<-1.2 .. 0.6>,
    x_velocity: number<-0.07..0.07>
}
type Action {
    command: Number.Int8<Left = 0, None = 1, Right = 2>
}
type MountainCarConfig {
    episode_length: Number.Int8,
    num_episodes: Number.Int8,
    deque_size: Number.UInt8
}
algorithm {
    Algorithm: "APEX",
    MemoryMode: "state"
}
simulator mountaincar_simulator(action: Action, config: MountainCarConfig): GameState {
}
graph (input: GameState): Action {

    concept high_score(input): Action {
        curriculum {
            source mountaincar_simulator
            lesson get_high_score {
                scenario {
                    episode_length: -1,
                    num_episodes: -1,
                    deque_size: 1
                }
            }
        }
    }
    output high_score
}
