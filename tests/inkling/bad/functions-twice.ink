#! 20:7-13: error: there can be only one 'reward' here
#! 21:47-54: error: State has no field 'positon'
#! hint: did you mean 'position'?

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

function Reward(s: State): number { return 1 }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      reward Reward
      reward Reward
      terminal function (s: State) { return s.positon }
    }
  }
}
