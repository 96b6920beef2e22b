inkling "2.0"

type State {
  a: Number.Int8, b: Number.Int16, c: Number.Int32, d: Number.Int64,
  e: Number.UInt8, f: Number.UInt16, g: Number.UInt32, h: Number.UInt64,
  i: Number.Float32, j: Number.Float64, k: Number.Bool, l: number,
}
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
