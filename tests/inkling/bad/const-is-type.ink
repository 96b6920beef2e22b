#! 6:11-16: error: 'State' is a type, not a constant

inkling "2.0"

type State { x: number }
const A = State
