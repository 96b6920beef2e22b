# An algorithm that is defined, one of its parameters said anew where it is used.
algorithm Careful
  is DQN
  hidden_layer_size_descriptor => [96, 48],
  hidden_layer_activation_descriptor => ["tanh", "relu"],
  exploration_decay => 0.01
  q_learning_rate => 0.002,
  conv_layer_descriptor => "8x8:4:4:32; 3x3:1:1:16",
  gamma => 0.99
end

algorithm Bold is PPO policy_learning_rate => 0.1 end

schema Trough Float32 level, Float32 flow end
schema Pump Int8{0, 1, 2} speed end

concept Fill is classifier
  predicts (Pump)
  follows input(Trough)
  feeds output
end

simulator farm() action (Pump) state (Trough) end

curriculum Thirst
  train Fill
  using algorithm Careful
    # Less at a time.
    q_learning_rate => 0.001
  end
  with simulator farm
  objective full
    lesson one until maximize full
end
