#! 14:32-33: error: the function 'A' calls itself
#! hint: Inkling has no recursion
#! 17:32-33: error: the function 'B' calls itself
#! hint: Inkling has no recursion

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

function A(x: number) { return A(x) }
function B(x: number) { return C(x) }
function C(x: number) { return D(x) + 1 }
function D(x: number) { return B(x) }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
