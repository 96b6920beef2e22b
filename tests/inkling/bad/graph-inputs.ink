#! 12:1-42: error: a graph takes one input
#! hint: write it as in graph (input: State): Action

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State, more: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
