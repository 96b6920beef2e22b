#! 18:31-35: error: there is no function 'sqrt'
#! hint: did you mean 'Math.Sqrt'?
#! 19:31-34: error: there is no function 'abs'
#! hint: did you mean 'Math.Abs'?
#! 20:31-37: error: the operand is a number, not string<"eco", "sport">
#! hint: texts are not compared; use named numbers, as in number<Slow = 0, Fast = 1>
#! 21:31-36: error: the operand is a number, not number[2]
#! hint: name its elements one by one, as in a[0]
#! 22:49-53: error: the type 'Action' has no value named 'turn'
#! hint: give the field a type with a name, as in type Turn number<Left = 0, Right = 1>, and write Turn.Left
#! 23:32-38: error: the operand is a number, not string<"eco", "sport">
#! hint: texts are not compared; use named numbers, as in number<Slow = 0, Fast = 1>
#! 24:39-44: error: the operand is a number, not number[2]
#! hint: name its elements one by one, as in a[0]
inkling "2.0"
type State { x: number, row: number[2], mode: string<"eco", "sport"> }
type Action { turn: number<Left = 0, Right = 1> }
function A(s: State) { return sqrt(s.x) }
function B(s: State) { return abs(s.x) }
function C(s: State) { return s.mode == "eco" }
function D(s: State) { return s.row == [0, 0] }
function E(a: Action) { return a.turn == Action.turn.Left }
function F(s: State) { return -s.mode }
function G(s: State) { return s.x and s.row }
graph (input: State): Action {
  concept Drive(input): Action {
    curriculum { source simulator (a: Action): State { } }
  }
}
