#! 15:14-18: error: the simulator's 'position' is number, the concept's input has number<0, 1>
#! 15:14-18: error: the simulator's 'speed' is number<-5 .. 5>, the concept's input has number<-5 .. 5 step 1>

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: { position: number<0, 1>, speed: number<-5 .. 5 step 1> }): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
