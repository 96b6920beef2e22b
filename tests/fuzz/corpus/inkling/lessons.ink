inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

type Config2 number<Slow = 1, Fast = 2>
type Start { start: number<0 .. 1>, mode: number<Fast = 2> }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      lesson One { scenario { start: 1, seed: 5, mode: 2 } }
      lesson Two { scenario { start: number<2 .. 4>, seed: number<1 .. 3>, mode: number<1, 2> } }
      lesson Three { scenario { start: number<0 .. 10 step 2.5>, seed: number<1, 5, 9>, mode: Config2.Fast } }
      lesson Four { scenario { seed: Number.Int32<-5 .. 5>, mode: number<Slow = 1> } }
      lesson Five { scenario Start }
      lesson Six { constraint { start: 1 + 1 } }
      lesson Seven { scenario { } }
    }
  }
}
