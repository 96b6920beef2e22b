inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config {
  ranged: number<0 .. 1>,
  listed: Number.Int32<1, 2>,
  named: number<A = 1>,
  fixed: 7,
  text: string<"a", "b">,
  row: number<0 .. 1>[3],
  free: number,
  flag: Number.Bool,
  word: string,
  inner: { x: number<0 .. 1> },
}

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      lesson One { scenario { ranged: 0.5 } }
      lesson Two { }
    }
  }
}
