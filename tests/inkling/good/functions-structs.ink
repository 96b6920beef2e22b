inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

type Point { x: number, y: number }
type Line { from: Point, to: Point }
const Origin = { x: 0, y: 0 }
const Table = [[1, 2], [3, 4], [5, 6]]
function Length(l: Line) {
  return Math.Hypot(l.to.x - l.from.x, l.to.y - l.from.y)
}
function Pick(table: number[3][2], i: number, j: number): number {
  var row: number[2] = table[i]
  row[j] = row[j] * 2
  table[i] = row
  return table[i][j]
}
function Reward(s: State): number {
  var p: Point
  p = { y: s.position, x: 1 }
  p.x = p.x + Origin.x
  var points = [p, Origin, { x: 2, y: 3 }]
  points[1].y = 4
  return Length({ from: points[0], to: points[1] }) + Pick(Table, 1, 0)
}

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      reward Reward
    }
  }
}
