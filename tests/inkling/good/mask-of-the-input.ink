inkling "2.0"

type State { position: number, goal: number }
type Error { distance: number }
type Action { push: number<Left = -1, Right = 1> }
simulator Cart(action: Action): State { }

graph (input: Error): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      state function (s: State): Error { return { distance: s.goal - s.position } }
      mask function (e: Error) { return constraint Action { push: number<mask [e.distance < 0, 1]> } }
    }
  }
}
