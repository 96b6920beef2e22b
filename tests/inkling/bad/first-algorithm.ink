#! 10:9-10: error: expected '=>' after the parameter's name, found '='
#! 13:35-38: error: expected a number, found 'end'
#! 16:59-62: error: expected a number, found 'end'
#! 20:23-28: error: expected 'with', found 'gamma'
#! 27:123-126: error: more than 64 parameters
#! 30:3-15: warning: 'experimental' has no effect here
#! 31:19-20: error: expected a text, found '2'

algorithm Slow is TRPO
  gamma = 1
end
algorithm Fast is PPO
  hidden_layer_size_descriptor => end
schema S Float32 x end
concept C predicts (S) follows input(S) feeds output
  using algorithm PPO hidden_layer_size_descriptor => [8, end
end
curriculum T
  train C
  using algorithm PPO gamma end
  with simulator m objective o lesson a until maximize o
end
algorithm Long is PPO p0 => 0 p1 => 1 p2 => 2 p3 => 3 p4 => 4 p5 => 5 p6 => 6 p7 => 7 p8 => 8 p9 => 9 p10 => 10 p11 => 11 p12 => 12
  p13 => 13 p14 => 14 p15 => 15 p16 => 16 p17 => 17 p18 => 18 p19 => 19 p20 => 20 p21 => 21 p22 => 22 p23 => 23 p24 => 24 p25 => 25
  p26 => 26 p27 => 27 p28 => 28 p29 => 29 p30 => 30 p31 => 31 p32 => 32 p33 => 33 p34 => 34 p35 => 35 p36 => 36 p37 => 37 p38 => 38
  p39 => 39 p40 => 40 p41 => 41 p42 => 42 p43 => 43 p44 => 44 p45 => 45 p46 => 46 p47 => 47 p48 => 48 p49 => 49 p50 => 50 p51 => 51
  p52 => 52 p53 => 53 p54 => 54 p55 => 55 p56 => 56 p57 => 57 p58 => 58 p59 => 59 p60 => 60 p61 => 61 p62 => 62 p63 => 63 p64 => 64
end
concept D predicts (S) follows input(S)
  experimental
    seed => "1" : 2
  end
end
