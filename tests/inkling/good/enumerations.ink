inkling "2.0"

type State {
  gear: number<-1, 0, 1, 2, 3,>,
  light: number<Red = 2, Amber = 0, Green = 1>,
  alone: number<5>,
  flag: Number.Bool<0, 1>,
  small: Number.Int8<Low = -128, High = 127,>,
}
type Action { turn: number<Left = -1, Straight = 0, Right = 1> }
const Sharp = Action2.Left * 2
type Action2 number<Left = -1, Right = 1>

simulator Car(action: Action): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum { source Car training { LessonRewardThreshold: Sharp } }
  }
}
