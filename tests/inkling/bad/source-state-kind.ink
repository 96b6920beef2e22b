#! 15:14-18: error: the simulator's 'position' is number, the concept's input has string
#! 15:14-18: error: the simulator's 'speed' is number<-5 .. 5>, the concept's input has number[2]

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: { position: string, speed: number[2] }): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
