inkling "2.0"

type State { position: number, speed: number }
type Error { distance: number, inside: Number.Bool }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }
function Measure(s: { position: number }): Error {
  return { distance: Math.Abs(s.position), inside: s.position < 1 }
}

graph (input: State): Action {
  concept Distance(input): Error { programmed Measure }
  output concept Drive(Distance): Action {
    curriculum { source Cart }
  }
}
