#! 15:1-32: error: the result of the action function has no field 'speed', which the simulator's action has
#! 19:11-15: warning: 'Last' is trained last, with the whole graph: its action function is not used
#! 20:18-22: error: field 1 of the graph's output is 'height', of the simulator's action 'speed'
#! 21:77-97: warning: number is clipped to number<0 .. 9>

inkling "2.0"

type Yard { logs: number }
type Saws { speed: number<0 .. 9> }
type Two { left: number<0 .. 9>, right: number<0 .. 9> }
type Other { height: number<0 .. 9> }
simulator Mill(saws: Saws): Yard { }

function Join(two: Two): Saws { return { speed: two.left } }
function Wrong(two: Two): Other { return { height: two.left } }

graph (yard: Yard) {
  concept First(yard): Two { curriculum { source Mill action Wrong } }
  concept Last(yard): Two { curriculum { source Mill action Join } }
  output concept Both(yard, First, Last) {
    programmed function (y: Yard, a: Two, b: Two): Other { return { height: a.left + b.right - 9 } }
  }
}
