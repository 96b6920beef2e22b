#! 12:11-16: error: the output of the graph does not depend on the concept 'Drive'

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
  concept Stop(input): Action { curriculum { source Cart } }
  output Stop
}
