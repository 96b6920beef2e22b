#! 8:1-2: error: the program has no graph
#! hint: add graph (input: State): Action { ... }

inkling "2.0"

type State { x: number }

