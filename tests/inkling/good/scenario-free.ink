inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { a: number, b: Number.Bool, c: string, d: number<0 .. 1>, e: Number.Int32[2] }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      lesson One { scenario { a: number, b: Number.Bool, c: string, d: number, e: number[2] } }
      lesson Two { scenario Config }
    }
  }
}
