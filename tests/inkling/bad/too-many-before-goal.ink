#! 26:7-15: error: there is no type 'Nothing0'
#! 27:7-15: error: there is no type 'Nothing1'
#! 28:7-15: error: there is no type 'Nothing2'
#! 29:7-15: error: there is no type 'Nothing3'
#! 30:7-15: error: there is no type 'Nothing4'
#! 31:7-15: error: there is no type 'Nothing5'
#! 32:7-15: error: there is no type 'Nothing6'
#! 33:7-15: error: there is no type 'Nothing7'
#! 34:7-15: error: there is no type 'Nothing8'
#! 35:7-15: error: there is no type 'Nothing9'
#! 36:8-17: error: there is no type 'Nothing10'
#! 37:8-17: error: there is no type 'Nothing11'
#! 38:8-17: error: there is no type 'Nothing12'
#! 39:8-17: error: there is no type 'Nothing13'
#! 40:8-17: error: there is no type 'Nothing14'
#! 41:8-17: error: there is no type 'Nothing15'
#! 42:8-17: error: there is no type 'Nothing16'
#! 43:8-17: error: there is no type 'Nothing17'
#! 44:8-17: error: there is no type 'Nothing18'
#! 45:8-17: error: there is no type 'Nothing19'

inkling "2.0"

type Action { push: number<-1 .. 1> }
simulator Cart(action: Action): {
  f0: Nothing0,
  f1: Nothing1,
  f2: Nothing2,
  f3: Nothing3,
  f4: Nothing4,
  f5: Nothing5,
  f6: Nothing6,
  f7: Nothing7,
  f8: Nothing8,
  f9: Nothing9,
  f10: Nothing10,
  f11: Nothing11,
  f12: Nothing12,
  f13: Nothing13,
  f14: Nothing14,
  f15: Nothing15,
  f16: Nothing16,
  f17: Nothing17,
  f18: Nothing18,
  f19: Nothing19,
  f20: Nothing20,
  f21: Nothing21
} { }

graph (input: { x: number }): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      goal (s: { x: number }) { drive Middle: s.x in Goal.Range(-1, 1) }
    }
  }
}
