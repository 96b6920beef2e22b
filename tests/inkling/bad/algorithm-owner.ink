#! 19:9-21: error: 'HiddenLayers' is a parameter of APEX and PPO, not of the algorithm chosen
#! 20:9-18: error: 'BatchSize' is a parameter of PPO, not of the algorithm chosen
#! 21:9-22: error: 'QLearningRate' is a parameter of APEX, not of the algorithm chosen

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      algorithm {
        Algorithm: "SAC",
        HiddenLayers: [{ Size: 64 }],
        BatchSize: 2000,
        QLearningRate: 0.1
      }
    }
  }
}
