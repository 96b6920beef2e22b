#! 11:46-50: error: 'Gear' is not the concept's output

inkling "2.0"

type State { position: number, speed: number }
type Gear { gear: number<Low = 0, High = 1> }
type Lamp { lamp: number<Off = 0, Dim = 1, On = 2> }
simulator Box(action: Gear): State { }
simulator Lights(action: Lamp): State { }

function Gears(s: State) { return constraint Gear { gear: number<mask [1, 0]> } }

graph (input: State): Gear {
  concept Shine(input): Lamp { curriculum { source Lights mask Gears } }
  output concept Shift(input, Shine): Gear { curriculum { source Box mask Gears } }
}
