inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
type Gear { gear: number<Low = 0, High = 1> }
simulator Cart(action: Action): State { }
simulator Box(action: Gear): State { }

function Allow(s: State) { return constraint Gear { gear: number<mask [1, s.speed > 2]> } }

graph (input: State): Action {
  concept Shift(input): Gear { curriculum { source Box mask Allow } }
  output concept Drive(input, Shift): Action { curriculum { source Cart } }
}
