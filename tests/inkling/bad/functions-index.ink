#! 17:37-38: error: the index 3 is not a whole number from 0 to 2
#! 18:37-39: error: the index -1 is not a whole number from 0 to 2
#! 19:37-40: error: the index 0.5 is not a whole number from 0 to 2
#! 20:38-39: error: the index 3 is not a whole number from 0 to 2
#! 21:37-40: error: an index is a number, not string
#! 22:30-31: error: the index 3 is not a whole number from 0 to 2

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

const Table = [1, 2, 3]
function A(x: number[3]) { return x[3] }
function B(x: number[3]) { return x[-1] }
function C(x: number[3]) { return x[0.5] }
function D(x: number) { return Table[3] }
function E(x: number[3]) { return x["a"] }
function F(x: number[3]) { x[3] = 1 return x[0] }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
