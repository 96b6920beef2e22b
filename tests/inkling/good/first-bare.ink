schema S Float32 x end
schema A Float32 y end
concept C predicts (A) follows input(S) feeds output end
simulator m() action (A) state (S) end
curriculum T train C with simulator m objective o lesson l until maximize o end
