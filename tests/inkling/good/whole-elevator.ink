inkling "2.0"
# One lift, three floors
type Floor Number.Int8<1, 2, 3>
type Passengers Number.UInt8<0 .. 1 step 1>[3]
const Levels = ["bottom", "middle", "top"]
type SimState { floor: Floor, waiting: Passengers, door: number<Closed = 0, Open = 1> }
type Go number<Up = 1, Down = -1, Open = 2, Stay = 0>
type SimAction { go: Go }
simulator Lift(input: SimAction, config: {waiting: Passengers, floor: Floor}): SimState { package "lift:2" }
graph (input: SimState): SimAction {
  concept Move(input): SimAction {
    curriculum {
      source Lift
      reward function (state: SimState, action: SimAction): number {
        if action.go == Go.Stay { return -0.1 }
        return -(state.waiting[0] + state.waiting[1] + state.waiting[2])
      }
      terminal function (state: SimState) { return not (state.waiting[0] or state.waiting[1] or state.waiting[2]) }
      lesson one { scenario { floor: 1 } }
      lesson two { scenario { floor: Floor, waiting: Number.UInt8<0 .. 1 step 1>[3] } }
    }
  }
}
