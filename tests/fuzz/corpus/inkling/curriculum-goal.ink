#! 16:7-11: error: 'goal' is not supported
#! hint: leave it out and set LessonRewardThreshold: the simulator's own reward is used

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      goal (s: State) {
        avoid Edge: s.position in Goal.RangeAbove(2)
        drive `To the middle` weight 2: s.position in Goal.Range(-1, 1) within 10
      }
    }
  }
}
