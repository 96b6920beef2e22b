inkling "2.0"

type Camera { left: number<0 .. 255>, right: number<0 .. 255> }
type Light { left: number<0 .. 1>, right: number<0 .. 1> }
type Turn { way: number<Left = 0, Right = 1> }
simulator Maze(action: Turn): Camera { }

function Look(s: Camera): Light { return { left: s.left / 255, right: s.right / 255 } }
# It sees what the brain sees, not what the camera says.
function Free(s: Light) { return constraint Turn { way: number<mask [s.left > 0.5, s.right >= s.left]> } }

graph (input: Light): Turn {
  concept Walk(input): Turn {
    curriculum {
      source Maze
      state Look
      mask Free
    }
  }
}
