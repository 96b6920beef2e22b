#! 24:7-13: error: 'reward' functions are not supported
#! hint: leave it out: the simulator's own reward is used
#! 25:7-15: error: 'terminal' functions are not supported
#! hint: leave it out: the simulator says when an episode is over
#! 26:7-12: error: 'state' functions are not supported
#! hint: give the graph an input whose fields the simulator's state has
#! 27:7-13: error: 'action' functions are not supported
#! hint: give the concept the simulator's action as its output
#! 28:7-11: error: 'mask' functions are not supported
#! hint: leave it out

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      reward Reward
      terminal Terminal
      state Convert
      action function (a: Action): Action { return a }
      mask Mask
    }
  }
}
