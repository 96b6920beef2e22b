#! 17:37-54: error: 'seed' is number<1 .. 2>[3], in the config Number.Int32[2]
#! 18:37-51: error: 'seed' is number<1 .. 2>, in the config Number.Int32[2]
#! 19:39-58: error: 'seed' goes beyond the config: number<0.5 .. 2> is not within Number.Int32

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32[2], mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      lesson One { scenario { seed: number<1 .. 2>[3] } }
      lesson Two { scenario { seed: number<1 .. 2> } }
      lesson Three { scenario { seed: number<0.5 .. 2>[2] } }
    }
  }
}
