#! 18:1-33: error: the mask of a selection is a number, not a struct
#! hint: 1 where the concept may be selected, else 0
#! 19:1-42: error: a mask function takes the graph's input
#! 20:19-38: error: the graph's input has no field 'positon', which the parameter 's' has
#! hint: it has 'position'
#! 21:35-80: error: 'constraint' belongs in a curriculum's mask function
#! 31:32-39: error: there is no function 'Missing'
#! 33:30-34: error: 'Choose' selects: its masks are where it does
#! hint: write them as in select A { mask MyMask }

inkling "2.0"

type State { position: number, speed: number }
type Action { push: number<-1 .. 1> }
type Gear { gear: number<Low = 0, High = 1> }
simulator Cart(action: Action): State { }

function Whole(s: State): Action { return { push: 1 } }
function Two(s: State, a: Action): number { return 1 }
function Other(s: { positon: number }): number { return s.positon }
function Gears(s: State) { return constraint Gear { gear: number<mask [1, 0]> } }

graph (input: State): Action {
  concept A(input): Action { programmed Whole }
  concept B(input): Action { programmed Whole }
  concept C(input): Action { programmed Whole }
  concept D(input): Action { programmed Whole }
  output concept Choose(input, A, B, C, D): Action {
    select A { mask Whole }
    select B { mask Two }
    select C { mask Other mask Missing }
    select D { mask Gears }
    curriculum { source Cart mask Gears }
  }
}
