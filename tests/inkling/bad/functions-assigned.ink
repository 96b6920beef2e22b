#! 30:10-11: error: 'y' may not have a value here
#! hint: give it one where it is declared, or on every path to here
#! 35:10-11: error: 'y' may not have a value here
#! hint: give it one where it is declared, or on every path to here
#! 39:10-11: error: 'y' may not have a value here
#! hint: give it one where it is declared, or on every path to here
#! 43:3-6: error: 'y' may not have a value here, and a part of it cannot be given one first
#! 44:10-13: error: 'y' may not have a value here
#! hint: give it one where it is declared, or on every path to here
#! 47:37-38: error: 'y' is declared already, in line 47
#! hint: a variable belongs to the whole function
#! 48:10-11: error: 'y' may not have a value here
#! hint: give it one where it is declared, or on every path to here
#! 51:11-12: error: there is no variable or constant 'y'
#! 55:7-8: error: 'y' has neither a type nor a value
#! hint: write it as in var y = 0
#! 59:7-8: error: 'x' is declared already, in line 58
#! hint: a variable belongs to the whole function

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

function A(x: number) {
  var y: number
  return y
}
function B(x: number) {
  var y: number
  if x > 0 { y = 1 } else if x < 0 { y = 2 }
  return y
}
function C(x: number) {
  if x > 0 { var y = 1 }
  return y
}
function D(x: number) {
  var y: { a: number }
  y.a = 1
  return y.a
}
function E(x: number) {
  if x > 0 { var y = 1 } else { var y = 2 }
  return y
}
function F(x: number) {
  var y = y + 1
  return y
}
function G(x: number) {
  var y
  return x
}
function H(x: number) {
  var x = 2
  return x
}
function I(x: number) {
  var y: number
  if x > 0 { y = 1 } else { return 3 }
  return y
}

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
