inkling "2.0"

type State {
  a: Image.Gray<84, 64>,
  b: Image.Gray<Width = 84, Height = 64>,
  c: Image.Gray<Height = 64, Width = 84>,
  d: Image.Gray<84, Height = 64>,
  e: Image.Gray<Size, Size / 2>[2],
}
const Size = 8
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
