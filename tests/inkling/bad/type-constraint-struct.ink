#! 8:25-33: error: a constraint fits a number or a string, not a struct
#! 9:19-27: error: a constraint comes before the size, as in number<0 .. 1>[3]
#! 11:15-23: error: a constraint fits a number or a string, not number[3]
#! hint: write it before the size, as in number<0 .. 1>[3]

inkling "2.0"

type State { x: number }<1 .. 2>
type Row number[3]<0 .. 1>
type Row2 number[3]
type Row3 Row2<0 .. 1>
