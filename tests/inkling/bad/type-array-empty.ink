#! 5:15-16: error: expected a value, found ']'

inkling "2.0"

type F number[]
