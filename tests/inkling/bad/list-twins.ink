#! 8:21-22: error: the value is there twice
#! 9:26-27: error: the value is there twice
#! 10:22-23: error: the name is there twice
#! 11:19-20: error: the value is there twice

inkling "2.0"

type A number<1, 2, 2>
type B number<X = 1, Y = 1>
type C number<X = 1, X = 2>
type D number<-0, 0>
