inkling "2.0"

using Math
type LanderState {
    x_position: number,
    y_position: number,
    x_velocity: number,
    y_velocity: number,
    angle: number<-2*Math.Pi .. 2*Math.Pi>,
    rotation: number,
    left_leg: Number.Bool,
    right_leg: Number.Bool
}
const NoOp = 0
const Left = 1
type Engine Number.Int8<NoOp = NoOp, FireLeft = Left, FireMain = Left + 1, FireRight = 3>
type Action { engine1: Engine }
type LunarLanderConfig { deque_size: Number.UInt8 }

simulator lander_simulator(action: Action, config: LunarLanderConfig): LanderState {
}

graph (input: LanderState): Action {
    concept land(input): Action {
        curriculum {
            source lander_simulator
            algorithm {
                Algorithm: "APEX",
                HiddenLayers: [
                    {
                        Size: 400,
                        Activation: "relu"
                    },
                    {
                        Size: 300,
                        Activation: "relu"
                    }
                ],
                ConvolutionLimitDimension: "min",
                ExplorationDecay: 1e-5, QLearningRate: 0.0001
            }
            training { LessonRewardThreshold: 2e2 }
            lesson Learn_To_Land { scenario { deque_size: 1 } }
        }
    }
    output land
}
