#! 10:34-39: error: a mask function constrains the concept's output
#! 11:50-71: error: 'constraint' belongs in a curriculum's mask function
#! 18:7-11: error: there can be only one 'mask' here

inkling "2.0"

type State { position: number, speed: number }
type Action { gear: number<Low = 1, High = 2>, horn: Number.Bool }
simulator Cart(action: Action): State { }
function M(s: State, a: Action): State { return constraint Action { } }
function N(s: State, a: Action): Action { return constraint Action { } }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      mask M
      mask N
    }
  }
}
