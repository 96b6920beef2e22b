#! 5:14-19: error: the closing " is missing

inkling "2.0"

const Name = "cart
type State { x: number }
