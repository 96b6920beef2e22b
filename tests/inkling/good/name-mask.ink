inkling "2.0"

const mask = 1
const in = 5
type State { x: number<mask .. in>, y: number<mask, in> }

graph (input: State): { y: number } {
  concept C(input) {
    curriculum { source simulator (a: { y: number }): State { } }
  }
}
