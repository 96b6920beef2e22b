#! 18:14-33: error: the result of the reward function is a number, not string
#! 19:16-42: error: the result of the terminal function is a number, not a struct
#! 20:13-32: error: the result of the state function is the concept's input, a struct, not number
#! 21:14-34: error: the action function's 'push' is string, the simulator's action has number<-1 .. 1>

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      reward function (s: State) { return "good" }
      terminal function (s: State): State { return s }
      state function (s: State) { return s.position }
      action function (a: Action) { return { push: "left" } }
    }
  }
}
