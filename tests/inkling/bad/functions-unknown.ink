#! 19:14-19: error: there is no function 'Rewrd'
#! hint: did you mean 'Reward'?
#! 20:16-21: error: 'State' is a type, not a function

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
      reward Rewrd
      terminal State
    }
  }
}
