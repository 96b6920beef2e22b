inkling "2.0"

type Base { x: number, y: number }
type Wide extends Base { z: number<0 .. 1>, }
type Wider extends Wide { }
type Named extends { a: number } { b: number }

simulator Sim(action: Named): Wider { }

graph (input: Base): Named {
  concept C(input) { curriculum { source Sim } }
}
