#! 5:11-13: error: digits are missing after the point

inkling "2.0"

const N = 5. + 1
