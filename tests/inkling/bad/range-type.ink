#! 6:20-23: error: a number is needed here, not a text
#! 7:20-25: error: 'State' is a type, not a constant

inkling "2.0"

type A number<0 .. "a">
type B number<0 .. State>
type State { x: number }
