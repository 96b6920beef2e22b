#! 9:19-20: error: 'x' is given twice
#! 10:20-21: error: the struct has no field 'y'
#! 11:13-14: error: a number has no field 'x'
#! 12:28-29: error: the type has no field 'y'
#! 13:37-45: error: the field 'y' is missing

inkling "2.0"

const A = { x: 1, x: 2 }
const B = { x: 1 }.y
const C = 5.x
const P: { x: number } = { y: 1 }
const Q: { x: number, y: number } = { x: 1 }
