#! 9:1-5: error: expected '}' for the '{' of line 5, found 'type'

inkling "2.0"

type State {
  x: number,
  y: number

type Action { push: number }
