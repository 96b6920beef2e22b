#! 12:1-6: error: expected a value, found 'const'
#! 12:11-12: error: expected a value, found '*'
#! 13:16-17: error: expected a value, found ')'
#! 14:14-15: error: expected a value, found ','
#! 15:15-16: error: expected ':' after the name, found '1'
#! 17:1-6: error: expected a name after '.', found 'const'
#! 17:14-15: error: expected ',' or ']', found '2'

inkling "2.0"

const A = 1 +
const B = * 2
const C = (1 + )
const D = [1,, 2]
const E = { x 1 }
const F = Math.
const G = [1 2]
