#! 17:7-15: error: there can be only one 'training' here
#! 19:7-16: error: there can be only one 'algorithm' here

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      training { EpisodeIterationLimit: 5 }
      training { EpisodeIterationLimit: 6 }
      algorithm { Algorithm: "PPO" }
      algorithm { Algorithm: "PPO" }
    }
  }
}
