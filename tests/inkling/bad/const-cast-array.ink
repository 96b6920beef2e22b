#! 5:22-31: error: 3 elements where there must be 2

inkling "2.0"

const A: number[2] = [1, 2, 3]
