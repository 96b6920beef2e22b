inkling "2.0"

type State { x: number }
type Action { y: number }

graph (input: State): Action {
  concept C(input): Action {
    curriculum {
      source simulator Inline(Action: Action, Config: { z: number<0 .. 1> }): State {
        package "p"
      }
    }
  }
}
