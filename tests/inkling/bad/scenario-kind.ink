#! 17:38-43: error: 'start' is string<"far">, in the config number<0 .. 10>
#! 17:51-54: error: 'seed' goes beyond the config: number<1.5> is not within Number.Int32
#! 17:62-76: error: 'mode' goes beyond the config: number<1 .. 2> is not within number<Slow = 1, Fast = 2>

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      lesson One { scenario { start: "far", seed: 1.5, mode: number<1 .. 2> } }
    }
  }
}
