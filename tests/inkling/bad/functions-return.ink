#! 19:25-26: error: the function may end here without a result
#! hint: every path ends with 'return'
#! 20:47-48: error: the function may end here without a result
#! hint: every path ends with 'return'
#! 21:43-44: error: the function may end here without a result
#! hint: every path ends with 'return'
#! 22:74-75: error: the function may end here without a result
#! hint: every path ends with 'return'
#! 23:61-69: error: the result of this function is a number, not a struct

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

function A(x: number) { }
function B(x: number) { if x > 0 { return 1 } }
function C(x: number): number { var y = x }
function D(x: number) { if x > 0 { return 1 } else if x < 0 { return 2 } }
function E(x: number) { if x > 0 { return 1 } else { return { a: 1 } } }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
