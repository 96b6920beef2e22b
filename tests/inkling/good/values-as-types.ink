inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config {
  fixed: -1,
  named: Gravity,
  computed: 2 * Gravity,
  flag: true,
  label: "moon",
  access: Place.Moon,
  pi: Math.Pi,
  sum: (1 + 2),
  same: [0, 0, 0],
}
using Math
const Gravity = 1.62
type Place number<Earth = 1, Moon = 2>

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
