#! 6:11-16: error: there is no function 'Twice'
#! 7:11-17: error: only functions of Math and types can be called in a constant

inkling "2.0"

const A = Twice(2)
const B = (1)(2)
