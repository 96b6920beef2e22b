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
        Algorithm: "PPO",
        BatchSize: 8000,
        PolicyLearningRate: 0.0001,
        HiddenLayers: [
          { Size: 256, Activation: "tanh" },
          { Size: 128, Activation: "relu" },
          { Activation: "default", Size: 64 },
          { Size: 32 }
        ],
      }
    }
  }
}
