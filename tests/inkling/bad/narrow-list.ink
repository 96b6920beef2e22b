#! 10:23-31: error: number<1 .. 2> has values that number<1, 2, 3> has not
#! hint: a constraint can only take values away
#! 11:28-31: error: number<3> has values that number<X = 1, Y = 2> has not
#! hint: a constraint can only take values away
#! 12:19-24: error: string<"b"> has values that string<"a"> has not
#! hint: a constraint can only take values away

inkling "2.0"

type A number<1, 2, 3><1 .. 2>
type B number<X = 1, Y = 2><3>
type C string<"a"><"b">
