#! 13:11-16: error: the concept 'Drive' has no input
#! hint: write it as in concept Drive(input)

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(): Action {
    curriculum {
      source Cart
    }
  }
}
