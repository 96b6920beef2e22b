inkling "2.0"

type State {
  row: number[3],
  grid: number<0 .. 1>[2][3],
  rows: Row[4],
  sized: number[Size * 2],
  points: { x: number, y: number }[2],
  empty: { },
}
type Row Number.Int8[3]
const Size = 2
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
