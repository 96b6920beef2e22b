#! 14:11-16: error: 'Drive' has nothing to choose: it selects one concept
#! 15:12-17: error: the graph has no input 'Other'
#! hint: its input is 'input'

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    select Other
  }
}
