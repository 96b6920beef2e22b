inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

const Far = 8

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      goal (s: State) {
        avoid Edge: Math.Abs(s.position) in Goal.RangeAbove(Far)
        reach `the middle` weight 2: s.position in Goal.Range(-1, 1) within 2 * 60
        drive Still: s.speed in Goal.Range(-0.1, 0.1) within 10
        minimize Effort: s.speed ** 2 in Goal.RangeBelow(4)
        maximize Right: s.position in Goal.RangeAbove(0)
        drive Place: [s.position, s.speed] in Goal.Box([[-1, 1], [-2, 2]])
        drive Pairs: [s.position, s.speed] in Goal.Box([-1, 1], [-2, 2])
        reach Ball: [s.position, s.speed] in Goal.Sphere([0, 0.5], 1.5)
      }
      training { LessonSuccessThreshold: 0.8 }
      lesson One { training { LessonSuccessThreshold: 0.5 } }
    }
  }
}
