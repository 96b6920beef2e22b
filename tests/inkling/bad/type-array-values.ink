#! 6:17-18: error: an array of different values cannot be a type
#! hint: give each element a field of its own

inkling "2.0"

type A { x: [1, 2] }
type B { x: [1, 1] }
