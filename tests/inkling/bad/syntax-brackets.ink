#! 7:20-21: error: expected ',' or '}', found ')'
#! 8:21-22: error: expected ']', found '}'
#! 10:1-2: error: expected ')' for the '(' of line 9, found the end of the file

inkling "2.0"

type A { x: number )
type B { y: number[3} }
const C = (1 + 2
