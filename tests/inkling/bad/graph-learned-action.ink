#! 13:52-56: error: field 1 of the simulator's action is 'push', of the concept's output 'gear'
#! 14:68-71: error: field 1 of the simulator's action is 'gear', of the concept's output 'push'

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
type Gear { gear: number<Low = 0, High = 1> }
simulator Cart(action: Action): State { }
simulator Box(action: Gear): State { }

graph (input: State): Action {
  concept Shift(input): Gear { curriculum { source Cart } }
  output concept Drive(input, Shift): Action { curriculum { source Box } }
}
