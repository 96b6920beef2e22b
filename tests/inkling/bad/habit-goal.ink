#! 17:16-21: error: expected '{', found 'Learn'
#! hint: a curriculum has no name
#! 23:7-16: error: expected 'source', 'reward', 'terminal', 'state', 'action', 'mask', 'algorithm', 'training', 'goal', 'lesson' or 'experiment', found 'simulator'
#! hint: write 'source'
#! 25:28-29: error: expected a value, found ':'
#! hint: write it as in drive Middle weight 2: ...
#! 27:9-14: error: expected 'in' and a region, found 'reach'
#! hint: write it as in drive Middle: state.x in Goal.Range(-1, 1)
#! 28:7-13: error: expected 'avoid', 'reach', 'drive', 'minimize' or 'maximize', found 'lesson'
#! hint: perhaps a '}' is missing before it
inkling "2.0"
type State { x: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): State { }
graph (input: State): Action {
  concept Drive(input): Action {
    curriculum Learn {
      source Cart
    }
  }
  concept Other(input): Action {
    curriculum {
      simulator Cart
      goal (s: State) {
        drive Middle weight: 2: s.x in Goal.Range(0, 1)
        avoid Fast: s.x > 3
        reach End: s.x in Goal.Range(5, 6)
      lesson One { }
    }
  }
}
