#! 8:17-22: error: there is no type 'Numbr'
#! hint: did you mean 'number'?
#! 8:27-31: error: there is no type 'Stat'
#! hint: did you mean 'State'?

inkling "2.0"

type State { x: Numbr, y: Stat }
type Status number<0, 1>
