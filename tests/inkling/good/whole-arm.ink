inkling "2.0"
using Goal
type SimState { x: number, y: number, gripper: number<Open = 0, Closed = 1>, }
type SimAction { dx: number<-1 .. 1>, dy: number<-1 .. 1>, grip: number<Open = 0, Closed = 1> }
simulator Arm(Action: SimAction): SimState {}
# Heuristics
function GoHome(s: SimState): SimAction {
  return { dx: -s.x, dy: -s.y, grip: s.gripper }
}
function Grasp(s: SimState): SimAction { return { dx: 0, dy: 0, grip: 1 } }
graph (input: SimState): SimAction {
  concept Home(input): SimAction { programmed GoHome }
  concept Grab(input): SimAction { programmed Grasp }
  concept Pick(input, Home, Grab): SimAction {
    select Home
    select Grab
    curriculum {
      source Arm
      goal (s: SimState) { reach Done: s.gripper in Goal.Range(1, 1) }
    }
  }
  output Pick
}
