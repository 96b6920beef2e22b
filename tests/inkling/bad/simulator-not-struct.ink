#! 11:24-30: error: the action of a simulator is a struct, not number
#! 11:40-52: error: the config of a simulator is a struct, not Number.Int32
#! 11:55-63: error: the state of a simulator is a struct, not an array of structs

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: number, config: Number.Int32): State[2] { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
