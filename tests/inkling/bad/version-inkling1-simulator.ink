#! 6:1-10: error: the graph has no concept
#! 6:16-22: error: there is no type 'Config'
#! 7:11-17: error: there is no type 'Action'
#! 8:10-15: error: there is no type 'State'

simulator Cart(Config)
  action (Action)
  state (State)
end
