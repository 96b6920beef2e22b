#! 14:16-20: error: there is no 'Math.Sine'
#! hint: did you mean 'Math.Sin'?
#! 15:11-19: error: 'Math.Sin' is a function
#! hint: call it, as in Math.Sin(1)
#! 16:11-24: error: 'Math.Hypot' takes 2 arguments, not 1
#! 17:16-18: error: there is no 'Math.pi'
#! hint: did you mean 'Math.Pi'?
#! 18:11-25: error: 'Math.Sin' takes 1 argument, not 2
#! 19:11-22: error: 'Math.Max' takes 2 arguments, not 1

inkling "2.0"

using Math
const A = Math.Sine(1)
const B = Math.Sin
const C = Math.Hypot(1)
const D = Math.pi
const E = Math.Sin(1, 2)
const F = Math.Max(1)
