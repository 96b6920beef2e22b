#! 11:1-29: error: nothing is learned: no concept has a curriculum

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }
function Of(s: State): Action { return { push: 0 } }
function Twice(a: Action, b: Action) { return { push: 0 } }

graph (input: State): Action {
  concept A(input): Action { programmed Of }
  output concept C(input, A): Action { programmed Twice }
}
