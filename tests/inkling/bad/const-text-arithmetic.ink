#! 7:11-14: error: a number is needed here, not a text
#! 8:12-15: error: a number is needed here, not a text
#! 9:15-18: error: a number is needed here, not an array

inkling "2.0"

const A = "a" + 1
const B = -"b"
const C = not [1]
