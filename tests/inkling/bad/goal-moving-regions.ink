#! 31:45-51: error: the function 'Itself' calls itself
#! hint: Inkling has no recursion
#! 38:50-57: error: a bound of a region is a number, not number[2]
#! 39:45-51: error: a bound of a region is a number, not string<"a", "b">
#! 40:41-42: error: the centre is a number or an array of them
#! 41:51-58: error: the radius of a region is a number, not number[2]
#! 42:41-48: error: the region has 2 dimensions, what is to be in it 1
#! 43:29-52: error: the region has 1 dimension, what is to be in it 2
#! 44:38-57: error: the region has 1 dimension, what is to be in it 2
#! 45:29-74: error: the region has 3 dimensions, what is to be in it 2
#! 46:38-75: error: the region has 3 dimensions, what is to be in it 2
#! 47:52-60: error: each dimension of a box is a pair of numbers
#! hint: write it as in Goal.Box([[min, max], [min, max]])
#! 48:47-53: error: State has no field 'volume'
#! 49:47-51: error: Action has no field 'pump'
#! 51:32-57: error: 'minimize' needs a range with an upper end
#! hint: use Goal.RangeBelow(max)
#! 52:32-57: error: 'maximize' needs a range with a lower end
#! hint: use Goal.RangeAbove(min)
#! 53:32-56: error: 'maximize' needs a range with a lower end
#! hint: use Goal.RangeAbove(min)

inkling "2.0"

type State { level: number, wanted: number, spots: number[2], name: string<"a", "b"> }
type Action { valve: number<0 .. 1> }

simulator Tank(action: Action): State { }

function Pair(s: State) { return [s.level, s.wanted] }
function Itself(x: number): number { return Itself(x) }

graph (input: State): Action {
  concept Fill(input): Action {
    curriculum {
      source Tank
      goal (s: State, a: Action) {
        drive A: s.level in Goal.Range(s.wanted, Pair(s))
        drive B: s.level in Goal.RangeAbove(s.name)
        drive C: s.level in Goal.Sphere(s, 1)
        drive D: s.level in Goal.Sphere(s.wanted, Pair(s))
        drive E: s.level in Goal.Sphere(Pair(s), 1)
        drive F: s.spots in Goal.Range(0, s.wanted)
        drive G: s.spots in Goal.Box([s.level, s.wanted])
        drive H: s.spots in Goal.Box([s.level, s.wanted], [0, 1], [2, 3])
        drive I: s.spots in Goal.Box([[s.level, s.wanted], [0, 1], [2, 3]])
        drive J: s.spots in Goal.Box([s.level, 1], s.wanted)
        drive K: s.level in Goal.RangeBelow(s.volume)
        drive L: s.level in Goal.RangeBelow(a.pump)
        drive M: s.level in Goal.RangeBelow(Itself(1))
        minimize N: s.level in Goal.RangeAbove(s.wanted)
        maximize O: s.level in Goal.RangeBelow(s.wanted)
        maximize P: s.level in Goal.Sphere(s.wanted, 1)
      }
    }
  }
}
