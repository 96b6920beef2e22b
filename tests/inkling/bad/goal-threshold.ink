#! 20:18-39: error: LessonRewardThreshold needs a reward, and there is a goal instead
#! hint: use LessonSuccessThreshold
#! 21:31-52: error: LessonRewardThreshold needs a reward, and there is a goal instead
#! hint: use LessonSuccessThreshold
#! 21:81-84: error: LessonSuccessThreshold must be from 0 to 1

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      goal (s: State) { drive A: s.position in Goal.Range(-1, 1) }
      training { LessonRewardThreshold: 5 }
      lesson One { training { LessonRewardThreshold: 5, LessonSuccessThreshold: 1.5 } }
    }
  }
}
