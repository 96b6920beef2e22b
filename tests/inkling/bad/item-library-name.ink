#! 6:6-10: error: 'Math' is a library of the language
#! hint: choose another name

inkling "2.0"

type Math number
