# An algorithm without parameters has no end; sizes may be a text.
schema Kiln Float32 heat end
schema Gas Float32{0:1} valve end

algorithm Plain
  hidden_layer_size => "32; 16",
  hidden_layer_activation_descriptor => "'elu'"
end

concept Fire is estimator
  predicts (Gas)
  follows input(Kiln)
  feeds Glaze
  using algorithm DDPG
    q_learning_rate => 0.001,
    hidden_layer_size_descriptor => [24]
  end
end

concept Glaze is estimator
  predicts (Gas)
  using Plain
  feeds output
end

simulator pottery() action (Gas) state (Kiln) end

curriculum Firing
  train Fire
  with simulator pottery
  objective even
    lesson slow until maximize even
end

curriculum Glazing
  train Glaze
  with simulator pottery
  objective shine
    lesson slow until maximize shine
end
