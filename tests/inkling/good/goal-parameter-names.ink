inkling "2.0"

# Parameters come before types, constants and functions of the same name.
type Bay { free: number<0 .. 40 step 1>, queue: number }
type Lane { open: number<0, 1> }
const Limit = 5
function Wait(queue: number): number { return queue / 2 }

simulator Yard(lane: Lane): Bay { }

graph (input: Bay): Lane {
  concept Admit(input): Lane {
    curriculum {
      source Yard
      goal (Bay: Bay) {
        avoid Full: Bay.queue in Goal.RangeAbove(Bay.free)
        minimize Waiting: Wait(Bay.queue) in Goal.RangeBelow(Limit)
      }
    }
  }
}
