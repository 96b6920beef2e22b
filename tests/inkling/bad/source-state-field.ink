#! 16:14-18: error: the simulator's state has no field 'sped', which the concept's input has
#! hint: it has 'speed'
#! 16:14-18: error: the simulator's state has no field 'angle', which the concept's input has

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: { position: number, sped: number, angle: number }): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
