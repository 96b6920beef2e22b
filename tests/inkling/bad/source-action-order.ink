#! 15:14-18: error: field 1 of the simulator's action is 'turn', of the concept's output 'push'

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1>, turn: number<-1 .. 1> }
type Other { turn: number<-1 .. 1>, push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Other, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
