#! 15:33-40: error: functions cannot read images
#! hint: name the other fields one by one
#! 16:34-35: error: functions cannot read images
#! hint: name the other fields one by one

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

type Picture { image: Image.Gray<4, 4>, x: number }
function A(p: Picture) { return p.image }
function B(p: Picture) { var q = p return q.x }
function C(p: Picture) { return p.x }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
