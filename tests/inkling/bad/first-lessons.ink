#! 9:23-24: error: there is no lesson 'c' before this one
#! 12:44-45: error: a lesson follows no more than 8 others

schema S Float32 x end
simulator m() action (S) state (S) end
concept C predicts (S) follows input(S) feeds output end
curriculum T train C with simulator m objective o
  lesson a until maximize o
  lesson b follows a, c until maximize o
end
curriculum U train C with simulator m objective o
  lesson a follows b, c, d, e, f, g, h, i, j until maximize o
end
