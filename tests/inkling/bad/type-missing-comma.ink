#! 8:3-4: error: expected ',' or '}', found 'y'
#! hint: a comma is missing at the end of the line before

inkling "2.0"

type State {
  x: number
  y: number
}
