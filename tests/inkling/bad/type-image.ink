#! 14:13-27: error: an image has one width and one height
#! hint: write Image.Gray<84, 84> or Image.Gray<Width=84, Height=84>
#! 15:13-45: error: an image has one width and one height
#! hint: write Image.Gray<84, 84> or Image.Gray<Width=84, Height=84>
#! 16:24-25: error: the image's width must be a whole number from 1 to 65536, not 0
#! 17:13-45: error: an image has one width and one height
#! hint: write Image.Gray<84, 84> or Image.Gray<Width=84, Height=84>
#! 18:13-32: error: an image has one width and one height
#! hint: write Image.Gray<84, 84> or Image.Gray<Width=84, Height=84>
#! 19:13-37: error: a value of the type would be more than 16777216 numbers

inkling "2.0"

type B { i: Image.Gray<84> }
type C { i: Image.Gray<Width = 1, Width = 2> }
type D { i: Image.Gray<0, 1> }
type F { i: Image.Gray<Depth = 1, Width = 2> }
type G { i: Image.Gray<1, 2, 3> }
type H { i: Image.Gray<65536, 65536> }
