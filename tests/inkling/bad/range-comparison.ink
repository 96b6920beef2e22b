#! 7:24-25: error: expected a declaration, such as 'type' or 'graph', found '2'
#! 8:17-19: error: expected ',' or '>', found '=='

inkling "2.0"

const N = 3
type A number<0 .. N > 2>
type B number<N == 3>
