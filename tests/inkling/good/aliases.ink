inkling "2.0"

type State { a: First, b: Second, c: Third }
type First number<0 .. 1>
type Second First
type Third { d: Second }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: { a: First, b: number }): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
