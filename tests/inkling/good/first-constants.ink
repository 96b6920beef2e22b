# Constants: in ranges and lists, declared before or after they are used.
constant Double Least = -0.5
constant String Wet = "wet"

schema Soil
  Double{Least:Most} moisture,
  Float32{0:Step:Most} depth,
  Float64{0..Most:Samples} sampled,
  UInt8{Shallow, 3, Deep, 3, Deep} layer,
  String{Wet, "dry"} feel,
  Bool{Always} sensed
end

constant Double Most = 1
constant Float32 Step = 0.25
constant Int8 Samples = 5
constant UInt8{0:9} Shallow = +1
constant UInt8 Deep = 7
constant Bool Always = true

concept Water is classifier
  predicts (Int8{Off, On} valve)
  follows input(Soil)
  feeds output
end
constant Int8 Off = 0
constant Int8 On = 1

simulator garden(UInt8 plants)
  action (Int8{Off, On} valve)
  state (Soil)
end

curriculum Grow
  train Water
  with simulator garden
  objective growth
    lesson pots
      configure constrain plants with UInt8{Shallow:Deep}
      until growth > Least
end
