#! 5:6-8: error: a name cannot be empty

inkling "2.0"

type `` { x: number }
