#! 9:19-24: error: there is no algorithm 'TRPPO'
#! hint: there are APEX, DQN, PPO and TRPO, and those that the program defines
#! 9:25-30: warning: 'gamma' has no effect here
#! 11:40-41: error: there is no concept 'E'
#! 15:19-23: error: there is no algorithm 'Slwo'
#! hint: there are APEX, DQN, PPO and TRPO, and those that the program defines

schema S Float32 x end
algorithm Slow is TRPPO gamma => 1 end
concept C predicts (S) follows input(S) feeds output end
concept D predicts (S) follows C feeds E end
simulator m() action (S) state (S) end
curriculum T
  train C
  using algorithm Slwo
  with simulator m objective o lesson a until maximize o
end
curriculum U
  train D
  using algorithm Slow
  with simulator m objective o lesson a until maximize o
end
