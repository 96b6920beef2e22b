inkling "2.0"

# Every operator on what is known only at run time.
type State { x: number, y: number, on: Number.Bool }
type Action { push: number<-1 .. 1> }
const Two = + 2

function Work(x: number, y: number): number {
  var sum = x + y - x * y
  var rest = x % Two
  var power = x ** Two
  if y != 0 { rest = x / y }
  if x < y or x >= Two { sum = +sum }
  if x <= y and not (x == y) or y > Two { power = -power }
  return sum + rest + power
}

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source simulator (Action: Action): State { }
      reward function (s: State, a: Action) { return Work(s.x, s.y) + s.on - a.push }
    }
  }
}
