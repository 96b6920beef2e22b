#! 12:20-21: error: there is no lesson 'b' before this one

concept C
  predicts (Float32 y)
  follows input(Float32 x)
  feeds output
end
simulator Sim(Float32 x)
end
curriculum T
  train C with simulator Sim objective o
  lesson a follows b until maximize o
end
