#! 7:26-28: error: '€' has no meaning here
#! 8:8-9: error: the invisible character U+200B has no meaning
#! hint: remove it

inkling "2.0"

type State { x: number } €€
const A​ = 1
