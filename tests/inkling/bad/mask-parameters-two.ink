#! 8:1-40: error: a mask function takes the graph's input

inkling "2.0"

type State { position: number, speed: number }
type Action { gear: number<Low = 1, High = 2>, horn: Number.Bool }
simulator Cart(action: Action): State { }
function N(s: State, a: Action): Action { return constraint Action { } }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      mask N
    }
  }
}
