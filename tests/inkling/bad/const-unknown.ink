#! 7:14-19: error: there is no constant 'Widht'
#! hint: did you mean 'Width'?

inkling "2.0"

const Width = 2
const Area = Widht * 2
const Volume = Area * depth
