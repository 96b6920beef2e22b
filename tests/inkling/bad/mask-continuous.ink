#! 12:1-24: error: the concept's output has no field with named values to mask
#! hint: name them, as in number<Left = 0, Right = 1>

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

function Mask(s: State) { return constraint Action { push: number<mask [1, 0]> } }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      mask Mask
    }
  }
}
