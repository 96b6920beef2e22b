inkling "2.0"

type State { x: number<0, 1,>, y: number<A = 1, B = 2,>, z: string<"a", "b",>, }
type Action { a: number<0 .. 1>, }
const List = [1, 2, ]
const Record = { x: 1, y: 2, }
using Math
const Largest = Math.Max(1, 2,)

simulator Sim(action: Action, config: { c: number, },): State { }

graph (input: State,): Action {
  concept C(input,): Action {
    curriculum {
      source Sim
      algorithm { Algorithm: "PPO", HiddenLayers: [{ Size: 8, }, ], }
      training { LessonRewardThreshold: Largest, }
      lesson L { scenario { c: 1, } training { LessonAssessmentWindow: 5, } }
    }
  }
}
