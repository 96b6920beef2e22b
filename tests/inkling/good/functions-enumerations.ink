inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

type Gear number<Low = 1, High = 2>
type Level number<0, 5, 10>
function Next(g: Gear): Gear {
  if g == Gear.Low { return Gear.High }
  return Gear.Low
}
function Parse(x: number) { return Gear(x) }
function F(x: number): Level {
  if x > 3 { return 10 }
  var level: Level = 5
  return level
}

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
