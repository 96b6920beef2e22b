#! 9:15-16: error: the size of an array must be a whole number from 1 to 16777216, not 0
#! 10:15-18: error: the size of an array must be a whole number from 1 to 16777216, not 1.5
#! 11:15-17: error: the size of an array must be a whole number from 1 to 16777216, not -1
#! 12:15-18: error: a number is needed here, not a text
#! 13:15-23: error: the size of an array must be a whole number from 1 to 16777216, not 20000000

inkling "2.0"

type A number[0]
type B number[1.5]
type C number[-1]
type D number["a"]
type E number[20000000]
