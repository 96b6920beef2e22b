inkling "2.0"

type State { a: number, b: number<0 .. 2>, c: number<0 .. 1>[2], d: number<0 .. 1 step 0.5> }

graph (input: { a: number<0 .. 1>, b: Number.UInt8, c: number<0 .. 0.5>[2], d: number }): { y: number } {
  concept C(input) {
    curriculum { source simulator (action: { y: number }): State { } }
  }
}
