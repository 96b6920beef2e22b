inkling "2.0"

type State { position: number, speed: number }
type Error { distance: number }
type Wish { force: number<-2 .. 2> }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }

graph (input: State): Action {
  concept Distance(input) {
    programmed function (s: State): Error { return { distance: s.position } }
  }
  concept Push(input, Distance): Wish {
    curriculum {
      source Cart
      state function (s: State): State { return { position: s.position * 2, speed: s.speed } }
      reward function (s: State, a: Action) { return -s.position - a.push }
    }
  }
  concept Limit(Push, input): Action {
    programmed function (w: Wish, s: { speed: number }): Action {
      if s.speed > 1 { return { push: 0 } }
      return { push: w.force / 2 }
    }
  }
  output Limit
}
