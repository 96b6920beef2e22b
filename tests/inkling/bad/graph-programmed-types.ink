#! 12:1-45: error: the function takes 1 argument, the concept 'D' has 2 inputs
#! 12:19-36: error: the graph's input has no field 'angle', which the parameter 's' has
#! 13:1-43: error: the function's result has no field 'push', which the concept's output has
#! 19:41-48: error: there is no function 'Nothing'
#! 20:11-12: error: the concept's output is a struct with at least one field

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }
function Angle(s: { angle: number }): Action { return { push: 0 } }
function Other(s: State): { pull: number } { return { pull: 0 } }

graph (input: State): Action {
  concept A(input): Action { programmed Angle }
  concept B(input): Action { programmed Other }
  concept D(input, A): Action { programmed Angle }
  concept E(input): Action { programmed Nothing }
  concept F(input) { programmed function (s: State) { return s.position } }
  output concept C(A, B, D, E, F): Action { curriculum { source Cart } }
}
