inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }

graph (input: State): Action {
  concept Left(input): Action { programmed function (s: State): Action { return { push: -1 } } }
  concept Right(input): Action { programmed function (s: State): Action { return { push: 1 } } }
  output concept Choose(input, Left, Right): Action {
    select Left
    select Right
    curriculum {
      source Cart
      goal (s: State) { drive Middle: s.position in Goal.Range(-1, 1) }
    }
  }
}
