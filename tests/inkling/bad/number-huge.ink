#! 6:11-16: error: the number is too large
#! hint: the largest that can be computed with is about 1.8e308

inkling "2.0"

const N = 1e999
