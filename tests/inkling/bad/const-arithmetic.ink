#! 12:11-16: error: division by zero
#! 13:11-16: error: division by zero
#! 14:11-22: error: the logarithm of a number that is not positive
#! 15:11-27: error: the square root of a negative number
#! 16:11-20: error: the result is too large
#! 17:11-25: error: a root of a negative number
#! 18:11-25: error: the arc of a number outside -1 .. 1

inkling "2.0"

using Math
const A = 1 / 0
const B = 5 % 0
const C = Math.Log(0)
const D = Math.Sqrt(0 - 1)
const E = 10 ** 400
const F = (0 - 8) ** 0.5
const G = Math.ArcSin(2)
