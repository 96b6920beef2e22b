#! 5:36-37: error: there are two fields 'x'

inkling "2.0"

type State { x: number, y: number, x: number }
