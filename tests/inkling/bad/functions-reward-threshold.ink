#! 17:18-40: error: LessonSuccessThreshold needs goals, and there are none
#! hint: use LessonRewardThreshold

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      reward function (s: State) { return 1 }
      training { LessonSuccessThreshold: 0.9 }
    }
  }
}
