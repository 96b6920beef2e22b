#! 7:27-28: error: a step must be more than 0
#! 8:27-29: error: a step must be more than 0
#! 9:31-37: error: the step is too small for the range

inkling "2.0"

type A number<0 .. 1 step 0>
type B number<0 .. 1 step -1>
type C number<0 .. 1e300 step 1e-300>
