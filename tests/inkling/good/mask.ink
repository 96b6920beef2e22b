inkling "2.0"

type State { position: number, speed: number }
type Action { gear: number<Low = 1, High = 2, Reverse = -1>, horn: Number.Bool, lamp: number<Off = 0, On = 1> }
simulator Cart(action: Action): State { }

const Fast = 3
function Mask(state: State) {
  if state.speed > Fast {
    return constraint Action { gear: number<in [Gears.Low, Gears.High]>, lamp: number<mask [0, 1]> }
  }
  return constraint Action { gear: number<mask [1, state.speed > 1, state.speed <= 0]> }
}
type Gears number<Low = 1, High = 2, Reverse = -1>

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      mask Mask
    }
  }
}
