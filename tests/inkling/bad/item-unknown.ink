#! 6:1-4: error: expected a declaration, such as 'type' or 'graph', found 'typ'
#! hint: did you mean 'type'?

inkling "2.0"

typ State { x: number }
const A = 1
