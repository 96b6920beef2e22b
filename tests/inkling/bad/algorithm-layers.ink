#! 17:33-35: error: layers are an array of 1 to 16 records
#! hint: write them as in [{ Size: 64, Activation: "tanh" }]
#! 18:52-54: error: EpisodeIterationLimit must be a whole number from 1 to 9007199254740992, not -1

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      algorithm { HiddenLayers: 64 }
      lesson A { training { EpisodeIterationLimit: -1 } }
    }
  }
}
