#! 17:38-53: error: 'start' goes beyond the config: number<5 .. 20> is not within number<0 .. 10>
#! 18:38-40: error: 'start' goes beyond the config: number<-1> is not within number<0 .. 10>
#! 18:48-49: error: 'mode' goes beyond the config: number<3> is not within number<Slow = 1, Fast = 2>

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      lesson One { scenario { start: number<5 .. 20> } }
      lesson Two { scenario { start: -1, mode: 3 } }
    }
  }
}
