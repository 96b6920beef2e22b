#! 6:21-22: error: values without names must increase
#! hint: order them, or give them names, as in <Low=1, High=2>

inkling "2.0"

type A number<1, 3, 2>
