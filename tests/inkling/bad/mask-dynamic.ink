#! 15:47-50: error: 'Type.DynamicType' is what a mask function returns
#! 16:46-51: error: a mask function constrains the concept's output
#! 24:66-72: error: 'in' is followed by a list of values, as in in [1, 2]
#! 25:66-72: error: 'in' is followed by a list of values, as in in [1, 2]
#! 26:51-55: error: Counter has no field 'shut'
#! 30:11-17: error: the output of the graph does not depend on the concept 'Serve2'

inkling "2.0"

type Counter { queue: number, open: number[2], rows: number[2][2], name: string<"a", "b">[2] }
type Job { till: number<Front = 0, Side = 1> }
type Other { till: number<Front = 0, Side = 2> }
simulator Shop(action: Job): Counter { }

function Reward(s: Counter): Type.DynamicType<Job> { return 1 }
function Wrong(s: Counter): Type.DynamicType<Other> { return constraint Job {} }

graph (input: { queue: number }): Job {
  concept Serve(input): Job {
    curriculum {
      source Shop
      reward Reward
      mask function (s: Counter) {
        if s.queue > 1 { return constraint Job { till: number<in s.rows> } }
        if s.queue > 2 { return constraint Job { till: number<in s.name> } }
        return constraint Job { till: number<in s.shut> }
      }
    }
  }
  concept Serve2(input): Job {
    curriculum {
      source Shop
      mask Wrong
    }
  }
  output Serve
}
