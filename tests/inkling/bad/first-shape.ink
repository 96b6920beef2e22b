#! 9:3-10: error: what a classifier predicts needs a step, which 'y' has not
#! 17:13-23: error: what an estimator predicts is a number with a point and without a step, which 'z' is not
#! 26:9-10: error: there is no concept 'E'

schema S
  Float32 x
end
schema A
  Float32 y
end
concept C is classifier
  predicts (A)
  follows input(S)
  feeds output
end
concept D is estimator
  predicts (Int8{0, 1} z)
  follows input(S)
  feeds output
end
simulator Sim(S)
  action (S)
  state (S)
end
curriculum T
  train E with simulator Sim objective o
  lesson a until maximize o
end
