inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

function Near(x: number) { return x / 10 }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      goal (s: State) {
        drive Middle: Near(s.position) in Goal.Range(-1, 1)
      }
      state function (s: State): State { return { position: Near(s.position), speed: s.speed } }
    }
  }
}
