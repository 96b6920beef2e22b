#! 35:36-40: error: there is no variable or constant 'valu'
#! hint: did you mean 'value'?
#! 36:33-34: error: Point has no field 'z'
#! 37:32-37: error: 'Point' is a type, not a variable
#! 38:37-41: error: there is no 'Math.Sinn'
#! hint: did you mean 'Math.Sin'?
#! 39:32-46: error: 'Math.Sin' takes 1 argument, not 2
#! 41:32-37: error: there is no variable or constant 'Factr'
#! hint: did you mean 'Factor'?
#! 42:34-35: error: number has no field 'y'
#! 43:32-33: error: number has no elements
#! 44:32-39: error: there is no function 'Nothing'
#! 45:32-38: error: 'Factor' is a constant, not a function
#! 46:33-34: error: there is no function 'x'
#! 47:38-39: error: the type 'Point' has no value named 'x'
#! hint: give the field a type with a name, as in type Turn number<Left = 0, Right = 1>, and write Turn.Left
#! 48:25-26: error: there is no variable 'y'
#! hint: declare it, as in var y = 0
#! 49:25-31: error: 'Factor' is a constant, not a variable
#! 50:25-30: error: only a variable can be assigned to
#! 51:32-33: error: 'A' is a function, not a variable
#! 52:23-24: error: 'x' is declared already, in line 52
#! hint: a variable belongs to the whole function

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

type Point { x: number, y: number }
const Factor = 2
function A(value: number) { return valu }
function B(p: Point) { return p.z }
function C(x: number) { return Point }
function D(x: number) { return Math.Sinn(x) }
function E(x: number) { return Math.Sin(x, x) }
function F(x: number) { return A(x, x) }
function G(x: number) { return Factr * x }
function H(x: number) { return x.y }
function I(x: number) { return x[0] }
function J(x: number) { return Nothing(x) }
function K(x: number) { return Factor(x) }
function L(x: number) { return (x)(x) }
function M(x: number) { return Point.x }
function N(x: number) { y = x return x }
function O(x: number) { Factor = x return x }
function P(x: number) { x + 1 = 2 return x }
function Q(x: number) { return A }
function R(x: number, x: number) { return 1 }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
