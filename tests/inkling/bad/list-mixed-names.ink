#! 6:22-23: error: either all values have names, or none
#! 7:22-23: error: either all values have names, or none

inkling "2.0"

type A number<X = 1, 2>
type B number<1, X = 2>
