#! 10:40-41: error: expected '<' after 'DynamicType', found '{'
#! 11:47-48: error: expected '>' after the action's type, found '{'

inkling "2.0"

type State { x: number }
type Action { gear: number<Low = 1, High = 2> }
simulator Cart(action: Action): State { }

function A(s: State): Type.DynamicType { return constraint Action {} }
function B(s: State): Type.DynamicType<Action { return constraint Action {} }
graph (input: State): Action {
  concept Drive(input): Action { curriculum { source Cart } }
}
