#! 16:48-50: error: BatchSize must be a whole number from 1000 to 2000000, not 10
#! 16:72-73: error: PolicyLearningRate must be from 1e-10 to 1

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      algorithm { Algorithm: "PPO", BatchSize: 10, PolicyLearningRate: 0 }
    }
  }
}
