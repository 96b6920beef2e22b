#! 8:7-12: error: there is no library 'Maths'
#! hint: did you mean 'Math'?
#! 9:7-13: error: there is no library 'Random'
#! hint: there are Math, Number, Goal and Image

inkling "2.0"

using Maths
using Random
