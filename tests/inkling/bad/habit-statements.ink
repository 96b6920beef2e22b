#! 25:7-8: error: expected '=' after what is assigned to, found 'y'
#! hint: declare a variable as in var x = 0
#! 27:4-5: error: expected '=' after what is assigned to, found ':'
#! hint: declare a variable as in var x: number = 0
#! 32:8-9: error: expected '=' after what is assigned to, found 'x'
#! hint: write 'else if'
#! 36:6-7: error: expected a value, found '='
#! hint: write it out, as in x = x + 1
#! 40:8-9: error: expected '{', found '='
#! hint: compare with '=='
#! 41:9-10: error: expected ')', found '='
#! hint: compare with '=='
#! 42:11-12: error: expected '{', found ':'
#! hint: a block stands between { and }
#! 45:32-33: error: expected a value, found '}'
#! hint: write what the function gives, as in return 0
#! 46:38-39: error: '?' is not an operator
#! hint: write if x > 0 { ... } else { ... }
#! 47:34-35: error: '^' is not an operator
#! hint: write '**'
inkling "2.0"
type State { x: number }
type Action { push: number<-1 .. 1> }
function A(x: number) {
  int y = 0
  var z = 1
  y: number = 2
  return z
}
function B(x: number) {
  if x > 1 { return 1 }
  elif x > 0 { return 2 }
  return 3
}
function C(x: number) {
  x += 1
  return x
}
function D(x: number) {
  if x = 1 { return 1 }
  if (x = 2) { return 2 }
  if x > 3: return 3
  return 4
}
function E(x: number) { return }
function F(x: number) { return x > 0 ? 1 : 0 }
function G(x: number) { return x ^ 2 }
graph (input: State): Action {
  concept Drive(input): Action {
    curriculum { source simulator (a: Action): State { } }
  }
}
