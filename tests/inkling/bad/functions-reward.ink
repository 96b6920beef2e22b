#! 14:17-23: error: the simulator's state has no field 'push', which the parameter 'a' has
#! 21:16-35: error: the result of the terminal function is a number, not a struct
#! 22:13-50: error: a state function takes the simulator's state
#! 23:14-33: error: an action function takes the concept's output

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

function Two(a: Action, s: State) { return 1 }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      reward Two
      terminal function (s: State) { return { a: 1 } }
      state function (s: State, a: Action): State { return s }
      action function (): Action { return { push: 0 } }
    }
  }
}
