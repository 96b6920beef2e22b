#! 14:20-55: error: the simulator's state has no field 'angel', which the parameter 's' has
#! 15:22-28: error: the parameter is the simulator's state, a struct, not number
#! 23:13-54: error: the result of the state function has no field 'speed', which the concept's input has
#! 24:27-66: error: the concept's output has no field 'pull', which the parameter 'a' has

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

function Reward(s: { position: number, angel: number }): number { return s.position }
function Terminal(x: number) { return x }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      reward Reward
      terminal Terminal
      state function (s: State): { position: number } { return { position: s.position } }
      action function (a: { push: number<-1 .. 1>, pull: number }): Action { return { push: a.push } }
    }
  }
}
