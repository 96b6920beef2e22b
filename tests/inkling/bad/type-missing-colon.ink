#! 7:5-11: error: expected ':' after the name of a field, found 'number'
#! 8:6-7: error: expected a type, found ','

inkling "2.0"

type State {
  x number,
  y: ,
  z: number
}
