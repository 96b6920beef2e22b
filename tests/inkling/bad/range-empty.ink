#! 6:14-22: error: the range is empty: 5 is more than 1
#! 7:19-35: error: the range is empty: 1 is more than -1

inkling "2.0"

type A number<5 .. 1>
type B Number.Int8<1 .. -1 step 1>
