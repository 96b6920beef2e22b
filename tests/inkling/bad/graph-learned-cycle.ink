#! 12:11-16: error: the concept 'Shift' depends on itself

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
type Gear { gear: number<Low = 0, High = 1> }
simulator Cart(action: Action): State { }
simulator Box(action: Gear): State { }

graph (input: State): Action {
  concept Shift(input, Drive): Gear { curriculum { source Box } }
  output concept Drive(input, Shift): Action { curriculum { source Cart } }
}
