#! 12:1-30: error: a mask function returns a constraint of the concept's output, and has no other use

inkling "2.0"

type State { position: number, speed: number }
type Gear { gear: number<Low = 0, High = 1> }
type Lamp { lamp: number<Off = 0, Dim = 1, On = 2> }
simulator Box(action: Gear): State { }
simulator Lights(action: Lamp): State { }

function Gears(s: State) { return constraint Gear { gear: number<mask [1, 0]> } }
function Of(s: State): number { return 1 }

graph (input: State): Gear {
  concept Shift(input): Gear { curriculum { source Box mask Gears } }
  output concept Shine(Shift): Gear { curriculum { source Box reward Of mask Of } }
}
