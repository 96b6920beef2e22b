#! 5:11-12: error: the constant 'A' depends on itself

inkling "2.0"

const A = A
