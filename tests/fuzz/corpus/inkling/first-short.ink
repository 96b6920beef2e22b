concept Seek is estimator
  predicts (Float32{-1:1} delta)
  follows input(Double value, Double min, Double max)
  feeds output
end
simulator find_center(Double{0:-0.5:-2} min, Double{0..10:5} max)
end
curriculum C train Seek with simulator find_center objective closeness
  lesson one configure constrain min with Double{-1} until distance <= 0.5
end
