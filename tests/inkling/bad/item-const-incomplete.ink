#! 8:1-6: error: expected '=' after the constant's name, found 'const'
#! 9:1-6: error: expected a value, found 'const'
#! 9:9-10: error: expected '=' after the constant's name, found '5'

inkling "2.0"

const A
const B = 
const C 5
