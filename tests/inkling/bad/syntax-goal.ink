#! 20:9-17: error: expected 'avoid', 'reach', 'drive', 'minimize' or 'maximize', found 'approach'
#! 21:20-21: error: expected ':' after the objective's name, found 's'
#! 23:9-14: error: expected 'in' and a region, found 'drive'
#! hint: write it as in drive Middle: state.x in Goal.Range(-1, 1)
#! 24:7-8: error: expected a value, found '}'

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      goal (s: State) {
        approach Middle: s.position in Goal.Range(-1, 1)
        avoid Edge s.position in Goal.Range(1, 2)
        reach End: s.position
        drive Far: s.position in
      }
    }
  }
}
