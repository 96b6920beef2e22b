#! 4:1-10: error: this is Inkling 1, which is not supported
#! hint: rewrite it in Inkling 2, which begins with inkling "2.0"

simulator Cart(Config)
  action (Action)
  state (State)
end
