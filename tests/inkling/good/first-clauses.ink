# Clauses that may be there, and orders that are free.
experimental
  random_seed => "7" : "the seed",
  num_workers => 4
end

schema Orchard
  Float32 ripeness,
  Luminance(12, 8) view
end

schema Config
  UInt8{1:9} rows,
  Float32 wind
end

schema Arm
  Int8{-1, 0, 1} turn
end

simulator harvest(Config)
  state (Orchard)
  control (Arm)
end

concept Reach is classifier
  follows input(Float32 ripeness, Luminance(12, 8) view)
  predicts Arm
  feeds Pick
end

concept Pick is classifier
  predicts (Arm)
  follows input(Orchard), Reach
  feeds output
  experimental
    algorithm_ => "TRPO" : "TRPO"
  end
end

curriculum Reaching
  train Reach
  using algorithm APEX
  with simulator harvest
  objective near
    lesson calm
      configure harvest
        constrain rows with UInt8{1}
        constrain wind with Float32{0}
      train
        from frame in harvest
        select frame
        send frame
      test
        from frame in harvest
        select frame
        send frame
      until
        minimize near
    lesson breeze follows calm
      until maximize near
      test from item in harvest select item send item
    lesson gust follows calm
      until maximize near
    lesson storm follows gust, breeze
      configure constrain wind with Float32{0:0.5:9}
      until maximize near
    lesson hail follows storm, calm until maximize near
end

curriculum Picking
  train Pick
  with simulator harvest
  objective basket
  using simulator harvest
    lesson all until maximize basket
  end
end
