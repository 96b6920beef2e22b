#! 13:32-74: error: 'constraint' belongs in a curriculum's mask function
#! 14:21-34: error: 'mask' belongs in a mask function

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

type Gear number<Low = 1, High = 2>
function A(x: number) { return constraint Gear { x: number<mask [1, 0]> } }
function B(x: number<mask [1, 0]>) { return x }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
