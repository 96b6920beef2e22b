#! 5:1-2: error: expected 'end', found the end of the file

schema S
  Float32 x
