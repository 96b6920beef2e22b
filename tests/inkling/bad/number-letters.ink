#! 5:11-16: error: a number cannot go on with letters

inkling "2.0"

const N = 12abc
