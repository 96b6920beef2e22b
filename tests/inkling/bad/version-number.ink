#! 4:9-12: error: only version 2.0 of Inkling is supported
#! hint: write inkling "2.0"

inkling 2.0

type State { x: number }
