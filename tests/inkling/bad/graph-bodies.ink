#! 16:1-30: error: the function takes 1 argument, the concept 'D' has 2 inputs
#! 16:1-30: error: the function takes 1 argument, the concept 'E' has 0 inputs
#! 19:44-54: error: a concept is only one function
#! 20:30-40: error: a concept is either learned or programmed
#! 21:70-71: error: 'A' is selected already
#! 21:79-84: error: 'input' is the graph's input
#! hint: only concepts can be selected
#! 21:85-95: error: a concept is either programmed or selects
#! 22:13-18: error: a concept takes the graph's input and other concepts, by name

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }
function Of(s: State): Action { return { push: 0 } }

graph (input: State): Action {
  concept A(input): Action { programmed Of programmed Of }
  concept B(input): Action { programmed Of curriculum { source Cart } }
  concept D(input, A): Action { select A { mask Of } select B select A select input programmed Of }
  concept E(1 + 1): Action { programmed Of }
  output concept C(A, B, D, E): Action { select A select B curriculum { source Cart } }
}
