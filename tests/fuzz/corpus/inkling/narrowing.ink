inkling "2.0"

type State {
  chain: number<1..100><2..99><50..51>,
  named: Percent<10 .. 20>,
  listed: Percent<10, 20>,
  steps: number<0 .. 10 step 2><2 .. 10 step 4>,
  picked: number<0 .. 10 step 2><2, 4>,
  whole: Number.Int32<0 .. 10><1 .. 5><2, 3>,
  stepped: Number.Int32<0 .. 10 step 1><1 .. 5>,
  light: Light<Green = 1, Red = 0>,
  lit: Light<0, 1>,
  flag: Number.Bool<1>,
}
type Percent number<0 .. 100>
type Light number<Red = 0, Green = 1, Blue = 2>
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
