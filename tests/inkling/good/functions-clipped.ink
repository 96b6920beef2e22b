inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

type Small number<0 .. 1>
function F(x: number): number<-1 .. 1> {
  var a: Number.Int8 = x
  var b: number<0 .. 10 step 0.5> = x
  var c: Small = x
  var d = Small(x)
  var e: Number.Bool = x
  return a + b + c + d + e
}

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
