#! 9:9-16: error: the concept 'Balance' has no curriculum
#! hint: add curriculum { source MySimulator }

schema GameState
  Float32 position,
  Float32 velocity
end

concept Balance is classifier
  predicts (Action)
  follows input(GameState)
  feeds output
end
