#! 18:3-10: error: there can be only one 'control' here
#! 21:3-9: error: expected 'action', 'state' or 'end', found 'reward'
#! 25:3-11: error: there can be only one 'predicts' here
#! 27:27-31: error: expected 'simulator', found 'data'
#! hint: concepts learn from simulators only
#! 29:51-55: error: a curriculum trains with one simulator
#! 32:22-23: error: the curriculum trains with the simulator 'm'
#! 35:52-57: error: a lesson sends what its simulator says as a whole
#! hint: leave 'train' and 'test' out, or write 'select frame send frame'
#! 39:1-4: error: expected 'until', found 'end'
#! 41:9-10: error: the curriculum trains with the simulator 'm'
#! 43:1-10: error: expected 'schema', 'constant', 'simulator', 'concept' or 'curriculum', found 'generator'
#! hint: concepts learn from simulators only

schema S Float32 x end
simulator m()
  action (S)
  control (S)
end
simulator n()
  reward (S)
end
concept C
  predicts (S)
  predicts (S)
end
curriculum T train C with data objective o
end
curriculum U train C with simulator m objective o with simulator n objective p
end
curriculum V train C with simulator m objective o
  lesson a configure n constrain x with Float32{1} until maximize o
end
curriculum W train C with simulator m objective o
  lesson a train from frame in m select frame send frame.x until maximize o
end
curriculum X train C with simulator m objective o
  lesson a configure constrain x with Float32{1}
end
curriculum Y train C with simulator m objective o
  using n lesson a until maximize o end
end
generator g(S)
  yield (S)
end
