inkling "2.0"

type State {
  whole: number<0 .. 10>,
  tight: number<0..10>,
  spaced: number <-0.5 .. 0.5>,
  stepped: number<0 .. 10 step 2>,
  uneven: number<0 .. 1 step 0.3>,
  tenths: number<0 .. 1 step 0.1>,
  wide: number<1 .. 2 step 5>,
  single: number<3 .. 3>,
  computed: number<-2 * 3 .. (1 + 2) ** 2 step 9 / 3>,
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
