inkling "2.0"
using Math
type Vector { x: number, y: number, z: number }
type SimState { position: Vector, velocity: Vector, wind: Vector, rot: number[3][3] }
type SimAction { bank: number<-45 .. 45>, pitch: number<-10 .. 10> }
type SimConfig { position: Vector, wind: { x: number<-5 .. 5>, y: number<-5 .. 5>, z: 0 } }
function Dot(a: Vector, b: Vector): number { return a.x*b.x + a.y*b.y + a.z*b.z }
function Norm(a: Vector): number { return Math.Sqrt(Dot(a, a)) }
function Scale(a: Vector, k: number): Vector { return { x: a.x * k, y: a.y * k, z: a.z * k, } }
function Unit(a: Vector): Vector {
  var n = Norm(a)
  if n == 0 {
    return a
  } else {
    return Scale(a, 1 / n)
  }
}
function Reward(s: SimState): number {
  var u = Unit(s.velocity)
  var total: number
  if not (s.position.z > 0) { total = -100 }
  else if s.position.z < 50 and u.z < 0 { total = -1 }
  else { total = u.z }
  s.position.z = s.rot[2][2] * s.position.z
  return total + 0 * s.position.z
}
graph (input: SimState): SimAction {
  concept Soar(input): SimAction {
    curriculum {
      source simulator Glider(Action: SimAction, Config: SimConfig): SimState {}
      reward Reward
      terminal function (s: SimState): Number.Bool { return s.position.z <= 0 }
      lesson calm { scenario { position: { x: 0, y: 0, z: number<200 .. 400> }, wind: { x: 0, y: 0 } } }
      lesson windy { scenario { position: { x: 0, y: 0, z: 300 }, wind: { x: number<-5 .. 5 step .5>, y: number<-5 .. 5> } } }
    }
  }
}
