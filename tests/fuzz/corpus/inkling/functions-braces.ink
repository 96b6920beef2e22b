inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

const Origin = { x: 0 }
function F(x: number) {
  if (x > 0) { return 1 }
  if x == ({ y: 1 }).y { return 2 }
  if not (x < 0) and Origin.x == 0 { return 3 }
  return 4
}

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
