#! 20:1-7: error: expected a declaration, such as 'type' or 'graph', found 'import'
#! hint: write 'using', as in using Math
#! 21:11-12: error: expected a declaration, such as 'type' or 'graph', found ','
#! hint: write no comma between declarations
#! 22:1-4: error: expected a declaration, such as 'type' or 'graph', found 'let'
#! hint: write 'const'
#! 23:1-5: error: expected a declaration, such as 'type' or 'graph', found 'enum'
#! hint: write it as in type Light number<Red = 0, Green = 1>
#! 24:1-7: error: expected a declaration, such as 'type' or 'graph', found 'struct'
#! hint: write 'type'
#! 25:1-4: error: expected a declaration, such as 'type' or 'graph', found 'def'
#! hint: write 'function'
#! 27:1-5: error: expected a declaration, such as 'type' or 'graph', found 'func'
#! hint: write 'function'
#! 30:1-8: error: expected a declaration, such as 'type' or 'graph', found 'concept'
#! hint: it belongs in the graph
#! 37:1-2: error: expected a declaration, such as 'type' or 'graph', found '}'
#! hint: there is one '}' too many
inkling "2.0"
import Math
using Math, Goal
let Best = 3
enum Light { Red, Green }
struct Point { x: number }
def Norm(x):
  return x
func Twice(x: number) { return x * 2 }
type State { x: number }
type Action { push: number<-1 .. 1> }
concept Drive(input): Action { }
training { EpisodeIterationLimit: 5 }
graph (input: State): Action {
  concept Drive(input): Action {
    curriculum { source simulator (a: Action): State { } }
  }
}
}
