#! 27:44-49: error: 'State' is not the concept's output
#! 28:71-80: error: 3 elements where there must be 2
#! 29:73-74: error: 3 is not a value of number<Low = 1, High = 2>
#! 30:69-76: error: 'in' is followed by a list of values, as in in [1, 2]
#! 31:53-57: error: only values with names can be masked, which 'horn' has not
#! 32:53-57: error: the concept's output has no field 'gaer'
#! hint: did you mean 'gear'?
#! 33:59-65: error: a field of a constraint has a mask
#! hint: write it as in number<mask [1, 0]> or number<in [1, 2]>
#! 34:51-57: error: a constraint is a struct with a mask for each field
#! 35:44-49: error: there is no type 'Acton'
#! hint: did you mean 'Action'?
#! 36:16-27: error: a mask function returns a constraint
#! hint: write it as in return constraint Action { command: number<mask [1, 0]> }

inkling "2.0"

type State { position: number, speed: number }
type Action { gear: number<Low = 1, High = 2>, horn: Number.Bool }
simulator Cart(action: Action): State { }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
      mask function (s: State) {
        if s.speed > 0 { return constraint State { gear: number<mask [1, 0]> } }
        if s.speed > 1 { return constraint Action { gear: number<mask [1, 0, 1]> } }
        if s.speed > 2 { return constraint Action { gear: number<in [1, 3]> } }
        if s.speed > 3 { return constraint Action { gear: number<in s.speed> } }
        if s.speed > 4 { return constraint Action { horn: number<mask [1, 0]> } }
        if s.speed > 5 { return constraint Action { gaer: number<mask [1, 0]> } }
        if s.speed > 6 { return constraint Action { gear: number } }
        if s.speed > 7 { return constraint Action number }
        if s.speed > 8 { return constraint Acton { gear: number<mask [1, 0]> } }
        return { gear: 1 }
      }
    }
  }
}
