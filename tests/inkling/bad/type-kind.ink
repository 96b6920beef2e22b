#! 10:24-29: error: there is no type 'Number.Int31'
#! hint: did you mean 'Number.Int32'?
#! 10:41-47: error: there is no type 'Number.Double'
#! hint: there are Float32, Float64, Int8 to Int64, UInt8 to UInt64, and Bool
#! 10:58-62: error: there is no type 'Image.Grey'
#! hint: did you mean 'Image.Gray'?

inkling "2.0"

type State { x: Number.Int31, y: Number.Double, z: Image.Grey<1, 1> }
