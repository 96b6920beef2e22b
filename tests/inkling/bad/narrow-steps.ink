#! 11:9-15: error: number<1, 2> has values that number<0 .. 10 step 2> has not
#! hint: a constraint can only take values away
#! 12:9-17: error: number<0 .. 4> has values that number<0 .. 10 step 2> has not
#! hint: a constraint can only take values away
#! 13:9-25: error: number<0 .. 10 step 3> has values that number<0 .. 10 step 2> has not
#! hint: a constraint can only take values away

inkling "2.0"

type A number<0 .. 10 step 2>
type B A<1, 2>
type C A<0 .. 4>
type D A<0 .. 10 step 3>
