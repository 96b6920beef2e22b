# Every type, range and clause of Inkling 1.
schema Everything
  Double a, Float64 b, Float32 c,
  Int8 d, Int16 e, Int32 f, Int64 g,
  UInt8 h, UInt16 i, UInt32 j, UInt64 k,
  Bool l, Byte m, String n,
  Luminance(16, 8) o,
  Float32{0.5} listed, Int32{3, 1, 2} whole, String{"low", "high"} text,
  Double{-1.5:2} interval, Int16{0:7} steps,
  Double{0:0.25:1} up, Double{1:-0.5:-1} down, Double{0:0.3:1} short,
  Float64{0..1:5} spaced, UInt8{10..0:3} reversed, Bool{true, false} flag
end

constant Double Threshold = -12.5
constant String Label = "x"
constant Bool Fast = true

algorithm Deep
  hidden_layer_size_descriptor => [400, 300],
  hidden_layer_activation_descriptor => ["relu", "linear"],
  conv_layer_descriptor => [[8, 8, 4, 4, 32]],
  conv_compression_size_descriptor => [10],
  conv_limit_dim => max,
  exploration_decay => 1e-3,
  q_learning_rate => 0.001,
  policy_learning_rate => 0.0001
end

simulator machine(UInt8{0:9} level, Float32 load)
  action (Float32{-1:0.5:1} push)
  state (Everything)
end

concept Act is classifier
  using Deep
  predicts (Float32{-1:0.5:1} push)
  follows input(Everything)
  feeds output
end

curriculum Teach train Act with simulator machine objective score
  lesson easy until score < Threshold
  lesson harder follows easy configure constrain level with UInt8{0:3} until score <= 10
  lesson hard follows harder
    configure constrain level with UInt8{3, 5, 7}, constrain load with Float32{0.5:2}
    until score >= 20.5
  lesson last follows hard until score > 30
  lesson best follows last until maximize score
  lesson least follows best until minimize score
end
