inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }

function Behind(s: { position: number }) { return s.position > 0 }

graph (input: State): Action {
  concept Left(input): Action { programmed function (s: State): Action { return { push: -1 } } }
  concept Right(input): Action { programmed function (s: State): Action { return { push: 1 } } }
  concept Rest(input): Action { programmed function (s: State): Action { return { push: 0 } } }
  output concept Choose(input, Left, Right, Rest): Action {
    select Left { mask Behind }
    select Right {
      mask function (s: State) { return s.position < 0 }
      mask function (s: State): Number.Bool { return s.speed < 5 }
    }
    select Rest { }
    curriculum {
      source Cart
      goal (s: State) { drive Middle: s.position in Goal.Range(-1, 1) }
    }
  }
}
