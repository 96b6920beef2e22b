#! 5:6-29: error: the closing ` is missing

inkling "2.0"

type `My State { x: number }
