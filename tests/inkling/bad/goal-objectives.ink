#! 31:15-16: error: there are two objectives 'A'
#! 32:24-25: error: a weight is above 0
#! 33:24-25: error: there is no constant 's'
#! 34:57-58: error: the iterations of 'within' must be a whole number from 1 to 1e+15, not 0
#! 35:57-60: error: the iterations of 'within' must be a whole number from 1 to 1e+15, not 1.5
#! 36:57-58: error: 'within' goes with 'reach' and 'drive', not with 'avoid'
#! 37:35-53: error: 'minimize' needs a range with an upper end
#! hint: use Goal.RangeBelow(max)
#! 38:35-53: error: 'maximize' needs a range with a lower end
#! hint: use Goal.RangeAbove(min)
#! 39:37-56: error: 'minimize' needs a range with an upper end
#! hint: use Goal.RangeBelow(max)
#! 40:20-27: error: State has no field 'positon'
#! hint: did you mean 'position'?
#! 41:18-23: error: division by zero

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
        drive A: s.position in Goal.Range(-1, 1)
        drive A: s.position in Goal.Range(-1, 1)
        drive B weight 0: s.position in Goal.Range(-1, 1)
        drive C weight s.speed: s.position in Goal.Range(-1, 1)
        drive D: s.position in Goal.Range(-1, 1) within 0
        drive E: s.position in Goal.Range(-1, 1) within 1.5
        avoid F: s.position in Goal.Range(-1, 1) within 3
        minimize G: s.position in Goal.RangeAbove(1)
        maximize H: s.position in Goal.RangeBelow(1)
        minimize I: [s.position] in Goal.Sphere([1], 1)
        drive J: s.positon in Goal.Range(-1, 1)
        drive K: 1 / 0 in Goal.Range(-1, 1)
      }
    }
  }
}
