inkling "2.0"

using Type

type Counter { queue: number, open: number<0 .. 3 step 1>[2] }
type Job { till: number<Front = 0, Side = 1, Back = 2, Window = 3> }
simulator Shop(action: Job): Counter { }

# Of the tills that are open one, unless nobody waits.
function Open(s: Counter): Type.DynamicType<Job> {
  if s.queue == 0 {
    return constraint Job {}
  }
  return constraint Job { till: number<in s.open> }
}

graph (input: Counter): Job {
  concept Serve(input): Job {
    curriculum {
      source Shop
      mask Open
    }
  }
}
