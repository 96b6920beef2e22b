inkling "2.0"

type State {
  a: number<0 .. 12>,
  b: number<.5 .. 1.5>,
  c: number<1e-3 .. 1E5>,
  d: number<13.0f-7 .. .3f+2>,
  e: number<0...5>,
  f: number<0.5..1>,
  g: number<0.1 .. 0.30000000000000004>,
  h: number<-1e300 .. 1e300>,
  i: number<0 .. 1e-400>,
  j: number<false .. true>,
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
