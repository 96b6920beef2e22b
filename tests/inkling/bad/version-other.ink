#! 4:9-14: error: only version 2.0 of Inkling is supported
#! hint: write inkling "2.0"

inkling "3.0"

type State { x: number }
