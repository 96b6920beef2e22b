#! 12:50-62: warning: number is clipped to number<0 .. 1>
#! 12:71-84: warning: number is clipped to number<0 .. 1>
#! 19:25-41: error: the graph's 'left' is number<0 .. 1>, the parameter 's' has string

inkling "2.0"

type Camera { left: number<0 .. 255>, right: number<0 .. 255> }
type Light { left: number<0 .. 1>, right: number<0 .. 1> }
type Turn { way: number<Left = 0, Right = 1> }
simulator Maze(action: Turn): Camera { }

function Look(s: Camera): Light { return { left: s.left / 255, right: s.right / 255 } }

graph (input: Light): Turn {
  concept Walk(input): Turn {
    curriculum {
      source Maze
      state Look
      mask function (s: { left: string }) { return constraint Turn { way: number<mask [1, 1]> } }
    }
  }
}
