#! 9:19-20: error: expected a value, found '>'
#! 10:15-16: error: expected a value, found '>'
#! 12:1-5: error: expected '>' for the '<' of line 11, found 'type'
#! 12:26-27: error: expected a value, found '>'
#! 13:15-17: error: expected a value, found '..'

inkling "2.0"

type A number<1 ..>
type B number<>
type C number<1 .. 2
type D number<1 .. 2 step>
type E number<.. 2>
