inkling "2.0"

# The input is some of the state, in another order.
type State { a: number<0 .. 1>, b: Number.Int32, c: { d: number[2], e: number }, f: number<2, 4> }

graph (input: { f: number<1 .. 5>, c: { d: number[2] }, a: number<0 .. 2> }): { y: number } {
  concept C(input) {
    curriculum { source simulator (action: { y: number }): State { } }
  }
}
