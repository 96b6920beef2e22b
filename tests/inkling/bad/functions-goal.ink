#! 21:7-13: error: a 'reward' function cannot be used together with a goal
#! hint: keep one of them
#! 22:7-15: error: a 'terminal' function cannot be used together with a goal
#! hint: keep one of them
#! 24:7-11: error: there can be only one 'goal' here

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
      terminal Reward
      goal (s: State) { drive Middle: s.position in Goal.Range(-1, 1) }
      goal (s: State) { drive Middle: s.position in Goal.Range(-1, 1) }
    }
  }
}
