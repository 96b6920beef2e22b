#! 16:14-18: error: the simulator's 'arm.joint[]' is number, the concept's input has number<0, 1>
#! 16:14-18: error: the simulator's 'arm.tip' is Image.Gray<8, 8>, the concept's input has Image.Gray<8, 9>
#! 16:14-18: error: the simulator's state has no field 'arm.base', which the concept's input has

inkling "2.0"

type State { arm: { joint: number[3], tip: Image.Gray<8, 8> }, position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: { arm: { joint: number<0, 1>[3], tip: Image.Gray<8, 9>, base: number } }): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
