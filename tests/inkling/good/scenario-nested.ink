inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { row: number[3], arm: { angle: Number.Float32, length: number<0 .. 2> } }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      lesson One { scenario { row: number<0 .. 1>[3], arm: { angle: 0.5 } } }
      lesson Two { scenario { row: [5, 5, 5], arm: { length: number<1 .. 2> } } }
      lesson Three { scenario { arm: Arm } }
    }
  }
}

type Arm { angle: number<0 .. 1>, length: 1 }
