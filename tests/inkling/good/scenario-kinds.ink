inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { a: Number.Int8, b: Number.UInt64, c: Number.Float32, d: Number.Bool, e: Number.Int32<0 .. 10> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      lesson One { scenario { a: number<-5 .. 5>, b: 2 ** 40, c: number<0.5 .. 1>, d: true, e: number<0 .. 10 step 5> } }
    }
  }
}
