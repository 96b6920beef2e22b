#! 6:24-25: error: expected '<' and the width and height of the image, found '}'
#! 7:23-31: error: an image has a width and a height, as in Image.Gray<84, 84>

inkling "2.0"

type A { i: Image.Gray }
type B { i: Image.Gray<1 .. 2> }
