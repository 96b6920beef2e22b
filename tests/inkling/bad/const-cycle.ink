#! 7:15-16: error: the constant 'A' depends on itself

inkling "2.0"

const A = B + 1
const B = C
const C = 2 * A
