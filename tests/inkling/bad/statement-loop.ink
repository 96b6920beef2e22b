#! 7:3-6: error: expected 'var', 'if', 'return' or an assignment, found 'for'
#! hint: Inkling has no loops

inkling "2.0"

function F(a: number) {
  for i in a {
    a = a + 1
  }
  return a
}
