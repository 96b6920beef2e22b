#! 34:13-14: error: 'source' is followed by no ':'
#! hint: remove it
#! 35:15-16: error: 'training' is followed by no ':'
#! hint: remove it
#! 35:41-42: error: expected ':' after the name, found '='
#! hint: write ':'
#! 36:14-15: error: expected a function or the name of one, found '('
#! hint: write 'function' before it
#! 37:12-13: error: expected '(', found '{'
#! hint: write it as in goal (state: State) { ... }
#! 40:14-26: error: expected the lesson's name, found "Heavy Pole"
#! hint: write `Heavy Pole`
#! 41:14-20: error: expected the lesson's name, found "Easy"
#! hint: write it without quotes: Easy
#! 42:14-15: error: expected the lesson's name, found '{'
#! hint: name it, as in lesson Easy { ... }
#! 43:20-24: error: expected '{', found 'Pole'
#! hint: write a name of several words as in `Heavy Pole`
#! 44:29-30: error: 'scenario' is followed by no ':'
#! hint: remove it
#! 45:23-32: error: expected 'training', 'scenario' or 'constraint', found 'configure'
#! hint: write 'scenario'
#! 46:34-37: error: expected the name of a field, found "x"
#! hint: write it without quotes: x
#! 48:7-13: error: expected 'training', 'scenario' or 'constraint', found 'lesson'
#! hint: 'lesson' belongs in a curriculum; perhaps a '}' is missing before it, or is one too many
inkling "2.0"
type State { x: number }
type Action { push: number<-1 .. 1> }
simulator Cart(action: Action, config: { x: number }): State { }
graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source: Cart
      training: { EpisodeIterationLimit = 10 }
      reward (s: State) { return 1 }
      goal {
        avoid "Too Far": s.x in Goal.RangeAbove(1)
      }
      lesson "Heavy Pole" { }
      lesson "Easy" { }
      lesson { }
      lesson Heavy Pole { }
      lesson Hard { scenario: { x: 1 } }
      lesson Harder { configure { x: 1 } }
      lesson Silent { scenario { "x": 1 } }
      lesson Hardest { scenario { x: 1 }
      lesson Last { }
    }
  }
}
