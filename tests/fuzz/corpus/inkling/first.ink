# Keep the pole up.
schema GameState
  Float32 position,
  Float32 velocity,
  Float32{-0.3:0.3} angle,
  Float32 rotation
end

schema Action
  Int8{0, 1} command
end

schema Config
  Int8{-1:1} episode_length,
  UInt8 deque_size
end

constant Double Target = 0.9

algorithm Fast
  hidden_layer_size_descriptor => [64, 64],
  q_learning_rate => 0.001
end

concept Balance is classifier
  predicts (Action)
  follows input(GameState)
  feeds output
end

simulator cartpole(Config)
  action (Action)
  state (GameState)
end

curriculum Teach
  train Balance
  with simulator cartpole
  objective up
    lesson first
      configure
        constrain episode_length with Int8{-1},
        constrain deque_size with UInt8{1:1:5}
      until maximize up
    lesson third follows first
      until up > Target
    lesson second follows first
      until minimize fallen
end
