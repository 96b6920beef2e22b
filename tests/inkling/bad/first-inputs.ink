#! 15:38-44: error: the input has other fields here than where a concept follows it first
#! 16:38-43: error: the input has other fields here than where a concept follows it first
#! 17:38-43: error: the input has other fields here than where a concept follows it first
#! 18:38-69: error: the input has other fields here than where a concept follows it first
#! 18:77-78: error: there is no concept 'Q'

schema S Float32 x, Luminance(8, 4) view end
schema Longer Float32 x, Luminance(8, 4) view, Bool z end
schema Wider Float32 x, Luminance(8, 5) view end
schema Other Double x, Luminance(8, 4) view end
schema A Float32 y end
simulator m() action (A) state (S) end
concept C predicts (A) follows input(S) feeds output end
concept D predicts (A) follows input(Float32 x, Luminance(8, 4) view) feeds C end
concept E predicts (A) follows input(Longer) feeds C, D end
concept F predicts (A) follows input(Wider) feeds C end
concept G predicts (A) follows input(Other) feeds C end
concept H predicts (A) follows input(Float32 w, Luminance(8, 4) view) feeds Q end
