#! 16:7-11: error: a goal takes the simulator's state and perhaps its action
#! hint: write it as in goal (state: State) { ... }

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      goal (s: State, a: Action, c: Config) { drive A: s.position in Goal.Range(-1, 1) }
    }
  }
}
