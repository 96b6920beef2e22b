#! 19:11-12: error: the concept 'A' depends on itself
#! 22:18-19: error: the graph has an output already, 'C'
#! 23:11-12: error: there are two concepts 'D'
#! 24:11-16: error: 'input' is the graph's input already
#! 24:17-18: error: there is no input or concept 'E'
#! hint: its input is 'input'
#! 24:20-21: error: there is no input or concept 'F'
#! hint: its input is 'input'

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }
function Same(a: Action): Action { return a }
function Of(s: State): Action { return { push: 0 } }

graph (input: State): Action {
  concept A(B): Action { programmed Same }
  concept B(A): Action { programmed Same }
  output concept C(input): Action { curriculum { source Cart } }
  output concept D(input): Action { programmed Of }
  concept D(input): Action { programmed Of }
  concept input(E, F): Action { programmed Of }
}
