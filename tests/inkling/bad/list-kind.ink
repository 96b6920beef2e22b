#! 6:31-34: error: 1.5 is not whole, as Number.Int8 demands
#! 7:21-23: error: -1 is not a Number.UInt8, which goes from 0 to 255

inkling "2.0"

type A Number.Int8<A = 1, B = 1.5>
type B Number.UInt8<-1, 0>
