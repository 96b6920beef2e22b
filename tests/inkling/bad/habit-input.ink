#! 11:21-22: error: expected ',' or ')', found ':'
#! hint: only the graph says what type its input is, as in graph (input: State)

inkling "2.0"

type State { level: number }
type Action { pump: number<0 .. 1> }
simulator Tank(action: Action): State { }

graph (input: State): Action {
  concept Fill(input: State): Action {
    curriculum {
      source Tank
    }
  }
}
