#! 20:42-46: error: there is no region 'Goal.Rang'
#! hint: did you mean 'Goal.Range'?
#! 21:20-21: error: expected ':' after the objective's name, found 's'
#! 22:22-27: error: State has no field 'place'
#! 24:42-43: error: LessonSuccessThreshold must be from 0 to 1
#! 25:31-52: error: LessonRewardThreshold needs a reward, and there is a goal instead
#! hint: use LessonSuccessThreshold

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      goal (s: State) {
        drive Middle: s.position in Goal.Rang(-1, 1)
        avoid Edge s.position in Goal.Range(1, 2)
        reach End: s.place in Goal.RangeAbove(3)
      }
      training { LessonSuccessThreshold: 2 }
      lesson One { training { LessonRewardThreshold: 3 } }
    }
  }
}
