#! 9:25-28: error: 1.5 is not a value of Number.Int32
#! 10:25-28: error: 256 is not a value of Number.UInt8
#! 11:27-28: error: 2 is not a value of number<0 .. 1>
#! 12:29-32: error: a text is not a value of string<"a", "b">
#! 13:19-25: error: a text is not a value of number

inkling "2.0"

const A: Number.Int32 = 1.5
const B: Number.UInt8 = 256
const C: number<0 .. 1> = 2
const D: string<"a", "b"> = "c"
const E: number = "text"
