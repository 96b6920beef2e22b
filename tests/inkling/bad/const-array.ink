#! 9:11-13: error: an array has at least one element
#! 10:15-18: error: a text among elements of which the first is a number
#! 11:18-19: error: the index must be a whole number from 0 to 1, not 2
#! 12:11-12: error: a number has no elements
#! 13:18-21: error: the index must be a whole number from 0 to 1, not 0.5

inkling "2.0"

const A = []
const B = [1, "a"]
const C = [1, 2][2]
const D = 5[0]
const E = [1, 2][0.5]
