#! 11:11-15: error: there is no constant 'Many'
#! 14:11-16: error: a text is no end of a range
#! 20:1-4: error: expected a field, such as 'Float32 speed', found 'end'
#! 22:12-13: error: the step is longer than the range
#! 25:17-18: error: an image has a width and a height, and no more
#! 28:13-14: error: expected ',' or 'end', found '{'
#! 31:21-26: error: the number is too large
#! 32:23-26: error: expected a number, found 'Big'

schema S
  UInt8{0:Many} a
end
schema Q
  UInt8{0:Label} b
end
schema R
  UInt8{0:Big} c
end
schema T
end
schema U
  Int8{0:4:1} d
end
schema V
  Luminance(8, 8, 4) f
end
schema W
  Float32 g {1:2}
end
constant String Label = "x"
constant Int8 Big = 1e999
constant Int8 Other = Big
