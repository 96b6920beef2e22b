#! 10:38-41: error: a layer needs a Size, a whole number from 1 to 4096
#! 12:29-30: error: PolicyLearningRate must be from 1e-10 to 1

schema S Float32 x end
concept C predicts (S) follows input(S) feeds output end
simulator m() action (S) state (S) end
curriculum T
  train C
  using algorithm PPO
    hidden_layer_size_descriptor => [0.5, 8],
    hidden_layer_activation_descriptor => "tanh, sine",
    policy_learning_rate => 5
  end
  with simulator m objective o lesson a until maximize o
end
