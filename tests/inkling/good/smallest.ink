inkling "2.0"
graph (input: { x: number }): { y: number } {
  concept C(input) {
    curriculum {
      source simulator (action: { y: number }): { x: number } { }
    }
  }
}
