inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

function Last(x: number) { return First(x) + 1 }
function First(x: number) { return x * Factor }
const Factor = 2

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      reward function (s: State): number { return Last(s.position) }
    }
  }
}
