#! 8:24-34: error: number<2 .. 101> has values that number<1 .. 100> has not
#! hint: a constraint can only take values away
#! 11:9-17: error: number<0 .. 5> has values that number<1 .. 100> has not
#! hint: a constraint can only take values away

inkling "2.0"

type A number<1 .. 100><2 .. 101>
type B A<0 .. 5>
type C number<1 .. 100>
type D C<0 .. 5>
