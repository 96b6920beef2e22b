#! 21:26-29: error: field 1 of the simulator's action is 'x', of the concept's output 'y'
#! 22:32-33: error: the simulator's config has no field 'z'
#! 22:62-67: error: there is no constant 'limit'

schema S
  Float32 x
end
schema A
  Float32 y
end
concept C
  predicts (A)
  follows input(S)
  feeds output
end
simulator Sim(S)
  action (S)
  state (S)
end
curriculum T
  train C with simulator Sim objective o
  lesson a configure constrain z with Float32{1:2} until o > limit
end
