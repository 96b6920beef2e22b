#! 9:9-10: error: expected '=>' after the parameter's name, found '='
#! 12:35-38: error: expected a number, found 'end'
#! 15:59-62: error: expected a number, found 'end'
#! 19:23-28: error: expected 'with', found 'gamma'
#! 23:3-15: warning: 'experimental' has no effect here
#! 24:19-20: error: expected a text, found '2'

algorithm Slow is TRPO
  gamma = 1
end
algorithm Fast is PPO
  hidden_layer_size_descriptor => end
schema S Float32 x end
concept C predicts (S) follows input(S) feeds output
  using algorithm PPO hidden_layer_size_descriptor => [8, end
end
curriculum T
  train C
  using algorithm PPO gamma end
  with simulator m objective o lesson a until maximize o
end
concept D predicts (S) follows input(S)
  experimental
    seed => "1" : 2
  end
end
