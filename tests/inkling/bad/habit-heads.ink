#! 18:26-28: error: expected ',' or '>', found 'to'
#! hint: write a range as in number<0 .. 10>
#! 18:45-47: error: expected ']', found '..'
#! hint: write a range as in number<0 .. 10>
#! 19:22-23: error: expected ',' or '>', found ':'
#! hint: write a range as in number<0 .. 10>, a name as in number<Low = 0>
#! 19:32-33: error: expected ',' or '>', found ':'
#! hint: write a range as in number<0 .. 10>, a name as in number<Low = 0>
#! 21:15-22: error: a number cannot go on with letters
#! hint: write it without '_'
#! 22:32-33: error: expected ':' after the simulator's parameters, found '{'
#! hint: say what its state is, as in simulator Name(action: Action): State
#! 23:7-12: error: expected '(', found 'input'
#! hint: write it as in graph (input: State): Action
#! 25:17-18: error: expected '(' after the concept's name, found '{'
#! hint: say what it sees, as in concept Drive(input): Action
inkling "2.0"
type State { x: number<0 to 1>, y: number[0 .. 1] }
type Turn number<Left: 0, Right: 1>
type Action { push: number<-1 .. 1> }
const Limit = 500_000
simulator Cart(action: Action) { }
graph input: State { }
graph (input: State): Action {
  concept Drive {
    curriculum { source "Cart" }
  }
}
