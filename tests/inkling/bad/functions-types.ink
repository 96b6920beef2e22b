#! 28:39-40: error: a struct where there must be number
#! 29:39-40: error: number where there must be a struct
#! 30:38-39: error: any number where there must be number<Low = 1, High = 2>
#! hint: convert it, as in Gear(...)
#! 31:39-40: error: the operand is a number, not a struct
#! 32:27-28: error: a condition is a number, not a struct
#! 33:38-39: error: 3 is not a value of number<Low = 1, High = 2>
#! 34:48-49: error: 2 is not a value of number<0 .. 1>
#! 35:40-41: error: number where there must be string
#! 36:39-47: error: the field 'y' is missing
#! 37:47-48: error: Point has no field 'z'
#! 38:43-52: error: 3 elements where there must be 2
#! 39:36-42: error: string where there must be number
#! 40:36-44: error: the operand is a number, not a struct
#! 41:50-53: error: "c" is not a value of string<"a", "b">
#! 43:37-38: error: 5 is not a value of number<Low = 1, High = 2>

inkling "2.0"

type State { position: number, speed: number<-5 .. 5> }
type Action { push: number<-1 .. 1> }
type Config { start: number<0 .. 10>, seed: Number.Int32, mode: number<Slow = 1, Fast = 2> }

simulator Cart(action: Action, config: Config): State { }

type Point { x: number, y: number }
type Gear number<Low = 1, High = 2>
function A(p: Point): number { return p }
function B(x: number): Point { return x }
function C(x: number): Gear { return x }
function D(p: Point): number { return p + 1 }
function E(p: Point) { if p { return 1 } return 2 }
function F(x: number): Gear { return 3 }
function G(x: number): number<0 .. 1> { return 2 }
function H(x: number): string { return x }
function I(x: number): Point { return { x: x } }
function J(x: number): Point { return { x: x, z: x } }
function K(x: number): number[2] { return [x, x, x] }
function L(x: number) { return [x, "text"] }
function M(x: number) { return not { x: x } }
function N(x: number): string<"a", "b"> { return "c" }
function O(g: Gear): number<1, 2, 3> { return g }
function P(x: number) { return Gear(5) }

graph (input: State): Action {
  concept Drive(input): Action {
    curriculum {
      source Cart
    }
  }
}
