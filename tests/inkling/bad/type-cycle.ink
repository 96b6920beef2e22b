#! 6:13-17: error: the type 'A' contains itself

inkling "2.0"

type A { b: B }
type B { a: A[2] }
