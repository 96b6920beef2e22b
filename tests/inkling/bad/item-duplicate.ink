#! 7:6-10: error: 'Size' is declared already, as a constant in line 6
#! 8:6-10: error: 'Size' is declared already, as a constant in line 6

inkling "2.0"

const Size = 1
type Size number
type Size number
