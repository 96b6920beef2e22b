#! 10:26-29: error: 256 is not a Number.UInt8, which goes from 0 to 255
#! 11:26-29: error: 1.5 is not whole, as Number.Int32 demands
#! 12:25-26: error: 2 is not a Number.Bool, which goes from 0 to 1
#! 13:20-24: error: -129 is not a Number.Int8, which goes from -128 to 127
#! 14:34-37: error: 0.5 is not whole, as Number.Int32 demands
#! 15:27-34: error: 1.8446744073709552e+19 is not a Number.UInt64, which goes from 0 to 1.844674407370955e+19

inkling "2.0"

type A Number.UInt8<0 .. 256>
type B Number.Int32<0 .. 1.5>
type C Number.Bool<0 .. 2>
type D Number.Int8<-129 .. 0>
type E Number.Int32<0 .. 10 step 0.5>
type F Number.UInt64<0 .. 2 ** 64>
