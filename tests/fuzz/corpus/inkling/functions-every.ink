inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

type Seen { position: number, speed: number<-5 .. 5> }
function Reward(s: State, a: Action): number {
  return -s.position ** 2 - 0.1 * a.push ** 2
}
function Terminal(s: { position: number }) { return s.position > 10 or s.position < -10 }
function Convert(s: State): Seen { return { position: s.position, speed: s.speed } }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      reward Reward
      terminal Terminal
      state Convert
      action function (a: Action): Action { return a }
      training { LessonRewardThreshold: 5 }
    }
  }
}
