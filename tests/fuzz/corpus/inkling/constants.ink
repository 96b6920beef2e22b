inkling "2.0"
using Math
using Number
using Goal
using Image

const SimulatorVisualizer = "/moabviz/"
const A = 2 + 3 * 4
const B = (2 + 3) * 4
const C = -2 ** 2
const D = 2 ** 3 ** 2
const E = 7 % 3 - -7 % 3
const F = 10 / 4 / 5
const G = not 0 + not 5
const H = 3 and 4
const I = 0 or 5
const J = 1 < 2 == true
const K = 3 >= 3 and 2 != 3 and not (1 > 2) and 1 <= 2
const L = Math.Max(1, 2, 3) + Math.Min(1, 2) + Math.Abs(-1)
const M = Math.Floor(2.7) + Math.Ceil(2.1) + Math.Hypot(3, 4)
const N = Math.Cos(0) + Math.Sin(0) + Math.Tan(0) + Math.Log(Math.E) + Math.Sqrt(16)
const O = Math.ArcTan2(0, 1) + Math.ArcCos(1) + Math.ArcSin(0) + Math.ArcTan(0)
const P: Number.Int32 = 5
const Q: number<0 .. 1> = 0.5
const R: { x: number, y: number[2], z: string<"a"> } = { x: 1, y: [2, 2], z: "a" }
const T = R.y[1] + R.x
const U = [[1, 2], [3, 4]][1][0]
const V = Number.UInt8(200) + Unit(0.5)
const W: Number.Bool = true
const X: Number.Float32 = 1
type Unit number<0 .. 1>

graph (input: { x: number }): { y: number } {
  concept Show(input) {
    curriculum {
      source simulator (action: { y: number }, config: {
        a: A, b: B, c: C, d: D, e: E, f: F, g: G, h: H, i: I, j: J, k: K, l: L,
        m: M, n: N, o: O, p: P, q: Q, r: R, t: T, u: U, v: V, w: W, x: X,
      }): { x: number } { }
    }
  }
}
