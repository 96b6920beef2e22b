#! 7:24-26: error: -1 is not a value of Number.UInt8
#! 9:17-18: error: 2 is not a value of number<0 .. 1>
#! 10:11-22: error: a conversion takes one value

inkling "2.0"

const A = Number.UInt8(-1)
type Small number<0 .. 1>
const B = Small(2)
const C = Small(1, 2)
