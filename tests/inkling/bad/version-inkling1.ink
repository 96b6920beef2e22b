#! 4:1-7: error: this is Inkling 1, which is not supported
#! hint: rewrite it in Inkling 2, which begins with inkling "2.0"

schema GameState
  Float32 position,
  Float32 velocity
end

concept Balance is classifier
  predicts (Action)
  follows input(GameState)
  feeds output
end
