#! 11:3-9: error: there is no type 'Flot32'
#! hint: there are Double, Float32, Float64, Int8 to Int64, UInt8 to UInt64, Bool, Byte, String and Luminance(width, height)
#! 14:15-16: error: the step is 0
#! 17:16-17: error: the step leads away from the end
#! 20:16-17: error: so many values do not fit between the ends
#! 22:14-23: error: expected 'classifier' or 'estimator', found 'estimater'
#! 27:20-22: error: expected '<', '<=', '>' or '>=', found '=='
#! 29:1-7: error: expected 'schema', 'constant', 'simulator', 'concept' or 'curriculum', found 'lesson'

schema S
  Flot32 x
end
schema R
  Float32{1:0:5} x
end
schema Q
  Float32{1:-1:5} x
end
schema P
  Float32{1..5:1} x
end
concept C is estimater
  predicts (A)
end
curriculum T
  train C with simulator Sim objective o
  lesson a until o == 3
end
lesson a
