inkling "2.0"

# Three ways to write one type.
type Turn number<Left = 0, Right = 1>
type Action { turn: Turn, speed: number<0 .. 10> }
const Fast = 10

graph (input: { x: number }): { turn: number<Right = 1, Left = 0>, speed: number<0 .. Fast> } {
  concept C(input): Action {
    curriculum {
      source simulator (action: { turn: Turn<0, 1>, speed: number<0 .. 5 * 2> }): { x: number } { }
    }
  }
}
