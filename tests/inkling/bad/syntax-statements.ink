#! 12:10-11: error: expected a type, found '='
#! 14:6-7: error: expected a condition, found '{'
#! hint: put a struct in a condition in parentheses
#! 17:1-2: error: expected a value, found '}'
#! hint: write what the function gives, as in return 0
#! 19:10-11: error: expected the function's name, found '('

inkling "2.0"

function F(a: number) {
  var = 5
  var b: = 5
  b + 1
  if { x: 1 } { return 1 }
  for a { return 2 }
  return
}

function (a: number) { return 1 }
