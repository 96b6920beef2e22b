inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

const Name = "PPO"
const Layers = [{ Size: 16 }]

algorithm { Algorithm: Name, BatchSize: 2000, HiddenLayers: Layers }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      algorithm { BatchSize: 4000, HiddenLayers: [{ Size: 8 }, { Size: 4 }] }
    }
  }
}
