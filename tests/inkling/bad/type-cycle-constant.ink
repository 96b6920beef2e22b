#! 6:15-21: error: the type 'Colour' contains itself

inkling "2.0"

type Colour number<Red = First, Blue = 2>
const First = Colour.Blue
