#! 11:1-29: error: the graph has 2 concepts and no output
#! hint: write output before one of them, as in output concept C

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }
function Of(s: State): Action { return { push: 0 } }

graph (input: State): Action {
  concept A(input): Action { programmed Of }
  concept C(input): Action { curriculum { source Cart } }
}
