inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1 step 0.5> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      algorithm { Algorithm: "DQN" }
    }
  }
}
