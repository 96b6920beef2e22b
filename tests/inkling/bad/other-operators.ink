#! 9:12-14: error: '&&' is not an operator
#! hint: write 'and'
#! 9:15-16: error: '!' is not an operator
#! hint: write 'not'

inkling "2.0"

function F(a: number) {
  if a > 1 && !(a < 5) {
    return 1
  }
  return 0
}
