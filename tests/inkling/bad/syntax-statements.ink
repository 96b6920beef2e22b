#! 11:10-11: error: expected a type, found '='
#! 13:6-7: error: expected a condition, found '{'
#! hint: put a struct in a condition in parentheses
#! 16:1-2: error: expected a value, found '}'
#! 18:10-11: error: expected the function's name, found '('

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
