#! 16:32-37: error: division by zero
#! 17:32-45: error: the square root of a negative number
#! 18:32-43: error: the logarithm of a number that is not positive
#! 19:32-42: error: the result is too large
#! 20:36-38: error: an array has at least one element
#! 21:40-41: error: 'a' is given twice

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

function A(x: number) { return 1 / 0 }
function B(x: number) { return Math.Sqrt(-1) }
function C(x: number) { return Math.Log(0) + x }
function D(x: number) { return 10 ** 1000 }
function E(x: number) { return x + [] }
function F(x: number) { return { a: 1, a: 2 }.a }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
