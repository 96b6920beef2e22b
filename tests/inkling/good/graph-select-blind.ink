inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }
function Of(s: State): Action { return { push: 0 } }

graph (input: State): Action {
  concept A(input): Action { programmed Of }
  concept B(input): Action { programmed Of }
  output concept C(A, B): Action { select A select B curriculum { source Cart } }
}
