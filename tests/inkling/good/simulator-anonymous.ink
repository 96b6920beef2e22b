inkling "2.0"

type State { x: number }
type Action { y: number }
type Config { z: 1 }

graph (input: State): Action {
  concept C(input): Action {
    curriculum {
      source simulator (Action: Action, Config: Config): State { }
    }
  }
}
