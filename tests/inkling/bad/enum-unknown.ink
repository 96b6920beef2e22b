#! 9:21-26: error: the type 'Direction' has no value named 'Rigth'
#! hint: did you mean 'Direction.Right'?
#! 10:21-23: error: the type 'Direction' has no value named 'Up'
#! 12:17-20: error: the type 'Level' has no value named 'One'

inkling "2.0"

type Direction number<Left = 0, Right = 1>
const A = Direction.Rigth
const B = Direction.Up
type Level number<1, 2>
const C = Level.One
