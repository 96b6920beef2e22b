#! 10:18-19: error: expected a value, found ','
#! 11:13-14: error: expected a kind of number after 'Number.', found ','
#! 12:13-14: error: expected a value, found ','
#! 17:8-14: error: expected ':' after the name of a field, found 'number'
#! 20:22-28: error: expected '{' after the graph's head, found 'Action'

inkling "2.0"

type State {
  x: number<1 .. ,
  y: Number.,
  z: number[,
}

type Action {
  push: number,
  pull number,
}

graph (input: State) Action {
  concept Drive input {
    curriculum
  }
}
