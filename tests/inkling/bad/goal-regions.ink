#! 35:37-42: error: there is no region 'Goal.Rnage'
#! hint: did you mean 'Goal.Range'?
#! 36:32-49: error: the region is empty: its end is below its start
#! 37:32-45: error: 'Goal.Range' takes other arguments
#! hint: write it as in Goal.Range(min, max)
#! 38:48-49: error: there is no constant 't'
#! 39:32-58: error: the region has 2 dimensions, what is to be in it 1
#! 40:43-59: error: the region has 1 dimension, what is to be in it 2
#! 41:43-72: error: each dimension of a box is a pair of numbers
#! hint: write it as in Goal.Box([[min, max], [min, max]])
#! 42:63-65: error: the radius is below 0
#! 43:43-68: error: the region has 3 dimensions, what is to be in it 2
#! 44:32-33: error: a region is needed behind 'in'
#! hint: there are Goal.Range, Goal.RangeAbove, Goal.RangeBelow, Goal.Box and Goal.Sphere
#! 45:18-19: error: what an objective looks at is a number or an array of at most 64, not a struct
#! 46:32-43: error: a region is needed behind 'in'
#! hint: there are Goal.Range, Goal.RangeAbove, Goal.RangeBelow, Goal.Box and Goal.Sphere
#! 47:37-44: error: there is no region 'Goal.Ellipse'
#! hint: there are Range, RangeAbove, RangeBelow, Box and Sphere
#! 48:44-47: error: the centre is a number or an array of them

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
        drive A: s.position in Goal.Rnage(-1, 1)
        drive B: s.position in Goal.Range(1, -1)
        drive C: s.position in Goal.Range(1)
        drive D: s.position in Goal.RangeAbove(t.speed)
        drive E: s.position in Goal.Box([[0, 1], [0, 1]])
        drive F: [s.position, s.speed] in Goal.Range(0, 1)
        drive G: [s.position, s.speed] in Goal.Box([[0, 1], [0, 1, 2]])
        drive H: [s.position, s.speed] in Goal.Sphere([0, 0], -1)
        drive I: [s.position, s.speed] in Goal.Sphere([0, 0, 0], 1)
        drive J: s.position in 5
        drive K: s in Goal.Range(0, 1)
        drive L: s.position in Math.Sin(1)
        drive M: s.position in Goal.Ellipse(1, 2)
        drive N: s.position in Goal.Sphere("a", 1)
      }
    }
  }
}
